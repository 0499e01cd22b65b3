"""A venue is written as YAML in one way only: fields in their order, what is default left out.

Reading what was written gives the same venue, and writing that again the same text.
"""

from collections.abc import Iterator
from typing import Any, Final

from hub.core.checking import plain
from hub.core.document import Venue
from hub.reading.scalars import read_plain

INDENT: Final = "  "
KEY_CHARS_MAX: Final = 1_000
"""Longest key, in bytes as it is written, that may stand before its colon on one line."""

_FIRST_REFUSED: Final = frozenset("-?:,[]{}#&*!|>'\"%@`=<~ ")
_NAMED: Final = {"\n": "\\n", "\t": "\\t", '"': '\\"', "\\": "\\\\", "\r": "\\r"}


def to_yaml(venue: Venue) -> str:
    """Write a venue as YAML, in block style, with texts in quotes only where they need them."""
    return "\n".join(_fields(plain(venue), "")) + "\n"


def _fields(value: dict[str, Any], indent: str) -> Iterator[str]:
    for key, one in value.items():
        name = _text(key)
        if len(name.encode()) > KEY_CHARS_MAX:
            yield f"{indent}? {name}"
            name = ""
        yield from _entry(f"{indent}{name}:", one, indent)


def _entry(lead: str, value: Any, indent: str) -> Iterator[str]:
    """A value behind its name: on the same line, or below it and further in."""
    if isinstance(value, dict) and value:
        yield lead
        yield from _fields(value, indent + INDENT)
    elif isinstance(value, list) and value:
        yield lead
        yield from _items(value, indent + INDENT)
    else:
        yield f"{lead} {_scalar(value)}"


def _items(value: list[Any], indent: str) -> Iterator[str]:
    for one in value:
        if isinstance(one, dict) and one:
            lines = list(_fields(one, indent + INDENT))
            yield f"{indent}- {lines[0].removeprefix(indent + INDENT)}"
            yield from lines[1:]
        elif isinstance(one, list) and one:
            lines = list(_items(one, indent + INDENT))
            yield f"{indent}- {lines[0].removeprefix(indent + INDENT)}"
            yield from lines[1:]
        else:
            yield f"{indent}- {_scalar(one)}"


def _scalar(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case dict():
            return "{}"
        case list():
            return "[]"
        case float():
            return _figure(repr(value))
        case _:
            return str(value)


def _figure(text: str) -> str:
    """A figure that every reader of YAML takes for one: an exponent needs a decimal point."""
    whole, exponent, power = text.partition("e")
    point = ".0" if exponent and "." not in whole else ""
    return f"{whole}{point}{exponent}{power}"


def _text(text: str) -> str:
    """A text as it is, where it is read as the same text; else in double quotes."""
    return text if _is_plain(text) else f'"{"".join(_character(one) for one in text)}"'


def _is_plain(text: str) -> bool:
    if not text or text[0] in _FIRST_REFUSED or text[-1] in " :" or not text.isprintable():
        return False
    if ": " in text or " #" in text or text.startswith("..."):
        return False
    if text[0].isdigit() and ":" in text:
        return False  # other programs read a time as a number
    read = read_plain(text)
    return isinstance(read.value, str) and not read.surprise


def _character(one: str) -> str:
    if one in _NAMED:
        return _NAMED[one]
    if one.isprintable():
        return one
    code = ord(one)
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004 - 16 bits
