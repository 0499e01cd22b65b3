"""Plain values are held against the types of the document, each part by itself: all faults at once.

What the types say is read from them, so a field that is added to a type is known here.
"""

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import Any, Final

from msgspec import inspect as types

from hub.core.checking.finding import Finding, Path, error, listed, nearest, spell_path, warning
from hub.reading.words import CALLED, INSTEAD, form_of

SHOWN_CHARS_MAX: Final = 40
"""Most characters of a wrong value that a sentence shows."""


@lru_cache
def type_of(document: type) -> types.Type:
    """What msgspec knows of a type."""
    return types.type_info(document)


class Fitting:
    """Holds values against types; ``surprises`` are words of YAML that are not what they seem."""

    def __init__(self, surprises: Mapping[str, str], passed: set[str]) -> None:
        self._surprises = surprises
        self._passed = passed

    def faults(self, value: Any, kind: types.Type, path: Path) -> Iterator[Finding]:
        """All that is wrong with a value, inside it too."""
        if spell_path(path) in self._passed:
            return
        match kind:
            case types.StructType():
                yield from self._struct(value, kind, path)
            case types.ListType() | types.VarTupleType():
                yield from self._list(value, kind, path)
            case types.DictType():
                yield from self._dict(value, kind, path)
            case types.UnionType():
                yield from self._union(value, kind, path)
            case _:
                yield from self._scalar(value, kind, path)

    def _wrong(self, value: Any, wanted: str, path: Path, hint: str = "") -> Finding:
        surprise = self._surprises.get(spell_path(path))
        if surprise is not None and "text" in wanted:
            said = f"{surprise} is read as {'true' if value else 'false'}, and {wanted} is meant"
            return error(path, said, f'write it in quotes: "{surprise}"')
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and wanted == "text" and not hint:
            hint = f'write it in quotes: "{value}"'
        return error(path, f"expected {wanted}, got {spell(value)}", hint)

    def _list(self, value: Any, kind: Any, path: Path) -> Iterator[Finding]:
        if not isinstance(value, list):
            yield self._wrong(value, "a list", path, "each of a list begins with - , or [a, b]")
            return
        for index, one in enumerate(value):
            yield from self.faults(one, kind.item_type, (*path, index))

    def _dict(self, value: Any, kind: types.DictType, path: Path) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield self._wrong(value, "names with values", path, "such as {left: coffee}")
            return
        for key, one in value.items():
            yield from self.faults(one, kind.value_type, (*path, key))

    def _union(self, value: Any, kind: types.UnionType, path: Path) -> Iterator[Finding]:
        if value is None and any(isinstance(one, types.NoneType) for one in kind.types):
            return
        structs = [one for one in kind.types if isinstance(one, types.StructType)]
        if len(structs) > 1:
            yield from self._tagged(value, structs, path)
            return
        others = [one for one in kind.types if not isinstance(one, types.NoneType)]
        if len(others) == 1:
            yield from self.faults(value, others[0], path)
            return
        fitting = [one for one in others if _is_kind(value, one)]
        if not fitting:
            yield self._wrong(value, " or ".join(dict.fromkeys(map(_called, others))), path)
            return
        yield from self.faults(value, fitting[0], path)
        surprise = self._surprises.get(spell_path(path))
        if surprise is not None:
            said = f"{surprise} is read as {'true' if value else 'false'}"
            yield warning(path, said, f'write {spell(value)}, or "{surprise}" for the text')

    def _tagged(self, value: Any, structs: list[types.StructType], path: Path) -> Iterator[Finding]:
        """One of several kinds of parts, told apart by a field of theirs."""
        field = str(structs[0].tag_field)
        called = CALLED[field]
        by_tag = {str(one.tag): one for one in structs}
        if not isinstance(value, dict):
            yield self._wrong(value, f"a part with {field}:", path, _example(structs[0]))
        elif field not in value:
            yield error(path, f"{field} is missing: which {called}?", f"there is: {_all(by_tag)}")
        elif not isinstance(value[field], str) or value[field] not in by_tag:
            said = value[field] if isinstance(value[field], str) else spell(value[field])
            hint = nearest(str(said), by_tag) or f"there is: {_all(by_tag)}"
            yield error((*path, field), f"there is no {called} {said!r}", hint)
        else:
            yield from self._struct(value, by_tag[value[field]], path)

    def _struct(self, value: Any, kind: types.StructType, path: Path) -> Iterator[Finding]:
        if not isinstance(value, dict):
            yield self._wrong(value, "fields with values", path, _example(kind))
            return
        fields = {field.encode_name: field for field in kind.fields}
        meant = set()
        for name in value:
            if name not in fields and name != kind.tag_field:
                finding, near = _unknown(name, [*fields], value, path)
                meant.add(near)
                yield finding
        for name, field in fields.items():
            if name in value:
                yield from self.faults(value[name], field.type, (*path, name))
            elif field.required and name not in meant:
                yield error(path, f"{name} is missing", _hint(field.type))

    def _scalar(self, value: Any, kind: types.Type, path: Path) -> Iterator[Finding]:
        match kind:
            case types.LiteralType(values=values):
                if value not in values or isinstance(value, bool):
                    yield self._literal(value, values, path)
            case types.StrType() if isinstance(value, str):
                yield from _text(value, kind, path)
            case types.IntType() | types.FloatType() if _is_kind(value, kind):
                yield from _number(value, kind, path)
            case _ if not _is_kind(value, kind):
                yield self._wrong(value, _called(kind), path, _hint(kind))
            case _:
                pass

    def _literal(self, value: Any, values: tuple[Any, ...], path: Path) -> Finding:
        if spell_path(path) in self._surprises:
            return self._wrong(value, "a text", path)
        said = listed(str(one) for one in values)
        return error(path, f"{spell(value)} is none of: {said}", nearest(str(value), values))


def spell(value: Any) -> str:
    """A wrong value as it is shown to people."""
    match value:
        case None:
            return "nothing"
        case bool():
            return "true" if value else "false"
        case list():
            return "a list"
        case dict():
            return "fields with values"
        case str() if len(value) > SHOWN_CHARS_MAX:
            return repr(value[:SHOWN_CHARS_MAX] + "...")
        case _:
            return repr(value)


def _all(names: Mapping[str, object]) -> str:
    return ", ".join(names)


def _unknown(
    name: str, fields: list[str], value: dict[str, Any], path: Path
) -> tuple[Finding, str]:
    free = [field for field in fields if field not in value]
    hint = nearest(name, free)
    near = next((field for field in free if f"{field!r}" in hint), "")
    if not hint:
        hint = INSTEAD.get(name, "")
        if not any(f"{field}:" in hint for field in fields):
            hint = f"there is: {', '.join(fields)}"
    return error((*path, name), f"unknown field {name!r}", hint), near


def _text(value: str, kind: types.StrType, path: Path) -> Iterator[Finding]:
    if kind.pattern is not None and not re.fullmatch(kind.pattern, value, re.ASCII):
        form = form_of(kind.pattern)
        yield error(path, f"{spell(value)} is {form.what}", form.hint)
    if kind.max_length is not None and len(value) > kind.max_length:
        yield error(path, f"it is longer than {kind.max_length} characters")


def _number(value: float, kind: Any, path: Path) -> Iterator[Finding]:
    if kind.ge is not None and value < kind.ge:
        yield error(path, f"{value} is too small: {kind.ge} or more")
    if kind.gt is not None and value <= kind.gt:
        yield error(path, f"{value} is too small: more than {kind.gt}")
    if kind.le is not None and value > kind.le:
        yield error(path, f"{value} is too large: {kind.le} or less")


def _is_kind(value: Any, kind: types.Type) -> bool:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    match kind:
        case types.StrType():
            return isinstance(value, str)
        case types.FloatType():
            return is_number
        case types.IntType():
            return is_number and isinstance(value, int)
        case types.BoolType():
            return isinstance(value, bool)
        case types.ListType():
            return isinstance(value, list)
        case _:
            return isinstance(value, dict)


def _called(kind: types.Type) -> str:
    match kind:
        case types.StrType() | types.LiteralType():
            return "text"
        case types.IntType():
            return "a whole number"
        case types.FloatType():
            return "a number"
        case types.BoolType():
            return "true or false"
        case types.ListType():
            return "a list"
        case _:
            return "names with values"


def _hint(kind: types.Type) -> str:
    """What a field of that type could be."""
    if isinstance(kind, types.StrType) and kind.pattern is not None:
        return form_of(kind.pattern).hint
    return ""


def _example(kind: types.StructType) -> str:
    needed = [field.encode_name for field in kind.fields if field.required]
    if kind.tag_field is not None:
        return f"such as {kind.tag_field}: {kind.tag}"
    return f"such as {', '.join(f'{name}: ...' for name in needed)}" if needed else ""
