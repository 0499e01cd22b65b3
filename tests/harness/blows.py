"""A seeded plan of what is broken when; the same seed gives the same plan.

Blows are spaced by what has arrived meanwhile, never by time alone.
"""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from tests.harness.installation import Installation
from tests.waiting import wait_until

Kind = Literal["edge", "broker", "engine", "network"]
KINDS: Final[tuple[Kind, ...]] = ("edge", "broker", "engine", "network")
TOGETHER: Final = (2, 3)
"""Fewest and most kinds that one blow hits."""
ARRIVED_BETWEEN_MIN: Final = 20
"""Readings that arrive between two blows at least, while there are any to come."""
WAIT_S_MAX: Final = 60.0

Blow = tuple[Kind, ...]


def plan(dice: random.Random, each: int) -> list[Blow]:
    """Make blows that hit every kind ``each`` times, several different kinds at once."""
    left = Counter(dict.fromkeys(KINDS, each))
    blows: list[Blow] = []
    while left := +left:
        most = max(left.values())
        wanted = min(len(left), dice.randint(*TOGETHER))
        # Those that are behind come first, so that all of them are used up at the end.
        order = sorted(left, key=lambda kind: (left[kind] < most, dice.random()))
        blow = tuple(order[:wanted])
        left.subtract(blow)
        blows.append(blow)
    return blows


@dataclass(slots=True)
class Storm:
    """Carries a plan out. ``arrived`` counts what has arrived of ``total``."""

    installation: Installation
    dice: random.Random
    arrived: Callable[[], int]
    total: int
    while_coming: Counter[Kind] = field(default_factory=Counter)
    """Blows that fell while there were readings still to come."""
    done: Counter[Kind] = field(default_factory=Counter)
    _away: list[str] = field(default_factory=list)

    def rage(self, blows: Sequence[Blow]) -> None:
        """Let every blow fall, spread over the readings; repair everything at the end."""
        for number, blow in enumerate(blows, start=1):
            self._wait_for(self.total * number // (len(blows) + 2))
            self._fall(blow)
        self._reconnect()

    def _wait_for(self, due: int) -> None:
        due = min(max(due, self.arrived() + ARRIVED_BETWEEN_MIN), self.total)
        wait_until(lambda: self.arrived() >= due, WAIT_S_MAX, f"{due} of {self.total} to arrive")

    def _fall(self, blow: Blow) -> None:
        coming = self.arrived() < self.total
        self._reconnect()
        struck = [self._strike(kind) for kind in blow]
        for repair in struck:
            repair()
        self.done.update(blow)
        if coming:
            self.while_coming.update(blow)

    def _strike(self, kind: Kind) -> Callable[[], None]:
        """Break one thing; returns how it is mended."""
        one = self.installation
        name = self.dice.choice(sorted(one.edges))
        if kind == "network":
            return self._cut(name)
        program = {"broker": one.broker, "engine": one.engine}.get(kind, one.edges[name])
        program.kill()
        return program.start

    def _cut(self, name: str) -> Callable[[], None]:
        """Cut an edge off until the next blow; or the hub, for a moment."""
        if self.dice.random() < 1 / (1 + len(self.installation.edges)):
            self.installation.hub_cable.cut()
            return self.installation.hub_cable.restore
        self.installation.cables[name].cut()
        self._away.append(name)
        return lambda: None

    def _reconnect(self) -> None:
        while self._away:
            self.installation.cables[self._away.pop()].restore()
