"""Conditions of one ``all`` that exclude each other are said to: together they never hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from math import inf

from hub.core import document as doc
from hub.core.checking.finding import Finding, Path, error, listed
from hub.core.events import Value

NEVER = "9999"
"""Later than every instant that can be written."""


@dataclass(frozen=True, slots=True)
class _Fact:
    """A condition that everything of an ``all`` has in common: it must hold, or must not."""

    holds: bool
    condition: doc.Condition


def _facts(condition: doc.All) -> Iterator[_Fact]:
    for one in condition.of:
        match one:
            case doc.All():
                yield from _facts(one)
            case doc.NoneOf(of=of):
                yield from (_Fact(False, each) for each in of)
            case _:
                yield _Fact(True, one)


def check_together(path: Path, condition: doc.All) -> Iterator[Finding]:
    """What no person and no instant can be all of."""
    facts = list(_facts(condition))
    wanted = [fact.condition for fact in facts if fact.holds]
    banned = [fact.condition for fact in facts if not fact.holds]
    for one in wanted:
        if one in banned:
            yield error(path, f"{_spell(one)} is both asked for and excluded: it never holds")
    names = dict.fromkeys(one.name for one in wanted if isinstance(one, doc.Attribute))
    for name in names:
        tests = [one for one in wanted if isinstance(one, doc.Attribute) and one.name == name]
        if len(tests) > 1:
            yield from check_tests(path, tests)
    yield from _ranges(path, wanted)


def _spell(condition: doc.Condition) -> str:
    check = str(condition.__struct_config__.tag)
    names = (getattr(condition, field, None) for field in ("tag", "audience", "purpose", "honour"))
    found = next((name for name in names if name), None)
    return f"{check} {found!r}" if found else f"the same condition of kind {check}"


def check_tests(path: Path, tests: Sequence[doc.Attribute]) -> Iterator[Finding]:
    """Tests of one attribute that no value passes together."""
    name = tests[0].name
    given = any(test != doc.Attribute(name, exists=False) for test in tests)
    if given and any(test.exists is False for test in tests):
        yield error(path, f"the attribute {name!r} is asked to be missing and to be something")
    low = max((test.at_least for test in tests if test.at_least is not None), default=-inf)
    high = min((test.at_most for test in tests if test.at_most is not None), default=inf)
    if len(tests) > 1 and low > high:
        yield error(path, f"no number {name!r} is at least {low:g} and at most {high:g}")
    after = max((test.after or "" for test in tests), default="")
    before = min((test.before or NEVER for test in tests), default=NEVER)
    if after and before <= after:
        yield error(path, f"no instant {name!r} is after {after} and before {before}")
    yield from _values(path, name, tests)


def _values(path: Path, name: str, tests: Sequence[doc.Attribute]) -> Iterator[Finding]:
    lists = [test.one_of for test in tests if test.one_of]
    lists += [[test.equals] for test in tests if test.equals is not None]
    if not lists:
        return
    allowed = [one for one in lists[0] if all(one in other for other in lists)]
    if not allowed:
        yield error(path, f"the attribute {name!r} cannot be two different values at once")
    elif not any(all(_passes(one, test) for test in tests) for one in allowed):
        said = listed(str(one) for one in allowed)
        yield error(path, f"the attribute {name!r} cannot be {said} and pass the other tests")


def _passes(value: Value, test: doc.Attribute) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        least, most = test.at_least, test.at_most
        return (least is None or value >= least) and (most is None or value <= most)
    if isinstance(value, str) and test.matches is not None:
        return fnmatchcase(value, test.matches)
    return True


def _ranges(path: Path, wanted: list[doc.Condition]) -> Iterator[Finding]:
    """Points, statuses, days and places that exclude each other."""
    points = [one for one in wanted if isinstance(one, doc.HasPoints)]
    low = max((one.at_least for one in points if one.at_least is not None), default=-inf)
    high = min((one.at_most for one in points if one.at_most is not None), default=inf)
    if len(points) > 1 and low > high:
        yield error(path, f"no points are at least {low:g} and at most {high:g}")
    statuses = [set(one.one_of) for one in wanted if isinstance(one, doc.HasStatus)]
    if len(statuses) > 1 and not set.intersection(*statuses):
        yield error(path, "nobody has two different statuses at once")
    days = [set(one.days) for one in wanted if isinstance(one, doc.AtTime) and one.days is not None]
    if len(days) > 1 and not set.intersection(*days):
        yield error(path, "no day is on both lists of days")
    places = {one.place for one in wanted if isinstance(one, doc.IsAt) and one.place}
    if len(places) > 1:
        yield error(path, f"nobody is at two places at once: {listed(places)}")
    times = [one for one in wanted if isinstance(one, doc.AtTime)]
    if len(times) > 1 and not _common(times):
        yield error(path, "no time of day is in all of these")


def _common(times: list[doc.AtTime]) -> bool:
    return any(all(_minutes(one, minute) for one in times) for minute in range(24 * 60))


def _minutes(one: doc.AtTime, minute: int) -> bool:
    """Whether the clock at a minute of the day is from ``from`` until before ``until``."""
    from_, until = _minute(one.from_, 0), _minute(one.until, 24 * 60)
    if from_ > until:
        return minute >= from_ or minute < until
    return from_ <= minute < until


def _minute(text: str | None, otherwise: int) -> int:
    return otherwise if text is None else int(text[:2]) * 60 + int(text[3:])
