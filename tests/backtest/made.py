"""An event that a real engine lives through, with its clock in our hands."""

from collections.abc import Iterable
from typing import Any, Final

import msgspec

from hub.backtest.facts import with_next
from hub.backtest.fold import Fold
from hub.backtest.sources import Setting, facts_in, of_store
from hub.backtest.tally import Tally
from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled, compile_venue
from hub.core.outcome import Decision, Outcome
from hub.core.state import Pool
from hub.store import Store
from tests.core.fold import CONSENTS, MIN, document
from tests.engine.parts import OPENS_MS, FaultyStore, Hub

EVER_MS: Final = 1 << 62
REWARD: Final = {"do": "reward", "pool": "card", "title": "A card"}
POINT: Final = {"do": "points", "points": 1}


class Lived(Hub):
    """A hub at which what falls due does so at its very instant; minutes after the doors open."""

    def pass_to(self, minute: float) -> None:
        """Let time pass up to an instant: what falls due before it does."""
        at_ms = OPENS_MS + round(minute * MIN)
        memory = self.engine._memory
        while (due_ms := memory.next_due_ms()) is not None and due_ms < at_ms:
            self.clock.now_ms = max(due_ms, self.clock.now_ms)
            self.settle()
        self.clock.now_ms = at_ms

    def settle(self) -> None:
        """Decide until there is nothing left to sweep."""
        self.run()
        while self.engine._memory.sweeps:
            self.run()

    def happens(self, minute: float, event: ev.Event) -> str | None:
        """An event becomes known at a minute; returns why it was refused."""
        self.pass_to(minute)
        reason = self.tell(event)
        self.settle()
        return reason

    def close(self, minute: float) -> None:
        """Let time pass to the end."""
        self.pass_to(minute)
        self.settle()

    def enrol(self, person: str, minute: float = 0, **more: Any) -> None:
        """Register somebody with a badge of the same name."""
        at_ms = OPENS_MS + round(minute * MIN)
        said = {"consents": list(CONSENTS)} | more
        self.happens(minute, ev.Registered(person, at_ms, **said))
        self.happens(minute, ev.Leased(person, person, at_ms))

    def tap(
        self, minute: float, who: str = "ann", place: str = "coffee", late: float = 0
    ) -> str | None:
        """Tap at a minute; it becomes known ``late`` minutes later."""
        event = ev.Tapped(who, place, OPENS_MS + round(minute * MIN))
        return self.happens(minute + late, event)

    def move(self, minute: float, who: str, place: str, kind: Any = "entered") -> None:
        """Enter or leave."""
        self.happens(minute, ev.Moved(who, place, kind, OPENS_MS + round(minute * MIN)))


class Keeping(Tally):
    """A tally that keeps the decisions themselves, as a store does."""

    def __init__(self, rules: Compiled) -> None:
        super().__init__(rules, 0, EVER_MS)
        self.decisions: dict[str, Decision] = {}

    def take(self, outcome: Outcome, now_ms: int, pools: dict[str, Pool]) -> None:  # type: ignore[override]
        super().take(outcome, now_ms, pools)
        for decision in outcome.decisions:
            self.decisions.setdefault(decision.key, decision)


def lived(store: Store, *rules: dict[str, Any], **changes: Any) -> Lived:
    """A hub whose doors open."""
    assert isinstance(store, FaultyStore)
    hub = Lived(store)
    assert hub.publish(*rules, **changes) is None
    return hub


def setting_of(hub: Lived) -> Setting:
    """What a backtest is told of that installation."""
    published = hub.store.venue_at()
    assert published is not None
    url = hub.store.database._url.render_as_string(hide_password=False)
    return of_store(hub.store, url, published, 0, hub.clock.now_ms)


def decided_anew(hub: Lived, venue: doc.Venue | None = None) -> Keeping:
    """The facts of the log through a document, the one in force by default."""
    setting = setting_of(hub)
    rules = compile_venue(venue or setting.live, setting.version)
    tally = Keeping(rules)
    fold = Fold(rules, setting.begins_ms, setting.settle_ms, tally)
    for fact, next_pos in with_next(facts_in(hub.store, hub.store.last_pos())):
        fold.take(fact, next_pos)
    fold.end(setting.ends_ms)
    return tally


def stored(hub: Lived) -> dict[str, Decision]:
    """What the engine decided and stored."""
    return hub.store.folded().decisions


def venue_of(*rules: dict[str, Any], **changes: Any) -> doc.Venue:
    """A document with these rules, of the event that the hubs of these tests run."""
    return document(*rules, **{"event": {"id": "demo"}} | changes)


def shown(decisions: Iterable[Decision]) -> list[tuple[str, Any, str, str]]:
    """What a decision is about, for a failing test to say."""
    return [(one.rule, one.person, one.outcome, one.because) for one in decisions]


def text_of(venue: doc.Venue) -> str:
    """A document as a file says it."""
    return msgspec.json.encode(venue).decode()
