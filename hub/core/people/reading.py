"""How the value of one mapped field is found in a source's record, and put in its canonical form.

Nothing here knows what the value is for: only names, normalisers, units and separators.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from decimal import Decimal, InvalidOperation
from typing import Final

from hub.core.document.people import Mapped
from hub.core.events import Value
from hub.core.people.faults import ReadingFault
from hub.core.people.normalise import email, phone

NESTED_MAX: Final = 8
"""How deep a name may reach into a record; what lies deeper is nobody's field."""

_COLOUR: Final = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{6})")
_RIGHT: Final = {
    "email": "write name@example.org",
    "phone": "write it with its country: +49 30 1234567",
    "colour": "write #rrggbb",
}


def find(record: Mapping[str, object], names: list[str]) -> object:
    """The value under the first of ``names`` that is there; None without one.

    Dots go into nested records, unless the record has a field with just that name. Null and blank
    text count as not there.
    """
    for name in names:
        value = _reach(record, name)
        if value is not None and not (isinstance(value, str) and not value.strip()):
            return value
    return None


def _reach(record: Mapping[str, object], name: str) -> object:
    if name in record:
        return record[name]
    head, _, rest = name.partition(".")
    inner = record.get(head)
    return _reach(inner, rest) if rest and isinstance(inner, Mapping) else None


def leaves(record: Mapping[str, object], depth: int = 1) -> Iterator[str]:
    """The names of all fields, those of nested records with dots."""
    for name, value in record.items():
        if isinstance(value, Mapping) and value and depth < NESTED_MAX:
            yield from (f"{name}.{inner}" for inner in leaves(value, depth + 1))
        else:
            yield name


def read(field: Mapped, raw: object) -> Value:
    """The value in canonical form: split, looked up, normalised, in our unit.

    Raises:
        ReadingFault: it cannot be; the text says what would be right.
    """
    if field.separator and isinstance(raw, str):
        raw = [part.strip() for part in raw.split(field.separator) if part.strip()]
    if isinstance(raw, list):
        return [_text_of(_one(field, item)) for item in raw]
    if isinstance(raw, Mapping):
        return _counts(raw)
    return _one(field, raw)


def _text_of(value: Value) -> str:
    if not isinstance(value, str):
        raise ReadingFault("a list holds texts")
    return value


def _counts(raw: Mapping[object, object]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for key, count in raw.items():
        if not isinstance(key, str) or isinstance(count, bool) or not isinstance(count, int):
            raise ReadingFault("a nested record is the count of each key")
        counts[key] = count
    return counts


def _one(field: Mapped, raw: object) -> Value:
    if not isinstance(raw, (str, int, float)):
        raise ReadingFault("write a text, a number, or true or false")
    meant = _meant(field.values, raw)
    if meant is not None:
        return meant
    if isinstance(raw, bool):
        return raw
    if field.unit is not None:
        return _in_unit(raw, field.unit)
    if isinstance(raw, str):
        return _normalised(field, raw)
    return _normalised(field, str(raw)) if field.normalise in _BY_FORM else raw


def _meant(values: Mapping[str, Value], raw: str | float) -> Value:
    """What the source's value means, if that is written down; the case does not count."""
    if not values:
        return None
    said = str(raw).strip()
    if said in values:
        return values[said]
    folded = {text.strip().casefold(): value for text, value in values.items()}
    return folded.get(said.casefold())


def _in_unit(raw: str | float, unit: float) -> float:
    try:
        return float(Decimal(str(raw).strip()) * Decimal(str(unit)))
    except InvalidOperation:
        raise ReadingFault("write a number") from None


def _normalised(field: Mapped, raw: str) -> str:
    by_form = _BY_FORM.get(field.normalise)
    if by_form is None:
        return _PLAIN[field.normalise](raw)
    found = by_form(raw)
    if found is None:
        raise ReadingFault(_RIGHT[field.normalise])
    return found


def _colour(text: str) -> str | None:
    match = _COLOUR.fullmatch(text.strip().lower())
    if match is None:
        return None
    digits = match[1]
    return f"#{digits}" if len(digits) == len("rrggbb") else "#" + "".join(d * 2 for d in digits)


_BY_FORM: Final[dict[str, Callable[[str], str | None]]] = {
    "email": email,
    "phone": phone,
    "colour": _colour,
}
_PLAIN: Final[dict[str, Callable[[str], str]]] = {
    "none": str,
    "trim": str.strip,
    "lower": lambda text: text.strip().lower(),
    "title": lambda text: text.strip().title(),
}
