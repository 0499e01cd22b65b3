"""What each rule came to, counted in the database; pages and programs read the same figures."""

from dataclasses import dataclass, field

from hub.store.insight import InsightReads
from hub.web.ports import WebParts


@dataclass(slots=True)
class Came:
    """How often a rule fired, would have fired in shadow, and was suppressed, by reason."""

    fired: int = 0
    shadow: int = 0
    suppressed: dict[str, int] = field(default_factory=dict)
    last_fired_ms: int | None = None

    @property
    def suppressed_total(self) -> int:
        """Suppressions of every reason."""
        return sum(self.suppressed.values())


def rule_counts(parts: WebParts) -> dict[str, Came]:
    """Return what every rule that has decided anything came to."""
    reads = InsightReads(parts.store.database, parts.store.event)
    found: dict[str, Came] = {}
    for one in reads.decision_counts(None, None):
        came = found.setdefault(one.rule, Came())
        match one.outcome:
            case "fired":
                came.fired += one.number
            case "shadow":
                came.shadow += one.number
            case _:
                because = one.because or "other"
                came.suppressed[because] = came.suppressed.get(because, 0) + one.number
    for rule, at_ms in reads.last_fired(None, None).items():
        found[rule].last_fired_ms = at_ms
    return found
