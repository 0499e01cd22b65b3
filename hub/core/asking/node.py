"""Parts of a condition are joined so that the answer of the whole is never wrong about when."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from hub.core.asking.view import View

Holds = Callable[[View], bool]
Saw = Callable[[View], str]
Until = Callable[[View], int | None]


@dataclass(frozen=True, slots=True)
class Node:
    """A part of a condition. Without ``until_ms`` time alone never changes its answer."""

    text: str
    holds: Holds
    saw: Saw
    keys: frozenset[str] = frozenset()
    until_ms: Until | None = None
    is_personal: bool = True


def all_of(nodes: Sequence[Node]) -> Node:
    """Every one holds."""
    return _joined(nodes, " and ", reduce(_both, (node.holds for node in nodes)), decisive=False)


def any_of(nodes: Sequence[Node]) -> Node:
    """At least one holds."""
    return _joined(nodes, " or ", reduce(_either, (node.holds for node in nodes)), decisive=True)


def negated(node: Node) -> Node:
    """It does not hold."""
    inner = node.holds
    return Node(
        text=f"not: {node.text}",
        holds=lambda view: not inner(view),
        saw=node.saw,
        keys=node.keys,
        until_ms=node.until_ms,
        is_personal=node.is_personal,
    )


def _both(first: Holds, second: Holds) -> Holds:
    return lambda view: first(view) and second(view)


def _either(first: Holds, second: Holds) -> Holds:
    return lambda view: first(view) or second(view)


def _joined(nodes: Sequence[Node], word: str, holds: Holds, *, decisive: bool) -> Node:
    is_timed = any(node.until_ms for node in nodes)
    return Node(
        text=f"({word.join(node.text for node in nodes)})",
        holds=holds,
        saw=lambda view: "; ".join(dict.fromkeys(node.saw(view) for node in nodes)),
        keys=frozenset[str]().union(*(node.keys for node in nodes)),
        until_ms=(lambda view: _until_ms(nodes, view, decisive)) if is_timed else None,
        is_personal=all(node.is_personal for node in nodes),
    )


def _until_ms(nodes: Sequence[Node], view: View, decisive: bool) -> int | None:
    """When the answer may be another; a part whose answer is ``decisive`` decides the whole.

    As long as one of those stays as it is the whole does, so that the last of them to change
    counts; without any of them it is the first of all parts.
    """
    deciding = [node for node in nodes if node.holds(view) is decisive]
    if deciding:
        return _last(_turn_ms(node, view) for node in deciding)
    return earliest(_turn_ms(node, view) for node in nodes)


def _turn_ms(node: Node, view: View) -> int | None:
    return node.until_ms(view) if node.until_ms else None


def earliest(instants: Iterable[int | None]) -> int | None:
    """The first instant of those that will come; None stands for never."""
    return min((at_ms for at_ms in instants if at_ms is not None), default=None)


def _last(instants: Iterable[int | None]) -> int | None:
    latest_ms = 0
    for at_ms in instants:
        if at_ms is None:
            return None
        latest_ms = max(latest_ms, at_ms)
    return latest_ms
