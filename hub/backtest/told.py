"""What one document came to over the facts, as one value that passes between two processes."""

from array import array
from collections import Counter

from msgspec import Struct

from hub.core.document import Stage


class Firings(Struct, frozen=True):
    """Each firing of a rule, in the order decided: whose it was, by number, and its instant."""

    persons: bytes = b""
    instants: bytes = b""

    def of(self, names: list[str | None]) -> dict[str | None, list[int]]:
        """By whom they are about (None: the venue), the instants ascending, Unix ms."""
        found: dict[str | None, list[int]] = {}
        for person, at_ms in zip(array("l", self.persons), self.all_ms(), strict=True):
            found.setdefault(names[person], []).append(at_ms)
        for instants in found.values():
            instants.sort()
        return found

    def all_ms(self) -> "array[int]":
        """The instants of all of them, Unix ms."""
        return array("q", self.instants)


class ToldRule(Struct, frozen=True):
    """What one rule did; ``suppressed`` counts by the word that says why."""

    stage: Stage
    firings: Firings = Firings()
    shadow: int = 0
    follow_ups: int = 0
    suppressed: dict[str, int] = {}


class ToldPool(Struct, frozen=True):
    """One pool: rewards given in the time asked about, the rest as it is in the end."""

    title: str
    stock: int
    given: int
    cost: float
    """What those given cost together."""
    left: int
    ran_out_ms: int | None = None
    """When the last one was given, in the time asked about; None when some are left."""


class ToldBudget(Struct, frozen=True):
    """One budget: what is spent of it in the end, and when it refused a reward first."""

    amount: float
    currency: str
    spent: float
    refused_ms: int | None = None


class ToldChannel(Struct, frozen=True):
    """What goes out by one channel, and the busiest second and minute of the clock (Unix ms)."""

    count: int
    second: int
    second_ms: int
    minute: int
    minute_ms: int


class Fault(Struct, frozen=True):
    """A rule (or, with no name, an event) could not be decided."""

    rule: str
    at_ms: int
    text: str


class Told(Struct, frozen=True):
    """All that one document came to."""

    facts: int
    people: int
    persons: list[str | None]
    """By number, as whom they are known in the end; None is the venue."""
    rules: dict[str, ToldRule]
    pools: dict[str, ToldPool]
    budgets: dict[str, ToldBudget]
    channels: dict[str, ToldChannel]
    audiences: dict[str, int]
    not_redeemed: int = 0
    """Redemptions of a reward that nobody was given here."""
    refused: dict[str, int] = {}
    """Facts that the core refused, by the reason."""
    faults: list[Fault] = []
    faults_count: int = 0

    def suppressed(self) -> Counter[str]:
        """How often rules were suppressed, by the word that says why."""
        found: Counter[str] = Counter()
        for rule in self.rules.values():
            found.update(rule.suppressed)
        return found
