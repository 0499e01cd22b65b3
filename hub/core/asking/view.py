"""A condition reads a view and the ground that it was compiled for, and nothing else.

Instants are Unix milliseconds.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import tzinfo
from typing import Protocol

from msgspec import Struct

from hub.core.document import AttributeInfo, Place
from hub.core.outcome import Clause
from hub.core.state import Person, Presence


class Scene(Protocol):
    """What is not a person's own: who is where, what is left, who tries what."""

    def present(self, place: str) -> Mapping[str, Presence]:
        """Who is at the place now, by person."""
        ...

    def left(self, pool: str) -> int:
        """Rewards of the pool that can still be given."""
        ...

    def arm(self, rule: str, person: str) -> str:
        """The arm of the rule's experiment that the person is in; empty for none."""
        ...


@dataclass(slots=True)
class View:
    """Whom is asked about, and when: ``at_ms`` is the effective now. Nobody changes it."""

    person: Person
    at_ms: int
    scene: Scene


class Ground(Struct, frozen=True):
    """What conditions may name. ``groups`` holds the places of each group.

    ``attributes`` are those that the venue declares; any other may be named too, and is untyped.
    """

    zone: tzinfo
    attributes: Mapping[str, AttributeInfo]
    places: Mapping[str, Place]
    groups: Mapping[str, tuple[str, ...]]
    pools: Collection[str]
    audiences: Collection[str]
    rules: Collection[str]


@dataclass(frozen=True, slots=True)
class Ask:
    """A compiled condition.

    ``until_ms`` is the earliest instant after ``view.at_ms`` at which the answer may be another
    although nothing happens, None for never: strictly before it the answer stays. ``keys`` are
    what can happen that makes it another: ``visit:PLACE``, ``tap:PLACE``, ``stay:PLACE`` (entering
    or leaving), ``at`` (where the person is), ``attribute:NAME``, ``tag:NAME``,
    ``consent:PURPOSE``, ``honour``, ``status``, ``points``, ``audience:NAME``,
    ``occupancy:PLACE`` and ``stock:POOL``.
    """

    holds: Callable[[View], bool]
    clauses: Callable[[View], list[Clause]]
    """One for each thing that must hold, with what was seen: all hold if and only if it holds."""
    until_ms: Callable[[View], int | None]
    keys: frozenset[str]
    is_timed: bool
    """Whether ``until_ms`` may ever be an instant."""
    is_personal: bool
    """Whether the person alone is asked about, not the crowd at a place nor what is in stock."""
