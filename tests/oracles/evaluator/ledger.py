"""The rows, and every question about who somebody is and what is known of them, asked anew."""

from collections.abc import Iterator

from hub.core import document as doc
from hub.core import events as ev
from tests.oracles.evaluator.rows import Effect, Fact, Row, known_as, standing, without
from tests.oracles.evaluator.view import View, view_of


class Ledger:
    """All rows so far. A view is kept only until the next row."""

    def __init__(self, venue: doc.Venue) -> None:
        """Begin empty."""
        self.venue = venue
        self.rows: list[Row] = []
        self._merges: list[ev.Merged] | None = None
        self._views: dict[str, View] = {}

    def add(self, row: Row) -> None:
        """Something more is known."""
        self.rows.append(row)
        self._merges = None
        self._views.clear()

    def forget(self, rows: int) -> None:
        """Only so many rows were meant; the others were tried."""
        del self.rows[rows:]
        self._merges = None
        self._views.clear()

    def erase(self, ids: frozenset[str]) -> None:
        """Forget somebody, under all the ids they went by."""
        self.rows[:] = without(self.rows, ids)
        self._merges = None
        self._views.clear()

    def publish(self, venue: doc.Venue) -> None:
        """Everything is read by another document from now on."""
        self.venue = venue
        self._views.clear()

    @property
    def merges(self) -> list[ev.Merged]:
        """The merges that stand."""
        if self._merges is None:
            self._merges = standing(self.rows)
        return self._merges

    def who(self, person: str) -> str:
        """Who somebody is by now."""
        return known_as(person, self.merges)

    def persons(self) -> list[str]:
        """Everybody of whom anything is known, ascending."""
        return sorted(self.seen())

    def seen(self) -> set[str]:
        """Everybody who registered, or was somewhere."""
        return {
            self.who(row.person)
            for row in self.rows
            if isinstance(row, Fact) and row.person is not None and _shows(row.event)
        }

    def ids_of(self, person: str) -> frozenset[str]:
        """All the ids somebody goes by now."""
        return frozenset({person, *(m.other for m in self.merges if self.who(m.other) == person)})

    def view(self, person: str) -> View:
        """What is known of somebody, under the id they go by now."""
        if person not in self._views:
            ids = self.ids_of(person)
            self._views[person] = view_of(self.rows, person, ids, self.merges, self.venue)
        return self._views[person]

    def effects(self, kind: str) -> Iterator[Effect]:
        """What rules did, of one kind."""
        return (row for row in self.rows if isinstance(row, Effect) and row.kind == kind)

    def done_ms(self, kind: str, name: str) -> list[int]:
        """When something was done for anybody."""
        return sorted(effect.at_ms for effect in self.effects(kind) if effect.name == name)

    def left_in(self, pool: str) -> int:
        """How many rewards are left in a pool: what was not delivered is given again first."""
        stock = next(one.stock for one in self.venue.pools if one.id == pool)
        given: set[int] = set()
        for row in self.rows:
            match row:
                case Effect("granted", _, name) if name == pool:
                    given.add(next(index for index in range(stock) if index not in given))
                case Fact(ev.Settled(outcome=outcome, pool=name, index=int() as index)):
                    if name == pool and outcome != "done":
                        given.discard(index)
        return stock - len(given)


def _shows(event: ev.Event) -> bool:
    """Whether somebody comes to be known by it."""
    if isinstance(event, ev.Moved):
        return event.kind == "entered"
    return isinstance(event, ev.Registered | ev.Tapped)
