"""What a condition names is there, and what it asks for can be meant; else the fault says why."""

from collections.abc import Callable, Iterable
from math import inf

from msgspec import Struct

from hub.core.asking.view import Ground
from hub.core.errors import RulesFault


def known(where: str, field: str, what: str, name: str, there_are: Iterable[str]) -> str:
    """The name, which is among those that there are.

    Raises:
        RulesFault: it is not.
    """
    names = sorted(there_are)
    if name not in names:
        listed = ", ".join(names) or "none"
        raise RulesFault(f"{where}, {field}: there is no {what} {name!r}; there is: {listed}")
    return name


def places_of(
    where: str, place: str | None, group: str | None, ground: Ground
) -> tuple[str, ...] | None:
    """The place, or the places of the group; None when neither is given.

    Raises:
        RulesFault: both are given, or one that is not there.
    """
    if place is not None and group is not None:
        raise RulesFault(f"{where}, place: give either a place or a group, not both")
    if place is not None:
        return (known(where, "place", "place", place, ground.places),)
    if group is not None:
        return ground.groups[known(where, "group", "group", group, ground.groups)]
    return None


class Bounds(Struct, frozen=True):
    """From ``low`` to ``high``, both included; a missing one is infinite."""

    low: float
    high: float
    text: str
    """``at least 3 and at most 5``."""


def plain(figure: float) -> str:
    """A number without needless decimals."""
    return str(int(figure)) if figure == figure // 1 else str(figure)


def bounds(
    where: str,
    at_least: float | None,
    at_most: float | None,
    spelled: Callable[[float], str] = plain,
) -> Bounds:
    """Read two bounds.

    Raises:
        RulesFault: neither is given, or nothing lies between them.
    """
    if at_least is None and at_most is None:
        raise RulesFault(f"{where}, at_least: give at_least, at_most or both")
    low = -inf if at_least is None else at_least
    high = inf if at_most is None else at_most
    if not low <= high:
        raise RulesFault(f"{where}, at_least: {spelled(low)} is more than at_most, {spelled(high)}")
    if at_least == at_most:
        return Bounds(low, high, f"exactly {spelled(low)}")
    said = [("at least", at_least), ("at most", at_most)]
    text = " and ".join(f"{word} {spelled(bound)}" for word, bound in said if bound is not None)
    return Bounds(low, high, text)
