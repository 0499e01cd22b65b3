"""What rules do can make rules true again: such a circle is named, and refused where it cannot end.

A node is a rule, an audience, or something that rules change (a tag, an attribute, points ...). An
edge leads from what changes to what that may make true. A circle is refused when each edge is sure
- a rule after another, a tally that is counted once more - and no rule in it has a condition, a
limit or a group that could end it; others are warned of.
"""

from collections import deque
from collections.abc import Iterable, Iterator

from hub.core import document as doc
from hub.core.checking import walk
from hub.core.checking.finding import Finding, Path, error, warning

Node = tuple[str, str]
"""A kind and a name: ``("rule", "welcome")``, ``("tag", "vip")``."""
Edges = dict[Node, list[Node]]

POINTS: Node = ("points", "")
MORE_POINTS: Node = ("points", "more")
STATUS: Node = ("status", "")
SHOWN = ("rule", "audience")


def check_loops(venue: doc.Venue) -> Iterator[Finding]:
    """Audiences that are made of themselves, and rules that feed themselves."""
    yield from _audiences(venue)
    start: dict[Node, Path] = {
        ("rule", rule.name): (*path, "when") for path, rule in walk.rules(venue)
    }
    refused: set[Node] = set()
    for circle in circles(start, _sure(venue)):
        refused.update(node for node in circle if node[0] == "rule")
        chain = _chain(circle)
        message = f"the rule feeds itself without end: {chain}"
        yield error(start[circle[0]], message, "limit: {once: true}")
    for circle in circles(start, _possible(venue)):
        if refused.isdisjoint(circle):
            message = f"the rule may feed itself: {_chain(circle)}"
            yield warning(start[circle[0]], message, "its limit is what ends it")


def _audiences(venue: doc.Venue) -> Iterator[Finding]:
    paths: dict[Node, Path] = {}
    edges: Edges = {}
    for path, audience in walk.audiences(venue):
        node = ("audience", audience.name)
        paths[node] = (*path, "if")
        for here, one in walk.inside((*path, "if"), audience.if_):
            if isinstance(one, doc.InAudience):
                edges.setdefault(node, []).append(("audience", one.audience))
            if isinstance(one, doc.Occupied | doc.InStock):
                what = one.__struct_config__.tag
                yield error(here, f"an audience is about people alone: it cannot ask for {what}")
    for circle in circles(paths, edges):
        names = " -> ".join(name for _, name in circle)
        yield error(paths[circle[0]], f"audiences refer to each other in a circle: {names}")


def _chain(circle: list[Node]) -> str:
    shown = [node for node in circle if node[0] in SHOWN]
    return " -> ".join(name if kind == "rule" else f"audience {name}" for kind, name in shown)


def _possible(venue: doc.Venue) -> Edges:
    """All that may follow from what changes."""
    edges: Edges = {}
    for path, rule in walk.rules(venue):
        if walk.is_asked(rule):
            node = ("rule", rule.name)
            edges.setdefault(node, []).extend(_changes(path, rule))
            for cause in _causes(rule.when):
                edges.setdefault(cause, []).append(node)
    for path, audience in walk.audiences(venue):
        for cause in _asked(path, audience):
            edges.setdefault(cause, []).append(("audience", audience.name))
    return edges


def _sure(venue: doc.Venue) -> Edges:
    """What follows for everybody, as often as it happens."""
    tallies = {info.name for info in venue.attributes if info.type == "tally"}
    edges: Edges = {}
    for path, rule in walk.rules(venue):
        if rule.stage != "live" or rule.if_ is not None or rule.group is not None:
            continue
        if rule.limit != doc.Limit():
            continue
        node = ("rule", rule.name)
        counted = [
            ("attribute", act.attribute)
            for _, act in walk.acts_of(path, rule)
            if isinstance(act, doc.SetAttribute) and act.attribute in tallies
        ]
        edges.setdefault(node, []).extend([("fired", rule.name), *counted])
        if isinstance(rule.when, doc.OnRule | doc.OnAttribute):
            for cause in _causes(rule.when):
                edges.setdefault(cause, []).append(node)
    return edges


def _causes(when: doc.Trigger) -> Iterator[Node]:
    match when:
        case doc.OnAudience(audience=audience):
            yield "audience", audience
        case doc.OnAttribute(name=name):
            yield "attribute", name
        case doc.OnPoints():
            yield MORE_POINTS
        case doc.OnRule(rule=rule):
            yield "fired", rule
        case _:
            pass


def _changes(path: Path, rule: doc.Rule) -> Iterator[Node]:
    yield "fired", rule.name
    for _, act in walk.acts_of(path, rule):
        match act:
            case doc.GiveTag(tag=tag) | doc.TakeTag(tag=tag):
                yield "tag", tag
            case doc.SetAttribute(attribute=attribute):
                yield "attribute", attribute
            case doc.AddPoints(points=points):
                yield POINTS
                if points > 0:
                    yield MORE_POINTS
            case doc.AwardHonour(honour=honour):
                yield "honour", honour
            case doc.SetStatus():
                yield STATUS
            case _:
                pass


def _asked(path: Path, audience: doc.Audience) -> Iterator[Node]:
    for _, one in walk.inside(path, audience.if_):
        match one:
            case doc.HasTag(tag=tag):
                yield "tag", tag
            case doc.Attribute(name=name):
                yield "attribute", name
            case doc.HasHonour(honour=honour):
                yield "honour", honour
            case doc.HasStatus():
                yield STATUS
            case doc.HasPoints() | doc.Counted(of="points"):
                yield POINTS
            case doc.InAudience(audience=other):
                yield "audience", other
            case _:
                pass


def circles(starts: Iterable[Node], edges: Edges) -> list[list[Node]]:
    """The shortest circle through each start that is in none yet; it begins and ends there."""
    left = _in_circles(edges)
    found = []
    for start in starts:
        circle = _shortest(start, edges, left) if start in left else None
        if circle is not None:
            found.append(circle)
            left.difference_update(node for node in circle if node[0] in SHOWN)
    return found


def _in_circles(edges: Edges) -> set[Node]:
    """Nodes that are left when those are taken away, over and over, that nothing leads to."""
    arriving: dict[Node, int] = {}
    for targets in edges.values():
        for target in targets:
            arriving[target] = arriving.get(target, 0) + 1
    free = deque(node for node in edges if node not in arriving)
    left = {*edges, *arriving}
    while free:
        node = free.popleft()
        left.discard(node)
        for target in edges.get(node, ()):
            arriving[target] -= 1
            if not arriving[target]:
                free.append(target)
    return left


def _shortest(start: Node, edges: Edges, left: set[Node]) -> list[Node] | None:
    came: dict[Node, Node] = {}
    waiting = deque([start])
    while waiting:
        node = waiting.popleft()
        for target in edges.get(node, ()):
            if target == start:
                return _way(start, node, came)
            if target in left and target not in came:
                came[target] = node
                waiting.append(target)
    return None


def _way(start: Node, last: Node, came: dict[Node, Node]) -> list[Node]:
    back = []
    node = last
    while node != start:
        back.append(node)
        node = came[node]
    return [start, *reversed(back), start]
