"""A document's condition becomes closures once; a fault in one is a no that says so.

What an exception inside a condition leaves unknown is never a yes, under ``none`` neither.
"""

from collections.abc import Callable, Iterator
from typing import Final, TypeVar

from hub.core import document as doc
from hub.core.asking import around, leaves
from hub.core.asking.attributes import attribute
from hub.core.asking.clock import at_time
from hub.core.asking.counting import counted
from hub.core.asking.node import Node, all_of, any_of, negated
from hub.core.asking.view import Ask, Ground, View
from hub.core.errors import RulesFault
from hub.core.outcome import Clause

DEPTH_MAX: Final = 8
"""How deep all, any and none may be nested in each other."""

LEAVES_MAX: Final = 100
"""Most single conditions in one."""

T = TypeVar("T")

_Tree = doc.All | doc.AnyOf | doc.NoneOf


def compile_condition(where: str, condition: doc.Condition | None, ground: Ground) -> Ask:
    """Check a condition and make it ready to be asked; without one it always holds.

    Raises:
        RulesFault: it cannot be meant; the text begins with ``where``, says which field, and what
            there is.
    """
    if condition is None:
        return _ALWAYS
    leaves_count = sum(1 for _ in _leaves(where, condition, 1))
    if leaves_count > LEAVES_MAX:
        raise RulesFault(
            f"{where}: {leaves_count} conditions in one; at most {LEAVES_MAX} are allowed"
        )
    return _ask(list(_conjuncts(where, condition, ground)))


def _leaves(where: str, condition: doc.Condition, depth: int) -> Iterator[doc.Condition]:
    if not isinstance(condition, _Tree):
        yield condition
        return
    if depth > DEPTH_MAX:
        raise RulesFault(f"{where}: all, any and none are nested deeper than {DEPTH_MAX}")
    if not condition.of:
        raise RulesFault(f"{where}, of: name at least one condition")
    for number, one in enumerate(condition.of):
        yield from _leaves(f"{where}, of[{number}]", one, depth + 1)


def _conjuncts(where: str, condition: doc.Condition, ground: Ground) -> Iterator[Node]:
    """What must hold, each by itself."""
    match condition:
        case doc.All(of=of):
            for number, one in enumerate(of):
                yield from _conjuncts(f"{where}, of[{number}]", one, ground)
        case doc.NoneOf(of=of):
            for number, one in enumerate(of):
                yield negated(_node(f"{where}, of[{number}]", one, ground))
        case _:
            yield _node(where, condition, ground)


def _node(where: str, condition: doc.Condition, ground: Ground) -> Node:
    match condition:
        case doc.AnyOf(of=of):
            return any_of(
                [_node(f"{where}, of[{number}]", one, ground) for number, one in enumerate(of)]
            )
        case doc.All() | doc.NoneOf():
            return all_of(list(_conjuncts(where, condition, ground)))
        case _:
            return _LEAVES[type(condition)](where, condition, ground)


_LEAVES: Final[dict[type, Callable[..., Node]]] = {
    doc.Attribute: attribute,
    doc.HasTag: leaves.tag,
    doc.HasConsent: leaves.consent,
    doc.HasHonour: leaves.honour,
    doc.HasStatus: leaves.status,
    doc.HasPoints: leaves.points,
    doc.IsAt: leaves.at,
    doc.InAudience: leaves.audience,
    doc.Counted: counted,
    doc.AtTime: at_time,
    doc.Occupied: around.occupancy,
    doc.InStock: around.stock,
    doc.InArm: around.arm,
}


_ALWAYS: Final = Ask(
    holds=lambda _view: True,
    clauses=lambda _view: [],
    until_ms=lambda _view: None,
    keys=frozenset(),
    is_timed=False,
    is_personal=True,
)


def _ask(conjuncts: list[Node]) -> Ask:
    whole = conjuncts[0] if len(conjuncts) == 1 else all_of(conjuncts)
    return Ask(
        holds=_guarded(whole.holds, otherwise=False),
        clauses=lambda view: [_clause(node, view) for node in conjuncts],
        until_ms=_guarded(whole.until_ms or _ALWAYS.until_ms, otherwise=None),
        keys=whole.keys,
        is_timed=whole.until_ms is not None,
        is_personal=whole.is_personal,
    )


def _guarded(asked: Callable[[View], T], otherwise: T) -> Callable[[View], T]:
    """A fault in one condition must never stop another: this is where it ends."""

    def guarded(view: View) -> T:
        try:
            return asked(view)
        except Exception:  # noqa: BLE001 - whatever it is: the clause tells, and the answer is no
            return otherwise

    return guarded


def _clause(node: Node, view: View) -> Clause:
    try:
        held = node.holds(view)
    except Exception as error:  # noqa: BLE001 - as above
        return Clause(node.text, held=False, saw=f"could not be evaluated: {error!r}")
    try:
        return Clause(node.text, held, node.saw(view))
    except Exception as error:  # noqa: BLE001 - as above
        return Clause(node.text, held, saw=f"could not be shown: {error!r}")
