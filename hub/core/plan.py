"""A version of a venue in force is look-ups: by what happens, which rules it can make true."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import tzinfo
from typing import Final, Literal

from hub.core import document as doc
from hub.core.asking import Ask
from hub.core.periods import Window
from hub.core.restraint.caps import Caps
from hub.core.restraint.limits import CompiledLimit
from hub.core.restraint.quiet import Quieting

ANYWHERE: Final = "*"
"""Stands for any place where rules are looked up by place."""


ANYTHING: Final = "*"
"""Stands for whatever can change an audience."""


@dataclass(frozen=True, slots=True)
class CompiledRule:
    """A rule with its conditions as closures and its durations in milliseconds."""

    rule: doc.Rule
    order: int
    """Its place in the document."""
    about: Literal["person", "venue"]
    places: tuple[str, ...]
    window: Window
    ask: Ask
    limit: CompiledLimit
    tally: int = 0
    """Rules with the same places and window have the same number here."""
    tapped: tuple[str, ...] = ()
    """Places at which each tap makes it true."""
    count: int = 0
    at_least_ms: int = 0
    every_ms: int = 0
    length_ms: int = 0
    """How long to wait: of ``absent``, ``without`` and ``rule``."""

    @property
    def name(self) -> str:
        """The rule's name."""
        return self.rule.name

    @property
    def is_experiment(self) -> bool:
        """Whether people are told apart by chance."""
        return bool(self.rule.holdout or self.rule.variants)

    @property
    def memory(self) -> str:
        """Under what its firings are remembered: those of a shadow are nobody's but its own."""
        return f"{self.name}~shadow" if self.rule.stage == "shadow" else self.name

    @property
    def place(self) -> str | None:
        """The one place that it is about."""
        return self.places[0] if len(self.places) == 1 else None


Rules = tuple[CompiledRule, ...]


@dataclass(frozen=True, slots=True)
class Counting:
    """Rules that count over the same places and window: only those at their count can fire."""

    rules: Rules
    by_visits: dict[int, Rules]
    by_places: dict[int, Rules]


@dataclass(frozen=True, slots=True)
class CompiledAudience:
    """An audience; ``order`` is such that those it asks about come before it."""

    name: str
    order: int
    ask: Ask


@dataclass(frozen=True, slots=True)
class Compiled:
    """A version of a venue in force: every look-up that a step needs, by key."""

    version: int
    venue: doc.Venue
    zone: tzinfo
    starts_ms: int
    ends_ms: int
    places: dict[str, doc.Place]
    groups: dict[str, tuple[str, ...]]
    pools: dict[str, doc.PoolInfo]
    attributes: dict[str, doc.AttributeInfo]
    edges: dict[str, dict[str, str]]
    """Edge to its readers, each with its place; the reader ``*`` stands for any other."""
    rules: dict[str, CompiledRule]
    audiences: dict[str, CompiledAudience]
    caps: Caps
    quiet: Quieting
    counted: frozenset[str] = frozenset()
    """Audiences that some rule or condition counts at a place."""
    audiences_of: Mapping[str, tuple[CompiledAudience, ...]] = field(default_factory=dict)
    """What can change it to the audiences that may change."""
    sparked_by: Mapping[str, Rules] = field(default_factory=dict)
    """What happens, as a key such as ``tap:coffee``, to the rules that it makes true at once."""
    counting: Mapping[str, tuple[Counting, ...]] = field(default_factory=dict)
    """Place to the rules that count visits there, sorted by the count they wait for."""
    on_stay: Mapping[str, Rules] = field(default_factory=dict)
    on_left: Mapping[str, Rules] = field(default_factory=dict)
    sequences_to: Mapping[str, Rules] = field(default_factory=dict)
    sequences_from: Mapping[str, Rules] = field(default_factory=dict)
    without: Mapping[str, Rules] = field(default_factory=dict)
    absent: Mapping[str, Rules] = field(default_factory=dict)
    never_ms: tuple[int, ...] = ()
    """The different lengths that rules about absence wait for, ascending."""
    never: Mapping[int, Rules] = field(default_factory=dict)
    """Each of those lengths to the rules that wait for it."""
    points: Rules = ()
    """Rules about points, ascending by what they wait for."""
    occupancy: Mapping[str, Rules] = field(default_factory=dict)
    follows: Mapping[str, Rules] = field(default_factory=dict)
    scheduled: Rules = ()
    """Rules that the calendar makes true, those about absence by an instant among them."""
