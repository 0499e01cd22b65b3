"""A part of the document as plain values, in the order of its type, what is default left out.

Equal parts are equal plain values, however they came about.
"""

from typing import Any, Final

from msgspec import NODEFAULT, Struct, structs

EXACT_MAX: Final = 2**53
"""Below it every whole number is the same with and without a decimal point."""


def plain(value: Any) -> Any:
    """Structs as names with values, their kind first; lists and tuples as lists."""
    if isinstance(value, Struct):
        return _struct(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    if isinstance(value, dict):
        return {key: plain(one) for key, one in value.items()}
    if isinstance(value, float) and value.is_integer() and abs(value) < EXACT_MAX:
        return int(value)
    return value


def _struct(value: Struct) -> dict[str, Any]:
    made: dict[str, Any] = {}
    config = value.__struct_config__
    if config.tag_field is not None:
        made[config.tag_field] = config.tag
    for field in structs.fields(value):
        given = getattr(value, field.name)
        if field.required or given != _default(field):
            made[field.encode_name] = plain(given)
    return made


def _default(field: structs.FieldInfo) -> Any:
    return field.default if field.default_factory is NODEFAULT else field.default_factory()
