"""Every condition and every action of a document, each with the way to it."""

from collections.abc import Iterator

from hub.core import document as doc
from hub.core.checking.finding import Path

Located = tuple[Path, doc.Condition]
LocatedAct = tuple[Path, doc.Act]


def rules(venue: doc.Venue) -> Iterator[tuple[Path, doc.Rule]]:
    """The rules with their paths."""
    for index, rule in enumerate(venue.rules):
        yield ("rules", index), rule


def audiences(venue: doc.Venue) -> Iterator[tuple[Path, doc.Audience]]:
    """The audiences with their paths."""
    for index, audience in enumerate(venue.audiences):
        yield ("audiences", index), audience


def is_asked(rule: doc.Rule) -> bool:
    """Whether the rule is asked at all: neither a draft nor paused."""
    return rule.stage in ("live", "shadow")


def inside(path: Path, condition: doc.Condition | None) -> Iterator[Located]:
    """A condition and all that it is made of; nothing for no condition."""
    if condition is None:
        return
    yield path, condition
    if isinstance(condition, doc.All | doc.AnyOf | doc.NoneOf):
        for index, one in enumerate(condition.of):
            yield from inside((*path, "of", index), one)


def conditions(venue: doc.Venue) -> Iterator[Located]:
    """All conditions, of rules and of audiences."""
    for path, audience in audiences(venue):
        yield from inside((*path, "if"), audience.if_)
    for path, rule in rules(venue):
        yield from inside((*path, "if"), rule.if_)


def acts_inside(path: Path, acts: list[doc.Act]) -> Iterator[LocatedAct]:
    """Actions, those of follow-ups too."""
    for index, act in enumerate(acts):
        here = (*path, index)
        yield here, act
        if isinstance(act, doc.FollowUp):
            yield from acts_inside((*here, "then"), act.then)


def acts_of(path: Path, rule: doc.Rule) -> Iterator[LocatedAct]:
    """All actions of a rule: of ``then``, of its variants, and of follow-ups."""
    yield from acts_inside((*path, "then"), rule.then)
    for index, variant in enumerate(rule.variants):
        yield from acts_inside((*path, "variants", index, "then"), variant.then)


def acts(venue: doc.Venue) -> Iterator[LocatedAct]:
    """All actions of all rules."""
    for path, rule in rules(venue):
        yield from acts_of(path, rule)
