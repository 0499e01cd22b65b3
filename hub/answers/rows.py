"""Somebody as of an instant is folded from all rows of all who were ever one with them."""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from hub.answers.versions import Versions
from hub.core import events as ev
from hub.core.explaining.around import Around
from hub.core.explaining.folding import Folded, Known, fold, with_sent
from hub.core.explaining.folding import Past as Rows
from hub.core.plan import Compiled
from hub.store import Store
from hub.store.past import Past

_event = msgspec.json.Decoder(ev.Event)


@dataclass(frozen=True, slots=True)
class People:
    """Reads the rows of people, and folds them."""

    store: Store
    past: Past
    versions: Versions

    def rows(self, person: str) -> Rows:
        """All that is stored of somebody, and of all who were ever one with them."""
        family = self._family(person)
        rows = tuple(
            Known(row.pos, row.person or "", row.recorded_ms, _event.decode(row.body))
            for row in self.store.log_of(sorted(family))
        )
        return Rows(rows, tuple(self.past.decisions(sorted(family))))

    def _family(self, person: str) -> set[str]:
        joins = [{join.person, join.other} for join in self.past.joins()]
        family = {person}
        while grown := set().union(*(pair for pair in joins if pair & family)) - family:
            family |= grown
        return family

    def fold(
        self,
        rules: Compiled,
        person: str,
        rows: Rows,
        at_ms: int,
        around: Around,
        pos: int | None = None,
    ) -> Folded:
        """Fold them; what caps have counted is taken from their state of today, up to then."""
        folded = fold(rules, self.versions.of, person, rows, at_ms, around, pos)
        known = self.store.load_people([self.store.resolve(person)]).values()
        sent = {name: times for one in known for name, times in one.sent.items()}
        return with_sent(folded, sent, at_ms)


def upto(times: tuple[int, ...], at_ms: int) -> tuple[int, ...]:
    """Those instants that are not after one."""
    return tuple(t for t in times if t <= at_ms)


def as_happened(rows: Rows) -> Rows:
    """As if all had been known when it happened: of what was told to the hub afterwards."""
    return replace(rows, rows=tuple(replace(one, known_ms=one.event.at_ms) for one in rows.rows))


def ids_then(person: str, rows: Rows, at_ms: int) -> set[str]:
    """The ids of whoever ``person`` was at the instant."""
    into: dict[str, str] = {}
    for row in rows.rows:
        match row.event:
            case ev.Merged(person=survivor, other=other) if row.known_ms <= at_ms:
                into[other] = survivor
            case ev.Unmerged(other=other) if row.known_ms <= at_ms:
                into.pop(other, None)
            case _:
                pass

    def root(raw: str) -> str:
        while raw in into:
            raw = into[raw]
        return raw

    return {one for one in {person, *into, *into.values()} if root(one) == root(person)}
