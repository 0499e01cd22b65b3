"""An answer to "why?" says one sentence first, and everything that was looked at after it."""

from typing import Final, Literal

from msgspec import Struct

from hub.core.outcome import Clause

SEEN_MAX: Final = 100
"""Most events that an explanation lists: the newest."""

Answer = Literal["fired", "suppressed", "shadow", "no"]


class Seen(Struct, frozen=True, omit_defaults=True):
    """Something that the rule looked at: a visit, a tap, a stay, points, a move."""

    at_ms: int
    kind: str
    place: str | None
    what: str
    is_counted: bool = True
    """Whether it counts: not so for what lies just outside of a window."""
    known_ms: int | None = None
    """When it became known, if that was too late to count."""


class Explanation(Struct, frozen=True, omit_defaults=True):
    """The answer, with each clause and what it saw."""

    rule: str
    version: int
    person: str | None
    at_ms: int
    answer: Answer
    reason: str
    clauses: list[Clause]
    actions: list[str] = []
    sentence: str = ""
    """The whole answer in one sentence, for an organiser."""
    because: str = ""
    arm: str = ""
    place: str | None = None
    events: list[Seen] = []
    """What the trigger and the conditions looked at, ascending, and what was known too late."""
    notes: list[str] = []
    """What is worth knowing besides: whose badge it was, what is in quarantine."""


class Finding(Struct, frozen=True):
    """One clause, how an organiser would say that it failed, and the events that it looked at."""

    clause: Clause
    miss: str
    events: tuple[Seen, ...] = ()
