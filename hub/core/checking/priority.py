"""Of rules that take turns: who always goes first, and where only the order of writing decides."""

from collections.abc import Iterator

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, note, warning

Written = tuple[Path, doc.Rule]


def check_priority(venue: doc.Venue) -> Iterator[Finding]:
    """Rules of one group with equal priority, rules that another always precedes, and doubles."""
    groups: dict[str, list[Written]] = {}
    for path, rule in walk.rules(venue):
        if rule.group is not None and walk.is_asked(rule):
            groups.setdefault(rule.group, []).append((path, rule))
    for group, members in groups.items():
        yield from _equal(group, members)
        yield from _shadowed(sorted(members, key=lambda one: -one[1].priority))
    yield from _doubles(venue)


def _equal(group: str, members: list[Written]) -> Iterator[Finding]:
    first: dict[int, str] = {}
    for path, rule in members:
        before = first.setdefault(rule.priority, rule.name)
        if before != rule.name:
            yield note(
                (*path, "priority"),
                f"{before!r} has the same priority in the group {group!r}: "
                "the one that is written first goes first",
            )


def _shadowed(ordered: list[Written]) -> Iterator[Finding]:
    """Rules behind one that becomes true whenever they do, and that nothing holds back."""
    ahead: list[doc.Rule] = []
    for path, rule in ordered:
        before = next((one for one in ahead if one.when == rule.when), None)
        if before is not None:
            yield warning(
                path, f"{before.name!r} of the same group goes first whenever this one could act"
            )
        elif _always_acts(rule):
            ahead.append(rule)


def _always_acts(rule: doc.Rule) -> bool:
    held_back = rule.if_ is not None or rule.holdout or rule.limit != doc.Limit()
    return rule.stage == "live" and not held_back


def _doubles(venue: doc.Venue) -> Iterator[Finding]:
    asked = [(path, rule) for path, rule in walk.rules(venue) if walk.is_asked(rule)]
    seen: dict[str, str] = {}
    for path, rule in asked:
        content = repr((rule.when, rule.if_, rule.then, rule.variants, rule.stage))
        before = seen.setdefault(content, rule.name)
        if before != rule.name:
            yield note(path, f"it is the same as {before!r}: both act")
