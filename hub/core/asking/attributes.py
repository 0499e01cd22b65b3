"""A test of an attribute never holds for what is unknown, nor for a value of another kind."""

from collections.abc import Callable
from datetime import tzinfo
from typing import Final

from hub.core import document as doc
from hub.core.asking.comparing import BUILDERS, Test, bound_ms, is_number, rank
from hub.core.asking.naming import bounds
from hub.core.asking.node import Node
from hub.core.asking.view import Ground, View
from hub.core.errors import RulesFault
from hub.core.events import Value
from hub.core.spans import local_time

TESTS_OF: Final[dict[str, frozenset[str]]] = {
    "text": frozenset({"equals", "one_of", "contains", "matches"}),
    "number": frozenset({"equals", "one_of", "at_least", "at_most"}),
    "boolean": frozenset({"equals", "one_of"}),
    "instant": frozenset({"before", "after"}),
    "set": frozenset({"equals", "one_of", "contains", "matches"}),
    "tally": frozenset({"contains", "favourite"}),
}
"""What can be asked of each declared type, besides whether there is a value."""


def attribute(where: str, test: doc.Attribute, ground: Ground) -> Node:
    """Each test that is given holds for the attribute's value.

    Raises:
        RulesFault: of tests that the attribute's type cannot have, or that cannot be meant.
    """
    info = ground.attributes.get(test.name)
    given = [field for field in BUILDERS if getattr(test, field) is not None]
    _check(where, test, ground.zone)
    if info is not None:
        _check_type(where, test, given, info)
    tests = [BUILDERS[field](where, getattr(test, field), ground.zone) for field in given]
    asked = " and ".join(text for text, _ in tests)
    purpose = info.consent if info else None
    is_instant = (info is not None and info.type == "instant") or bool(test.before or test.after)
    keys = {f"attribute:{test.name}"} | ({f"consent:{purpose}"} if purpose else set())
    return Node(
        text=f"{test.name} {asked or ('is unknown' if test.exists is False else 'is known')}",
        holds=_holds(test.name, purpose, tuple(one for _, one in tests), test.exists is False),
        saw=_saw(test.name, purpose, ground.zone if is_instant else None),
        keys=frozenset(keys),
    )


def _holds(
    name: str, purpose: str | None, tests: tuple[Test, ...], if_unknown: bool
) -> Callable[[View], bool]:
    def holds(view: View) -> bool:
        person = view.person
        value = person.attributes.get(name)
        if value is None or (purpose is not None and purpose not in person.consents):
            return if_unknown
        for test in tests:
            if not test(value):
                return False
        return not if_unknown

    return holds


def _saw(name: str, purpose: str | None, zone: tzinfo | None) -> Callable[[View], str]:
    def saw(view: View) -> str:
        if purpose is not None and purpose not in view.person.consents:
            return f"unknown: not consented to {purpose}"
        return _shown(view.person.attributes.get(name), zone)

    return saw


def _shown(value: Value, zone: tzinfo | None) -> str:
    if zone is not None and isinstance(value, int | float):
        return local_time(int(value), zone)
    match value:
        case None:
            return "unknown"
        case list():
            return ", ".join(value) or "nothing"
        case dict():
            ranked = sorted(value.items(), key=rank)
            return ", ".join(f"{key} {count}" for key, count in ranked) or "nothing"
        case _:
            return str(value)


def _check(where: str, test: doc.Attribute, zone: tzinfo) -> None:
    given = [field for field in BUILDERS if getattr(test, field) is not None]
    if test.exists is False and given:
        raise RulesFault(f"{where}, exists: nothing else holds of an unknown {test.name}")
    if test.one_of is not None and not test.one_of:
        raise RulesFault(f"{where}, one_of: name at least one value")
    if test.at_least is not None or test.at_most is not None:
        bounds(where, test.at_least, test.at_most)
    if test.before is not None and test.after is not None:
        after_ms = bound_ms(f"{where}, after", test.after, zone)
        if after_ms >= bound_ms(f"{where}, before", test.before, zone):
            raise RulesFault(f"{where}, after: nothing lies after it and before {test.before}")


def _check_type(where: str, test: doc.Attribute, given: list[str], info: doc.AttributeInfo) -> None:
    can = TESTS_OF[info.type]
    for field in given:
        if field not in can:
            listed = ", ".join(sorted(can | {"exists"}))
            raise RulesFault(f"{where}, {field}: {test.name} is a {info.type}, that has: {listed}")
    wanted = [("equals", test.equals), *(("one_of", one) for one in test.one_of or [])]
    for field, value in wanted:
        if value is not None and not _fits(info.type, field, value):
            raise RulesFault(f"{where}, {field}: {test.name} is a {info.type}, {value!r} is none")


def _fits(kind: str, field: str, value: Value) -> bool:
    match kind:
        case "number":
            return is_number(value)
        case "boolean":
            return isinstance(value, bool)
        case "set" if field == "equals":
            return isinstance(value, list)
        case _:
            return isinstance(value, str)
