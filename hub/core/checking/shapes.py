"""Fields that need or exclude each other do so: in triggers, conditions, actions and rules."""

from collections.abc import Iterator
from typing import Final

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, note
from hub.core.checking.names import HOLDOUT

FOLLOW_UP_DEPTH_MAX: Final = 3
"""A follow-up may have a follow-up, but not without end."""

OF_VENUE: Final = (doc.SetLight, doc.TellStaff, doc.CallWebhook, doc.PublishMqtt, doc.FollowUp)
"""What a rule can do that is about no person."""

ASKS_VENUE: Final = (
    doc.AtTime, doc.Occupied, doc.InStock, doc.All, doc.AnyOf, doc.NoneOf,
)  # fmt: skip
"""What a rule can ask that is about no person."""

EDGE_LANES: Final = ("up", "down")
"""What topics of edges begin with."""

_PLACED = (doc.OnVisit, doc.OnLeft, doc.OnVisits)
_FOLLOWING = (doc.SetMood, doc.RequestMusic)


def check_shapes(venue: doc.Venue) -> Iterator[Finding]:
    """Parts whose fields do not go together."""
    for path, rule in walk.rules(venue):
        yield from _trigger((*path, "when"), rule.when, venue)
        yield from _rule(path, rule)
        yield from _acts(path, rule)
    for path, condition in walk.conditions(venue):
        yield from _condition(path, condition)


def about_venue(when: doc.Trigger) -> bool:
    """Whether a rule with this trigger is about a place or the venue, and about no person."""
    match when:
        case doc.WhilePresent() | doc.OnOccupancy():
            return True
        case doc.OnSchedule(each=each):
            return each is None
        case doc.OnButton(about=about) | doc.OnCall(about=about):
            return about == "venue"
        case _:
            return False


def places_of(when: doc.Trigger, venue: doc.Venue) -> list[str]:
    """The known places that a trigger waits at; none for one that waits at no place."""
    if isinstance(when, doc.OnSequence | doc.OnWithout):
        wanted: set[str | None] = {when.first, when.then}
    else:
        wanted = {getattr(when, "place", None)}
    group = getattr(when, "group", None)
    return [place.id for place in venue.places if place.id in wanted or group in place.groups]


def _given(part: object, *fields: str) -> int:
    return sum(getattr(part, field) is not None for field in fields)


def _trigger(path: Path, when: doc.Trigger, venue: doc.Venue) -> Iterator[Finding]:
    if isinstance(when, _PLACED) and _given(when, "place", "group") != 1:
        yield error(path, "give either a place or a group")
    match when:
        case doc.OnAbsent():
            if _given(when, "place", "group") > 1:
                yield error(path, "give either a place or a group, or neither for any place at all")
            if _given(when, "for_", "by") != 1:
                yield error(path, "give either for or by", "such as for: 45min")
        case doc.OnOccupancy():
            yield from _occupancy(path, when)
        case doc.OnSchedule() if _given(when, "at", "daily", "every", "cron") != 1:
            yield error(path, "give one of at, daily, every and cron", 'such as daily: "18:00"')
        case doc.OnVisit() | doc.OnLeft():
            yield from _stay(path, when, venue)
        case _:
            pass


def _occupancy(path: Path, when: doc.OnOccupancy) -> Iterator[Finding]:
    if _given(when, "at_least", "at_most") != 1:
        yield error(path, "give either at_least or at_most")
    elif when.until is not None:
        if when.at_least is not None and when.until >= when.at_least:
            yield error((*path, "until"), f"until is less than at_least, which is {when.at_least}")
        if when.at_most is not None and when.until <= when.at_most:
            yield error((*path, "until"), f"until is more than at_most, which is {when.at_most}")


def _stay(path: Path, when: doc.OnVisit | doc.OnLeft, venue: doc.Venue) -> Iterator[Finding]:
    """Taps have no length and no end."""
    places = places_of(when, venue)
    by_tap = {place.id for place in venue.places if place.visits_by == "tap"}
    if not places or not by_tap.issuperset(places):
        return
    where = when.place or when.group
    if isinstance(when, doc.OnLeft):
        yield error(
            path, f"visits to {where!r} are taps, which nobody leaves; let visits_by be presence"
        )
    elif when.at_least:
        yield error(
            (*path, "at_least"),
            f"visits to {where!r} are taps, which have no length; leave out at_least, or let "
            "visits_by be presence",
        )


def _rule(path: Path, rule: doc.Rule) -> Iterator[Finding]:
    if not rule.then and not rule.variants:
        yield error(path, "there is nothing to do: give then or variants")
    if rule.then and rule.variants:
        yield error(
            (*path, "variants"), "variants are tried instead of then: give only one of them"
        )
    for index, variant in enumerate(rule.variants):
        if variant.name == HOLDOUT:
            here = (*path, "variants", index, "name")
            yield error(here, "'holdout' is what those are called for whom nothing is done")
    if isinstance(rule.when, doc.WhilePresent) and (
        rule.if_ is not None or rule.limit != doc.Limit()
    ):
        yield error(
            path,
            "a rule with kind: present follows a place, not a person: it takes no if and no limit",
        )
    elif about_venue(rule.when):
        yield from _asks_nobody((*path, "if"), rule.if_)
        if rule.limit.per == "visit" or rule.holdout or rule.variants:
            yield error(path, "it is about the venue, which has no visits and no arms")
    if rule.goal is not None:
        yield from _goal((*path, "goal"), rule, rule.goal)


def _goal(path: Path, rule: doc.Rule, goal: doc.Goal) -> Iterator[Finding]:
    if _given(goal, "visit", "redeemed") != 1:
        yield error(path, "give either visit or redeemed")
    if not rule.holdout and not rule.variants:
        yield note(path, "there is no holdout and no variant of this rule to compare with")


def _asks_nobody(path: Path, condition: doc.Condition | None) -> Iterator[Finding]:
    for here, one in walk.inside(path, condition):
        if not isinstance(one, ASKS_VENUE):
            check = one.__struct_config__.tag
            yield error(here, f"{check} asks about a person, and the rule is about the venue")


def _acts(path: Path, rule: doc.Rule) -> Iterator[Finding]:
    follows = isinstance(rule.when, doc.WhilePresent)
    nobody = about_venue(rule.when)
    for here, act in walk.acts_of(path, rule):
        if isinstance(act, _FOLLOWING) != follows:
            yield error(
                here, "mood and music belong to rules with kind: present, and nothing else does"
            )
        elif nobody and not follows and not isinstance(act, OF_VENUE):
            do = act.__struct_config__.tag
            yield error(here, f"{do} is done for a person, and the rule is about the venue")
        if isinstance(act, doc.FollowUp):
            yield from _follow_up(here, act)
        if isinstance(act, doc.PublishMqtt) and act.topic.split("/")[0] in EDGE_LANES:
            message = f"topic {act.topic!r} begins like a lane of an edge; choose another"
            yield error((*here, "topic"), message)
        if isinstance(act, doc.SendPush) and not act.text:
            yield note(here, "the push has no text: its title stands alone")


def _follow_up(path: Path, act: doc.FollowUp) -> Iterator[Finding]:
    if _given(act, "after", "at") != 1:
        yield error(path, "a follow-up has either after or at", "such as after: 10min")
    if not act.then:
        yield error((*path, "then"), "the follow-up has nothing to do")
    if path.count("then") == FOLLOW_UP_DEPTH_MAX + 1:
        yield error(path, f"follow-ups are nested deeper than {FOLLOW_UP_DEPTH_MAX}")


def _condition(path: Path, condition: doc.Condition) -> Iterator[Finding]:
    match condition:
        case doc.IsAt() if _given(condition, "place", "group") != 1:
            yield error(path, "give either a place or a group")
        case doc.Counted():
            yield from _counted(path, condition)
        case doc.AtTime() if _given(condition, "from_", "until", "days") == 0:
            yield error(path, "give from, until or days")
        case doc.Occupied() | doc.HasPoints() if _given(condition, "at_least", "at_most") == 0:
            yield error(path, "give at_least, at_most or both")
        case doc.Attribute() if condition == doc.Attribute(condition.name):
            yield error(path, "give at least one test", "such as exists: true")
        case _:
            pass


def _counted(path: Path, condition: doc.Counted) -> Iterator[Finding]:
    if _given(condition, "at_least", "at_most") == 0:
        yield error(path, "give at_least, at_most or both")
    places = _given(condition, "place", "group")
    if places > 1:
        yield error(path, "give either a place or a group, or neither for all places")
    if places and condition.of == "points":
        yield error(path, "points are added at no place: leave out place and group")
    valued = condition.of in ("stays", "points")
    if condition.take in ("sum", "min", "max") and not valued:
        yield error((*path, "take"), f"{condition.take} is of stays or points", "take: count")
    if condition.take == "distinct" and condition.of == "points":
        yield error((*path, "take"), "distinct counts places, and points have none", "take: count")
