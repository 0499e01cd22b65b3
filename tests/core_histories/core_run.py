"""Runs a history through the engine's core, with a shell of its own around it."""

from collections import Counter

import msgspec

from hub.core import document as doc
from hub.core import events as ev
from hub.core.errors import UnknownBadge, UnknownPerson
from hub.core.outcome import Outcome
from tests.core.fold import MIN, Fold, State
from tests.core_histories.history import History, Publish, Told, read
from tests.oracles.evaluator.waiting import Item


class CoreRun(Fold):
    """What becomes known is told after what fell due before it, and before what is due with it."""

    def __init__(self, venue: doc.Venue, begins_ms: int) -> None:
        """The document is in force from ``begins_ms`` on."""
        super().__init__(venue, State())
        self.clock_ms = begins_ms
        self.keys: set[str] = set()
        self.quarantined = 0
        self.rank = 0
        self.order: dict[tuple[int, str, str | None, bool], int] = {}
        self.publish(venue, self._minute(begins_ms))

    def _minute(self, at_ms: int) -> float:
        return (at_ms - self.opens_ms) / MIN

    def know(self, step: Told) -> None:
        """A fact becomes known; the log has each key once."""
        if step.key in self.keys:
            return
        self.keys.add(step.key)
        self.run_to(step.now_ms - 1)
        self.clock_ms = max(self.clock_ms, step.now_ms)
        if isinstance(step.event, ev.Settled) and not self._is_out(step.event):
            return
        try:
            self.tell(step.event, self.clock_ms)
        except (UnknownBadge, UnknownPerson):
            self.quarantined += 1

    def _is_out(self, event: ev.Settled) -> bool:
        """Whether the reward was given and has not come back; nothing else is ever settled."""
        came_back = Counter((grant.pool, grant.index) for grant in self.released)
        given = Counter((grant.pool, grant.index) for grant in self.grants)
        key = (event.pool or "", -1 if event.index is None else event.index)
        return given[key] > came_back[key]

    def _apply(self, outcome: Outcome) -> None:
        """Of those who are forgotten no row remains in the log."""
        super()._apply(outcome)
        for person in outcome.forgotten:
            self.events.pop(person, None)
            self.positions.pop(person, None)

    def put_in_force(self, step: Publish) -> None:
        """Another document."""
        self.run_to(step.now_ms - 1)
        self.clock_ms = max(self.clock_ms, step.now_ms)
        self.publish(read(step.venue), self._minute(self.clock_ms), past=step.past)

    def restart(self) -> None:
        """The state goes through JSON."""
        self.state = msgspec.json.decode(msgspec.json.encode(self.state), type=State)

    def run_to(self, until_ms: int) -> None:
        """What falls due until then is done, one timer after the other."""
        while ripe := [t for t in self.state.timers.values() if t.due_ms <= until_ms]:
            timer = min(ripe, key=lambda timer: (timer.due_ms, timer.key))
            self.clock_ms = max(self.clock_ms, timer.due_ms)
            entry = (timer.due_ms, timer.rule, timer.person, timer.kind == "follow_up")
            self.rank += 1
            self.order.setdefault(entry, self.rank)
            if timer.kind == "sweep":
                self.order[entry] = self.rank
                people = sorted(self.state.people.keys() - self.state.aliases.keys())
                self.tell(ev.Swept(timer.key, self.clock_ms, people, last=True))
            else:
                self.tell(ev.Due(timer.key, timer.due_ms, timer.person), self.clock_ms)
            assert self.state.timers.get(timer.key) != timer, f"{timer.key} stays due"
        self.clock_ms = max(self.clock_ms, until_ms)

    def hint(self, item: Item) -> tuple[int, ...]:
        """Where something that was due stood in the order in which it was done here."""
        for name, person in ((item.name, item.person), (item.name, None), ("", item.person)):
            entry = (item.due_ms, name, person, item.kind == "follow_up")
            if entry in self.order:
                return (self.order[entry],)
        return (self.rank + 1,)


def run(history: History) -> CoreRun:
    """Tell the whole history and let the clock run to its end."""
    core = CoreRun(read(history.venue), history.begins_ms)
    for step in history.steps:
        match step:
            case Told():
                core.know(step)
            case Publish():
                core.put_in_force(step)
            case _:
                core.restart()
    core.run_to(history.ends_ms)
    return core
