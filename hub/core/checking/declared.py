"""What a document declares makes sense: attributes, sources, limits, budgets, experiments."""

from collections.abc import Iterator
from typing import Final

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, note, warning
from hub.core.checking.shapes import places_of
from hub.core.checking.times import Span, span_of
from hub.core.events import Value
from hub.core.spans import MS_PER, duration_ms
from hub.core.state import FIRED_KEPT_MAX

MERGES: Final = {
    "text": ("latest", "first"),
    "boolean": ("latest", "first"),
    "number": ("latest", "first", "highest", "lowest", "sum"),
    "instant": ("latest", "first", "highest", "lowest"),
    "set": ("union",),
    "tally": ("sum",),
}
"""What can become of two values of one attribute, by its type."""

TESTS: Final = {
    "at_least": ("number",), "at_most": ("number",), "before": ("instant",), "after": ("instant",),
    "favourite": ("tally",), "matches": ("text",), "contains": ("text", "set"),
}  # fmt: skip
"""The types of attributes that a test is for; the other tests are for all."""

KINDS: Final[dict[str, tuple[type, ...]]] = {
    "text": (str,), "number": (int, float), "boolean": (bool,), "instant": (str, int, float),
    "set": (list, str), "tally": (dict, str),
}  # fmt: skip
"""What a value of an attribute is written as; of a set or tally also one that is to be added."""


def check_declared(venue: doc.Venue) -> Iterator[Finding]:
    """Attributes, sources, limits, budgets and edges that cannot be meant or serve nothing."""
    infos = {info.name: info for info in venue.attributes}
    for index, info in enumerate(venue.attributes):
        yield from _attribute(("attributes", index), info)
    for index, source in enumerate(venue.sources):
        for number, mapped in enumerate(source.fields):
            yield from _mapped(("sources", index, "fields", number), mapped, infos)
    yield from _budgets(venue)
    span = span_of(venue)
    for path, rule in walk.rules(venue):
        yield from _limit((*path, "limit"), rule, span)
        if rule.limit.per == "visit" and not places_of(rule.when, venue):
            yield warning((*path, "limit", "per"), "per: visit is for triggers at a place")
    for path, condition in walk.conditions(venue):
        if isinstance(condition, doc.Attribute) and condition.name in infos:
            yield from _tests(path, condition, infos[condition.name])
    for path, act in walk.acts(venue):
        if isinstance(act, doc.SetAttribute) and act.attribute in infos:
            yield from _value((*path, "value"), act.value, infos[act.attribute])


def kind_holds(kind: str, value: Value) -> bool:
    """Whether a value can be one of an attribute of that type."""
    if isinstance(value, bool):
        return kind == "boolean"
    return isinstance(value, KINDS[kind])


def _attribute(path: Path, info: doc.AttributeInfo) -> Iterator[Finding]:
    if info.merge is not None and info.merge not in MERGES[info.type]:
        may = ", ".join(MERGES[info.type])
        yield error(
            (*path, "merge"), f"two values of type {info.type} cannot become {info.merge!r}: {may}"
        )
    if info.one_of is not None and not info.one_of:
        yield error((*path, "one_of"), "one_of is empty: no value would do")
    for index, value in enumerate(info.one_of or []):
        yield from _value((*path, "one_of", index), value, info)


def _value(path: Path, value: Value, info: doc.AttributeInfo) -> Iterator[Finding]:
    if value is not None and not kind_holds(info.type, value):
        yield error(path, f"{value!r} is no {info.type}, which the attribute {info.name!r} is")
    elif info.one_of and value is not None and value not in info.one_of:
        may = ", ".join(str(one) for one in info.one_of)
        yield error(path, f"{value!r} is none of what {info.name!r} may be: {may}")


def _tests(path: Path, condition: doc.Attribute, info: doc.AttributeInfo) -> Iterator[Finding]:
    for test, kinds in TESTS.items():
        if getattr(condition, test) is not None and info.type not in kinds:
            yield error(
                (*path, test),
                f"{test} is for {' or '.join(kinds)}, and {info.name!r} is {info.type}",
            )
    yield from _value((*path, "equals"), condition.equals, info)
    for index, value in enumerate(condition.one_of or []):
        yield from _value((*path, "one_of", index), value, info)


def _mapped(
    path: Path, mapped: doc.Mapped, infos: dict[str, doc.AttributeInfo]
) -> Iterator[Finding]:
    if not mapped.from_:
        yield error((*path, "from"), "from is empty: name at least one field of the source")
    info = infos.get(mapped.to.removeprefix("attributes."))
    if mapped.unit is not None and info is not None and info.type != "number":
        yield warning(
            (*path, "unit"),
            f"unit multiplies a number, and the attribute {info.name!r} is {info.type}",
        )


def _budgets(venue: doc.Venue) -> Iterator[Finding]:
    pools = {pool.id: pool for pool in venue.pools}
    budgeted = {name for budget in venue.budgets for name in budget.pools}
    for index, budget in enumerate(venue.budgets):
        if not any(name in pools and pools[name].cost for name in budget.pools):
            message = "none of its pools costs anything; give one a cost"
            yield error(("budgets", index, "pools"), message)
        for number, name in enumerate(budget.pools):
            if name in pools and not pools[name].cost:
                here: Path = ("budgets", index, "pools", number)
                yield warning(here, f"the pool {name!r} costs nothing: give it a cost")
    for index, pool in enumerate(venue.pools):
        if pool.cost and pool.id not in budgeted:
            yield note(("pools", index, "cost"), "the pool has a cost and no budget counts it")


def _limit(path: Path, rule: doc.Rule, span: Span | None) -> Iterator[Finding]:
    limit = rule.limit
    periods = [(path, limit.at_most, limit.within)]
    periods += [
        ((*path, "also", index), period.at_most, period.within)
        for index, period in enumerate(limit.also)
    ]
    for here, at_most, within in periods:
        if within != "event" and at_most is not None and at_most > FIRED_KEPT_MAX:
            message = f"at_most is {FIRED_KEPT_MAX} or less unless it is within the event"
            yield error((*here, "at_most"), message)
        if at_most is not None and within[:1].isdigit():
            yield from _length((*here, "within"), within, span, "the same as within: event")
    if limit.at_most is None and limit.within != "event":
        yield error((*path, "within"), f"within {limit.within!r} needs at_most")
    if limit.every is not None:
        yield from _length((*path, "every"), limit.every, span, "the same as once: true")
    if limit.once and (limit.every or limit.at_most or limit.also):
        yield note((*path, "once"), "once is the tightest limit: the others change nothing")


def _length(path: Path, text: str, span: Span | None, same: str) -> Iterator[Finding]:
    length_ms = duration_ms(text)
    if length_ms == 0:
        yield error(path, f"{text} is no time at all")
    elif span is not None and length_ms > span.ends_ms - span.starts_ms:
        hours = (span.ends_ms - span.starts_ms) / MS_PER["h"]
        yield note(path, f"{text} is longer than the event, which is {hours:g} h: {same}")
