"""Everything that is stored about one person, section by section, read a page at a time.

Rows are plain values for JSON; every instant stands beside its local time at the venue. What is
about others as well - who else held a badge, who else was there - is left out.
"""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

import msgspec
from msgspec import Struct

from hub.core import events as ev
from hub.core.state import Lease, Person
from hub.people.errors import Nobody
from hub.people.purposes import purposes_of
from hub.people.sources import venue_of
from hub.store import LogRow, Store
from hub.store.desk import DeskReads

DECISIONS_PAGE: Final = 500
SECTION_ROWS_MAX: Final = 100_000
"""Most rows of one section; what is beyond is said to be left out."""

Row = dict[str, Any]
_event = msgspec.json.Decoder(ev.Event)


class Section(Struct, frozen=True):
    """A part of what is stored; ``rows`` may be read more than once."""

    name: str
    title: str
    rows: Callable[[], Iterator[Row]]


class Whole:
    """One person with all of their ids, as the store has them now."""

    def __init__(self, store: Store, person: str) -> None:
        """Look them up.

        Raises:
            Nobody: nothing is stored about them.
        """
        self._store = store
        self._reads = DeskReads(store.database, store.event)
        self.person = store.resolve(person)
        self.ids = sorted(store.aliases_of(person))
        found = store.load_people([self.person]).get(self.person)
        self._registered = self._reads.registrations_of(self.ids)
        if found is None and not self._registered:
            raise Nobody(f"nothing is stored about {person!r}")
        self._state = found or Person(self.person)
        self._venue = venue_of(store)
        self._zone = ZoneInfo(self._venue.event.zone)
        self._places = {place.id: place.name for place in self._venue.places}

    @property
    def event_name(self) -> str:
        """What the event is called."""
        return self._venue.event.name

    @property
    def name(self) -> str:
        """Their name; of a walk-in the pseudonym."""
        return self._registered[0].name if self._registered else self.person

    def sections(self) -> list[Section]:
        """Return all sections in the order in which they are read."""
        return [
            Section("registration", "Your registration", self._registration),
            Section("ids", "By which other systems know you", self._ids),
            Section("attributes", "What is known about you", self._attributes),
            Section("consents", "What you consent to now", self._consents),
            Section("consent_history", "When your consents changed", self._consent_history),
            Section("badges", "Badges that you were lent", self._badges),
            Section("taps", "Where your badge was tapped", self._taps),
            Section("visits", "Visits", self._visits),
            Section("stays", "How long you stayed", self._stays),
            Section("decisions", "What was decided about you, and why", self._decisions),
            Section("rewards", "Rewards", self._rewards),
            Section("messages", "Messages to you", self._messages),
            Section("points", "Points", self._points),
            Section("honours", "Tags, badges of honour, draws and status", self._honours),
            Section("audiences", "Audiences that you belong to", self._audiences),
            Section("merges", "Registrations that were made one with yours", self._merges),
            Section("devices", "Browsers that get your messages", self._devices),
            Section("sent", "What was sent to other systems because of you", self._sent),
            Section("events", "The log: every event about you", self._events),
        ]

    def _at(self, at_ms: int | None, name: str = "at") -> Row:
        """An instant twice: as a number, and as a local time of the venue."""
        if not at_ms:
            return {f"{name}_ms": None, name: None}
        moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(self._zone)
        return {f"{name}_ms": at_ms, name: moment.isoformat(timespec="seconds")}

    def _where(self, place: str) -> Row:
        return {"place": place, "place_name": self._places.get(place, place)}

    def _registration(self) -> Iterator[Row]:
        for one in self._registered:
            yield {
                "name": one.name, "email": one.email, "phone": one.phone, "company": one.company,
                "person": one.person, "source": one.source_key,
                **self._at(one.created_ms, "registered"),
            }  # fmt: skip

    def _ids(self) -> Iterator[Row]:
        for kind, values in sorted(self._state.ids.items()):
            yield from ({"kind": kind, "value": value} for value in values)

    def _attributes(self) -> Iterator[Row]:
        for name, value in sorted(self._state.attributes.items()):
            yield {"attribute": name, "value": value, "set_by_rule": name in self._state.assigned}

    def _consents(self) -> Iterator[Row]:
        known = {one.purpose: one for one in purposes_of(self._venue)}
        for purpose in sorted(known.keys() | self._state.consents):
            meaning = known[purpose].meaning if purpose in known else ""
            yield {"purpose": purpose, "given": purpose in self._state.consents,
                   "meaning": meaning}  # fmt: skip

    def _consent_history(self) -> Iterator[Row]:
        for row, event in self._log("registered"):
            if isinstance(event, ev.Registered) and event.consents is not None:
                yield {**self._at(row.at_ms), "consents": event.consents, "source": event.source}

    def _badges(self) -> Iterator[Row]:
        mine = set(self.ids)
        for badge, leases in sorted(self._reads.badges_ever(self.ids).items()):
            for number, lease in enumerate(leases):
                if lease.person in mine:
                    later: tuple[Lease, ...] = leases[number + 1 : number + 2]
                    yield {"badge": badge, **self._at(lease.from_ms, "lent"),
                           **self._at(later[0].from_ms if later else None, "until")}  # fmt: skip

    def _taps(self) -> Iterator[Row]:
        for row, event in self._log("tapped"):
            if isinstance(event, ev.Tapped):
                yield {**self._at(row.at_ms), **self._where(event.place), "badge": event.badge,
                       "via": event.via}  # fmt: skip

    def _visits(self) -> Iterator[Row]:
        every = [(at, place) for place, times in self._state.visits.items() for at in times]
        for at_ms, place in sorted(every):
            yield {**self._at(at_ms), **self._where(place)}

    def _stays(self) -> Iterator[Row]:
        every = [(stay, place) for place, some in self._state.stays.items() for stay in some]
        for stay, place in sorted(every, key=lambda one: (one[0].from_ms, one[1])):
            yield {**self._at(stay.from_ms, "from"), **self._at(stay.until_ms, "until"),
                   **self._where(place)}  # fmt: skip
        if self._state.place is not None:
            yield {**self._at(self._state.since_ms, "from"), **self._at(None, "until"),
                   **self._where(self._state.place)}  # fmt: skip

    def _decisions(self) -> Iterator[Row]:
        after = 0
        while rows := self._store.views.decisions(after, DECISIONS_PAGE, person=self.person):
            for row in rows:
                one = row.decision
                clauses = [{"clause": c.text, "held": c.held, "saw": c.saw} for c in one.clauses]
                yield {
                    **self._at(one.at_ms), "rule": one.rule, "version": one.version,
                    "outcome": one.outcome, "because": one.because, "reason": one.reason,
                    "clauses": clauses, "actions": one.actions,
                }  # fmt: skip
            after = rows[-1].id

    def _rewards(self) -> Iterator[Row]:
        for one in self._store.rewards.of(self.person):
            yield {"pool": one.pool, "number": one.index, "code": one.code, "status": one.status,
                   **self._at(one.at_ms)}  # fmt: skip

    def _messages(self) -> Iterator[Row]:
        for one in self._store.inbox.all_of(self.person):
            yield {**self._at(one.at_ms), "title": one.title, "text": one.text,
                   **self._at(one.read_ms, "read")}  # fmt: skip

    def _points(self) -> Iterator[Row]:
        for earned in self._state.earned:
            yield {**self._at(earned.at_ms), "points": earned.points}
        yield {**self._at(None), "points": self._state.points, "total": True}

    def _honours(self) -> Iterator[Row]:
        state = self._state
        for what, some in (("tag", state.tags), ("honour", state.honours), ("draw", state.draws)):
            for name, at_ms in sorted(some.items()):
                yield {"what": what, "name": name, **self._at(at_ms)}
        if state.status is not None:
            yield {"what": "status", "name": state.status, **self._at(None)}

    def _audiences(self) -> Iterator[Row]:
        for name, since_ms in sorted(self._state.audiences.items()):
            yield {"audience": name, **self._at(since_ms, "since")}

    def _merges(self) -> Iterator[Row]:
        for one in self._state.joined:
            yield {"person": one.other, **self._at(one.at_ms)}

    def _devices(self) -> Iterator[Row]:
        for one in self._reads.devices_of(self.ids):
            yield {"endpoint": one.endpoint, **self._at(one.created_ms, "subscribed")}

    def _sent(self) -> Iterator[Row]:
        after = 0
        while rows := self._reads.sent_about(self.ids, after):
            for one in rows:
                yield {"to": one.connector, "rule": one.rule, **self._at(one.cause_ms),
                       "status": one.status, "detail": one.detail,
                       "content": msgspec.json.decode(one.body)}  # fmt: skip
            after = rows[-1].id

    def _events(self) -> Iterator[Row]:
        for row, event in self._log(""):
            yield {"position": row.pos, **self._at(row.at_ms),
                   **self._at(row.recorded_ms, "recorded"), "kind": row.kind,
                   "event": msgspec.to_builtins(event)}  # fmt: skip

    def _log(self, kind: str) -> Iterator[tuple[LogRow, ev.Event]]:
        for row in self._store.log_of(self.ids):
            if kind in {"", row.kind}:
                yield row, _event.decode(row.body)
