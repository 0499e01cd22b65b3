"""The core's own run with the rows of its log beside it, as a store keeps them."""

from collections.abc import Iterable
from typing import Any

from hub.core import events as ev
from hub.core.explain import Explanation, explain, stored
from hub.core.explaining.around import Around
from hub.core.explaining.folding import Folded, Known, Past, fold, with_sent
from hub.core.outcome import Outcome
from hub.core.plan import Compiled
from hub.core.state import VENUE, Zone
from tests.core.fold import CONSENTS, MIN, Fold
from tests.core_histories.core_run import CoreRun


class Logged(Fold):
    """A fold that keeps the rows of its log, and each version of its rules."""

    rows: list[Known]
    versions: dict[int, Compiled]

    def __init__(self, *args: Any, **more: Any) -> None:
        """Begin with an empty log."""
        self.rows, self.versions = [], {}
        super().__init__(*args, **more)

    def tell(self, event: ev.Event, now_ms: int | None = None) -> Outcome:
        """Decide one event, and log it."""
        pos, at = self.pos + 1, len(self.rows)
        self.versions[self.rules.version] = self.rules
        outcome = super().tell(event, now_ms)
        if outcome.person_id is not None:
            known_ms = event.at_ms if now_ms is None else now_ms
            self.rows.insert(at, Known(pos, outcome.person_id, known_ms, event))
        if outcome.forgotten:
            gone = set(outcome.forgotten)
            self.rows = [row for row in self.rows if row.raw not in gone]
            self.decisions = [one for one in self.decisions if one.person not in gone]
        return outcome

    def join(
        self, *people: str, consents: Iterable[str] = CONSENTS, **attributes: ev.Value
    ) -> "Logged":
        """Register people, each with a badge of the same name."""
        super().join(*people, consents=consents, **attributes)
        return self

    @property
    def past(self) -> Past:
        """All that a store would have of everybody."""
        return Past(tuple(self.rows), tuple(d for d in self.decisions if d.person is not None))

    def around(self) -> Around:
        """What is around now; nobody moves back in it."""
        places = {zone.id: zone.present for zone in self.state.zones.values()}
        venue = self.state.zones.get(VENUE, Zone(VENUE))
        return Around(self.rules, places, self.state.pools, venue)

    def folded(self, who: str, at_ms: int, pos: int | None = None) -> Folded:
        """Somebody as of an instant."""
        folded = fold(self.rules, self.versions.get, who, self.past, at_ms, self.around(), pos)
        known = self.state.people.get(folded.person.id)
        return with_sent(folded, known.sent if known else {}, at_ms)

    def why(self, minute: float, name: str = "r", who: str = "ann") -> Explanation:
        """Ask why nothing was decided at a minute."""
        return self.ask(self.at_ms(minute), name, who)

    def ask(self, at_ms: int, name: str = "r", who: str = "ann") -> Explanation:
        """Ask why nothing was decided at an instant."""
        return explain(self.rules, name, self.folded(who, at_ms), at_ms, self.around())

    def told(self, index: int = -1) -> Explanation:
        """Tell one of the decisions that were made."""
        decision = self.decisions[index]
        folded = None
        if decision.person is not None:
            folded = self.folded(decision.person, decision.at_ms, decision.pos)
        return stored(self.versions[decision.version], decision, folded)

    def move(self, minute: float, what: str, place: str = "stage", who: str = "ann") -> "Logged":
        """Enter or leave, with what falls due until then."""
        self.pass_to(minute)
        self.tell(ev.Moved(who, place, what, self.at_ms(minute)))  # type: ignore[arg-type]
        return self


class LoggedRun(Logged, CoreRun):
    """The same for a random history."""


__all__ = ["MIN", "Logged", "LoggedRun"]
