"""Compares an attribute's value; of a kind that cannot be compared so it is never true."""

import re
from collections.abc import Callable
from datetime import datetime, tzinfo
from fnmatch import translate
from typing import Any, Final

from hub.core.errors import RulesFault
from hub.core.events import Value
from hub.core.spans import instant_ms

Test = Callable[[Any], bool]


def is_number(value: Value) -> bool:
    """Whether it is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def rank(counted: tuple[str, int]) -> tuple[int, str]:
    """What a tally counts most comes first; of equals the first by name."""
    return -counted[1], counted[0]


def _same(value: Value, wanted: Value) -> bool:
    """Equal, and of one kind: 1 is not true; the order of a set does not count."""
    if isinstance(value, list) and isinstance(wanted, list):
        return set(value) == set(wanted)
    return value == wanted and isinstance(value, bool) == isinstance(wanted, bool)


def _equals(_where: str, wanted: Value, _zone: tzinfo) -> tuple[str, Test]:
    return f"is {wanted}", lambda value: _same(value, wanted)


def _one_of(_where: str, wanted: list[Value], _zone: tzinfo) -> tuple[str, Test]:
    def test(value: Value) -> bool:
        found: list[Value] = [value, *value] if isinstance(value, list) else [value]
        return any(_same(one, each) for one in found for each in wanted)

    return f"is one of {wanted}", test


def _contains(_where: str, part: str, _zone: tzinfo) -> tuple[str, Test]:
    return f"contains {part}", lambda value: isinstance(value, str | list | dict) and part in value


def _matches(_where: str, pattern: str, _zone: tzinfo) -> tuple[str, Test]:
    # translate() gives each star an atomic group: time grows with the text, not exponentially.
    match = re.compile(translate(pattern.replace("[", "[[]"))).match

    def test(value: Value) -> bool:
        texts = value if isinstance(value, list) else [value]
        return any(isinstance(text, str) and match(text) is not None for text in texts)

    return f"matches {pattern}", test


def _at_least(_where: str, bound: float, _zone: tzinfo) -> tuple[str, Test]:
    return f"is at least {bound}", lambda value: is_number(value) and value >= bound


def _at_most(_where: str, bound: float, _zone: tzinfo) -> tuple[str, Test]:
    return f"is at most {bound}", lambda value: is_number(value) and value <= bound


def _before(where: str, text: str, zone: tzinfo) -> tuple[str, Test]:
    limit_ms = bound_ms(f"{where}, before", text, zone)

    def test(value: Value) -> bool:
        value_ms = _instant_ms(value, zone)
        return value_ms is not None and value_ms < limit_ms

    return f"is before {text}", test


def _after(where: str, text: str, zone: tzinfo) -> tuple[str, Test]:
    limit_ms = bound_ms(f"{where}, after", text, zone)

    def test(value: Value) -> bool:
        value_ms = _instant_ms(value, zone)
        return value_ms is not None and value_ms > limit_ms

    return f"is after {text}", test


def bound_ms(where: str, text: str, zone: tzinfo) -> float:
    """The instant of a local time in Unix milliseconds.

    Raises:
        RulesFault: it is no local time.
    """
    at_ms = _instant_ms(text, zone)
    if at_ms is None:
        raise RulesFault(f"{where}: {text!r} is no local time: write YYYY-MM-DDTHH:MM")
    return at_ms


def _instant_ms(value: Value, zone: tzinfo) -> float | None:
    """An instant is kept as Unix ms, or as ISO 8601, which is local where it has no offset."""
    if is_number(value):
        return value  # type: ignore[return-value]
    try:
        moment = datetime.fromisoformat(value)  # type: ignore[arg-type]
    except (TypeError, ValueError):
        return None
    return instant_ms(moment if moment.tzinfo else moment.replace(tzinfo=zone))


def _favourite(_where: str, key: str, _zone: tzinfo) -> tuple[str, Test]:
    def test(value: Value) -> bool:
        if not isinstance(value, dict) or value.get(key, 0) <= 0:
            return False
        return min(value.items(), key=rank)[0] == key

    return f"has {key} most", test


BUILDERS: Final[dict[str, Callable[[str, Any, tzinfo], tuple[str, Test]]]] = {
    "equals": _equals,
    "one_of": _one_of,
    "contains": _contains,
    "matches": _matches,
    "at_least": _at_least,
    "at_most": _at_most,
    "before": _before,
    "after": _after,
    "favourite": _favourite,
}
