"""What was said becomes a value of the declared type, or a fault that says what would be right."""

import math
import re
from collections import Counter
from datetime import UTC, datetime, timedelta, tzinfo
from typing import Final

from contract.limits import INTEGER_MAX
from hub.core.document.people import AttributeInfo
from hub.core.events import Value
from hub.core.people.faults import AttributeFault, shown

TEXT_CHARACTERS_MAX: Final = 1_000
"""Most characters of a text, of a member of a set, or of a key of a tally."""

SET_MEMBERS_MAX: Final = 200
"""Most members of a set; past it the last ones of the alphabet are left out."""

TALLY_KEYS_MAX: Final = 500
"""Most keys of a tally; past it those that are counted least are left out."""

INSTANT_MS_MIN: Final = -62_135_510_400_000
INSTANT_MS_MAX: Final = 253_402_128_000_000
"""The second day of the year 1 and the last but one of 9999: every zone's calendar reaches them."""

_YES: Final = frozenset({"true", "yes", "y", "on", "1"})
_NO: Final = frozenset({"false", "no", "n", "off", "0"})
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_MOMENT: Final = re.compile(
    r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:?\d\d)?", re.ASCII
)
_WHOLE: Final = re.compile(r"-?\d{1,16}", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?", re.ASCII)

_RIGHT: Final = {
    "text": f"it is a text of at most {TEXT_CHARACTERS_MAX} characters",
    "number": "it is a number such as 12 or 3.5, at most 2^53 either way",
    "boolean": "it is true or false",
    "instant": "it is a local time YYYY-MM-DDTHH:MM, a time with its offset, or Unix milliseconds",
    "set": f"it is a list of at most {SET_MEMBERS_MAX} texts",
    "tally": f"it is a text, a list of texts, or the count of each of at most {TALLY_KEYS_MAX}",
}


def typed(info: AttributeInfo, value: Value, zone: tzinfo) -> Value:
    """The value as the attribute's type holds it.

    Raises:
        AttributeFault: it is none of that type, or exceeds a bound.
    """
    match info.type:
        case "text":
            found: Value = _text(value)
        case "number":
            found = _number(value)
        case "boolean":
            found = _boolean(value)
        case "instant":
            found = _instant(value, zone)
        case "set":
            found = _set(value)
        case _:
            found = _tally(value)
    if found is None:
        raise AttributeFault(info.name, shown(value, info), _RIGHT[info.type])
    return found


def bounded(name: str, value: Value) -> Value:
    """The value of an attribute that is not declared, if it is within bounds.

    Raises:
        AttributeFault: it is too long, too large or not finite.
    """
    match value:
        case None | bool():
            return value
        case str():
            kind, fits = "text", _text(value) is not None
        case int() | float():
            kind, fits = "number", _number(value) is not None
        case list():
            kind, fits = "set", _set(value) is not None
        case _:
            kind, fits = "tally", _tally(value) is not None
    if not fits:
        raise AttributeFault(name, shown(value), _RIGHT[kind])
    return value


def _text(value: Value) -> str | None:
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and len(value) <= TEXT_CHARACTERS_MAX else None


def _number(value: Value) -> int | float | None:
    if isinstance(value, str):
        text = value.strip()
        if _WHOLE.fullmatch(text):
            return _number(int(text))
        return _number(float(text)) if _NUMBER.fullmatch(text) else None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return None
    return value if math.isfinite(value) and abs(value) <= INTEGER_MAX else None


def _boolean(value: Value) -> bool | None:
    if isinstance(value, bool):
        return value
    if not isinstance(value, (str, int, float)):
        return None
    text = str(value).strip().lower()
    return True if text in _YES else False if text in _NO else None


def _instant(value: Value, zone: tzinfo) -> int | None:
    number = _number(value)
    if number is None and isinstance(value, str):
        number = _moment(value.strip(), zone)
    if number is None or number != int(number):
        return None
    return int(number) if INSTANT_MS_MIN <= number <= INSTANT_MS_MAX else None


def _moment(text: str, zone: tzinfo) -> int | None:
    """Unix milliseconds of a local time of the venue, or of a time that has its offset."""
    if not _MOMENT.fullmatch(text):
        return None
    try:
        moment = datetime.fromisoformat(text)
        aware = moment.replace(tzinfo=zone) if moment.tzinfo is None else moment
        return (aware - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, OverflowError):
        return None


def _members(value: Value) -> list[str] | None:
    """Texts, one or a list of them, without the empty ones."""
    said = [value] if isinstance(value, str) else value
    if not isinstance(said, list) or len(said) > TALLY_KEYS_MAX:
        return None
    if any(not isinstance(one, str) or len(one) > TEXT_CHARACTERS_MAX for one in said):
        return None
    return [one for one in said if one]


def _set(value: Value) -> list[str] | None:
    members = _members(value)
    unique = sorted(set(members or ()))
    return None if members is None or len(unique) > SET_MEMBERS_MAX else unique


def _tally(value: Value) -> dict[str, int] | None:
    if isinstance(value, dict):
        fits = len(value) <= TALLY_KEYS_MAX and all(_is_count(*item) for item in value.items())
        return {key: value[key] for key in sorted(value) if value[key]} if fits else None
    members = _members(value)
    return None if members is None else dict(sorted(Counter(members).items()))


def _is_count(key: object, count: object) -> bool:
    if not isinstance(key, str) or isinstance(count, bool) or not isinstance(count, int):
        return False
    return len(key) <= TEXT_CHARACTERS_MAX and 0 <= count <= INTEGER_MAX
