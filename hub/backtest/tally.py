"""What was decided, kept small: counts, and of each firing for whom and when."""

from array import array
from collections import Counter
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled
from hub.core.outcome import Decision, Outcome
from hub.core.restraint.budgets import spent
from hub.core.state import Person, Pool

FAULTS_KEPT_MAX: Final = 100
REFUSALS_KEPT_MAX: Final = 100


class Tally:
    def __init__(self, rules: Compiled, since_ms: int, until_ms: int) -> None:
        self.n = 0
        self.not_redeemed = 0
        self.faults: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()

    def take(self, outcome: Outcome, now_ms: int, pools: Mapping[str, Pool]) -> None:
        self.n += len(outcome.decisions)

    def refuse(self, text: str) -> None:
        self.refused[text] += 1

    def fail(self, error: Exception, event: ev.Event, now_ms: int) -> None:
        self.faults[repr(error)] += 1

    def end(self, people, pools, aliases) -> None:
        pass
