"""What is said of a rule: it fired, it was held back, or it would have fired."""

from dataclasses import dataclass
from typing import Literal, NamedTuple

from hub.core import document as doc


class Verdict(NamedTuple):
    """A decision about a person; about the venue or a place when ``person`` is None."""

    rule: str
    person: str | None
    at_ms: int
    outcome: Literal["fired", "suppressed", "shadow"]
    because: str = ""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that is true for somebody, dated at its cause."""

    order: int
    person: str | None
    at_ms: int
    rule: doc.Rule


@dataclass(frozen=True, slots=True)
class Times:
    """As of when conditions and caps are asked, and when what follows is done."""

    asked_ms: int
    now_ms: int
