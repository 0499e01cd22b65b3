"""What has to hold is said as what follows the word if."""

from collections.abc import Iterator, Mapping
from typing import Final

from hub.console.sentences_parts import bounds, figure, joined, named, somewhere, window_said
from hub.core import document as d

Names = Mapping[str, str]
DAYS: Final = {
    "mon": "Monday", "tue": "Tuesday", "wed": "Wednesday", "thu": "Thursday", "fri": "Friday",
    "sat": "Saturday", "sun": "Sunday",
}  # fmt: skip
TAKEN: Final = {
    "sum": "the total", "min": "the least", "max": "the most",
    "count": "the number", "distinct": "the number of different places",
}  # fmt: skip
OF: Final = {
    "visits": "of visits", "taps": "of taps", "stays": "of stays", "points": "of points added",
}  # fmt: skip
LENGTHS: Final = {"sum": "the time", "min": "the shortest stay", "max": "the longest stay"}


def condition_said(condition: d.Condition, places: Names) -> str:
    """Say a condition."""
    match condition:
        case d.All() | d.AnyOf() | d.NoneOf():
            return _several(condition, places)
        case d.Attribute():
            return f"{condition.name} {_tests(condition)}"
        case d.HasTag() | d.HasConsent() | d.HasHonour() | d.HasStatus() | d.HasPoints():
            return _has(condition)
        case d.IsAt():
            return f"at {somewhere(condition.place, condition.group, places)}"
        case d.Counted():
            return _counted(condition, places)
        case d.AtTime():
            return _time(condition)
        case d.InAudience() | d.Occupied() | d.InStock() | d.InArm():
            return _there_is(condition, places)


def _several(condition: d.All | d.AnyOf | d.NoneOf, places: Names) -> str:
    match condition:
        case d.All():
            return "(" + " and ".join(_each(condition.of, places)) + ")"
        case d.AnyOf():
            return "(" + " or ".join(_each(condition.of, places)) + ")"
        case d.NoneOf():
            return "not (" + " or ".join(_each(condition.of, places)) + ")"


def _there_is(condition: d.InAudience | d.Occupied | d.InStock | d.InArm, places: Names) -> str:
    match condition:
        case d.InAudience():
            return f"in the audience {condition.audience}"
        case d.Occupied():
            whom = f" of the audience {condition.audience}" if condition.audience else ""
            many = bounds(condition.at_least, condition.at_most) or "any number of"
            return f"{many} people{whom} are at {named(condition.place, places)}"
        case d.InStock():
            return f"at least {condition.at_least} of {condition.pool} are left"
        case d.InArm():
            return f"in the arm {condition.arm} of {condition.rule}"


def _each(conditions: list[d.Condition], places: Names) -> Iterator[str]:
    return (condition_said(one, places) for one in conditions)


def _has(has: d.HasTag | d.HasConsent | d.HasHonour | d.HasStatus | d.HasPoints) -> str:
    match has:
        case d.HasTag():
            return f"tagged {has.tag}"
        case d.HasConsent():
            return f"consents to {has.purpose}"
        case d.HasHonour():
            return f"honoured with {has.honour}"
        case d.HasStatus():
            return f"of status {joined(has.one_of, 'or')}"
        case d.HasPoints():
            return f"has {bounds(has.at_least, has.at_most) or 'any number of'} points"


def _tests(test: d.Attribute) -> str:
    found = [
        (test.equals, "is {}"), (test.one_of, "is one of {}"), (test.contains, "contains {}"),
        (test.matches, "looks like {}"), (test.at_least, "is at least {}"),
        (test.at_most, "is at most {}"), (test.before, "is before {}"),
        (test.after, "is after {}"), (test.favourite, "has {} most often"),
    ]  # fmt: skip
    said = [words.format(_value(value)) for value, words in found if value is not None]
    if test.exists is not None:
        said.append("is known" if test.exists else "is not known")
    return " and ".join(said) or "is anything"


def _value(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, list):
        return joined([_value(one) for one in value], "or") or "nothing"
    return str(value)


def _counted(counted: d.Counted, places: Names) -> str:
    if counted.of == "stays" and counted.take in LENGTHS:
        what = LENGTHS[counted.take]
    else:
        what = f"{TAKEN[counted.take]} {OF[counted.of]}"
    where = ""
    if counted.place or counted.group:
        where = f" at {somewhere(counted.place, counted.group, places)}"
    known = bounds(_bound(counted.at_least), _bound(counted.at_most)) or "known"
    return f"{what}{where} {window_said(counted.within)} is {known}"


def _bound(bound: float | str | None) -> str | None:
    return bound if bound is None or isinstance(bound, str) else figure(bound)


def _time(time: d.AtTime) -> str:
    said = []
    if time.from_ is not None and time.until is not None:
        said.append(f"between {time.from_} and {time.until}")
    elif time.from_ is not None:
        said.append(f"from {time.from_} on")
    elif time.until is not None:
        said.append(f"until {time.until}")
    if time.days:
        said.append(f"on {joined([DAYS[day] for day in time.days], 'or')}")
    return " ".join(said) or "at any time"
