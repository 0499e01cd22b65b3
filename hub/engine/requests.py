"""What people ask for - on a page, by the API, on the command line - is decided like all else."""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

import msgspec

from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import compile_venue
from hub.core.errors import RulesFault
from hub.core.people.ground import kinds_of
from hub.core.people.identity import wanted_keys
from hub.core.sweeps import sweep_of
from hub.engine.floor import Floor
from hub.engine.group import Work
from hub.engine.memory import Memory
from hub.engine.outgoing import settle
from hub.store import PublishedVenue, Store
from hub.store.commands import CommandRow
from hub.store.quarantine import Held

SWEEP_PERSONS: Final = 150
"""Most people who are looked at in one group: so long does a tap wait for a sweep."""

Answered = tuple[Held, str | None]
"""A row of the quarantine, and why it is refused again."""
Request = Callable[[Work, str | None], list[Answered]]
"""Decides one request into a group, or refuses it there with a reason."""


class Requests:
    """Takes commands, new versions of the venue, and what is to be taken in again."""

    def __init__(self, store: Store, memory: Memory, floor: Floor) -> None:
        self._store = store
        self._memory = memory
        self._floor = floor
        self._venue_version = 0

    def use_venue(self, version: int, document: str) -> None:
        """Put a venue's document in force.

        Raises:
            RulesFault, msgspec.DecodeError: it cannot be meant; nothing has changed.
        """
        venue = msgspec.json.decode(document, type=doc.Venue)
        before = self._memory.world
        self._memory.use(compile_venue(venue, version), before.rules if before else None)
        self._venue_version = version

    def use_no_venue(self) -> None:
        """Nothing is published, or what was could not be committed."""
        self._memory.world = None
        self._venue_version = 0

    def commands(self, work: Work, rows_max: int) -> None:
        """Decide what waits in the store."""
        self._commands(work, self._store.pending_commands(0, rows_max))

    def _commands(self, work: Work, rows: list[CommandRow]) -> None:
        self._need(rows)
        known = self._store.known_keys([row.key for row in rows]) if rows else set()
        for row in rows:
            if work.group.venue is not None and isinstance(row.event, ev.VenuePublished):
                return  # a group writes one version of the venue; the rest waits for the next look
            if work.group.forgotten:
                return  # nothing of them may follow in the group that forgets them
            if isinstance(row.event, ev.Erased) and work.group.leases:
                return  # a badge that somebody else has been lent just now is not theirs alone
            reason = None if row.key in known else self._command(work, row)
            work.group.commands_done.append((row.id, reason))
            if isinstance(row.event, ev.VenuePublished):
                self._need(rows)  # it may tell people apart by other ids

    def _need(self, rows: list[CommandRow]) -> None:
        """Have in memory whom the requests are about, and whose ids they name."""
        self._memory.need(getattr(row.event, "person", None) for row in rows)
        if self._memory.world is None:
            return
        kinds = kinds_of(self._memory.world.rules.venue)
        said = [row.event.ids for row in rows if isinstance(row.event, ev.Registered)]
        keys = [key for ids in said if ids for key in wanted_keys(kinds, ids)]
        if keys:
            self._memory.need_ids(keys)

    def _command(self, work: Work, row: CommandRow) -> str | None:
        event = row.event
        if isinstance(event, ev.VenuePublished):
            return self._publish_venue(work, row.key, event)
        if self._memory.world is None:
            return "no venue is published yet: foyer venue apply FILE"
        if isinstance(event, ev.Erased):
            return self._erase(work, row.key, event)
        if isinstance(event, ev.Registered | ev.Leased):
            self._floor.forget_badges()
        before = self._consents_of(event)
        reason = work.try_to_decide(row.key, event)
        self._floor.follow(work)
        withdrawn = before - self._consents_of(event)
        if withdrawn:
            self._drop_waiting(work, event, withdrawn)
        if reason is None:
            said = [event.person] if isinstance(event, ev.Registered) else []
            joined = [person for person in work.group.aliases.values() if person is not None]
            self._stop_tracking(work, event.at_ms, (*said, *joined))
        return reason

    def _consents_of(self, event: ev.Event) -> frozenset[str]:
        if not isinstance(event, ev.Registered) or event.consents is None:
            return frozenset()
        known = self._memory.people.get(self._memory.resolve(event.person))
        return frozenset() if known is None else known.consents

    def _drop_waiting(self, work: Work, event: ev.Event, withdrawn: frozenset[str]) -> None:
        """What waits to be sent and needs a consent that is withdrawn is given up at once."""
        assert isinstance(event, ev.Registered)  # noqa: S101 - asked by the caller
        for one in self._store.actions_waiting_of(self._memory.resolve(event.person)):
            action = one.action
            missing = sorted(withdrawn.intersection((action.consent, *action.needs)))
            if missing:
                detail = f"consent to {missing[0]} was withdrawn"
                settle(work, action, "dropped", detail)

    def _erase(self, work: Work, key: str, event: ev.Erased) -> str | None:
        """Forget somebody; rewards that are on their way to them go back to their pools."""
        for grant in self._store.reserved_of(self._memory.resolve(event.person)):
            back = ev.Settled(
                grant.action, "dropped", event.at_ms, "", grant.person, grant.pool, grant.index
            )
            work.try_to_decide(f"settled:{grant.action}/{work.pos + 1}", back)
        reason = work.try_to_decide(key, event)
        self._floor.follow(work)
        return reason

    def _stop_tracking(self, work: Work, at_ms: int, persons: Iterable[str]) -> None:
        """Who of these does not consent to presence, or no longer, is nowhere, at once."""
        for person in sorted({self._memory.resolve(person) for person in persons}):
            known = self._memory.people.get(person)
            if known is None or "presence" in known.consents:
                continue
            place = self._floor.tracker.where(person)
            self._floor.tracker.forget(person)  # also who was heard, and is nowhere yet
            if place is not None:
                left = ev.Moved(person, place, "left", at_ms, "consent was withdrawn")
                work.try_to_decide(f"moved/{work.pos + 1}", left)

    def _publish_venue(self, work: Work, key: str, event: ev.VenuePublished) -> str | None:
        version = self._venue_version + 1
        before = self._memory.world
        try:
            self.use_venue(version, event.document)
        except (RulesFault, msgspec.DecodeError, UnicodeDecodeError) as error:
            return str(error)
        assert self._memory.world is not None  # noqa: S101 - put in force just now
        # In force from now on: what fell due since it was asked for is decided, and stays so.
        at_ms = max(event.at_ms, work.now_ms)
        numbered = msgspec.structs.replace(event, version=version, at_ms=at_ms)
        reason = work.try_to_decide(key, numbered)
        if reason is not None:
            self.use_no_venue()
            if before is not None:
                self._memory.use(before.rules)
                self._venue_version = before.rules.version
            return reason
        work.group.venue = PublishedVenue(version, event.document, at_ms, event.by)
        return None

    def sweep(self, work: Work) -> None:
        """Look at some more of the people for something that concerns many of them."""
        sweep = next(iter(self._memory.sweeps.values()), None)
        if sweep is None or self._memory.world is None:
            return
        persons = self._store.person_ids_after(sweep_of(sweep).after, SWEEP_PERSONS)
        self._memory.need(persons)
        event = ev.Swept(sweep.key, work.now_ms, persons, last=len(persons) < SWEEP_PERSONS)
        reason = work.try_to_decide(f"swept/{work.pos + 1}", event)
        if reason is not None:
            work.set_aside("sweep", "", reason, msgspec.json.encode(event))
            del self._memory.sweeps[sweep.key]

    def quarantined(self, work: Work) -> list[Answered]:
        """Take in again what somebody asked for; for each say why it is refused again."""
        if self._memory.world is None:
            return []
        return [(row, self._take_again(work, row)) for row in self._store.quarantine.requested()]

    def singly(self) -> Iterator[Request]:
        """Yield what waits in the store one by one."""
        for command in self._store.pending_commands():
            yield partial(self._one_command, command)
        for row in self._store.quarantine.requested() if self._memory.world is not None else ():
            yield partial(self._one_held, row)

    def _one_command(self, row: CommandRow, work: Work, refusal: str | None) -> list[Answered]:
        if refusal is None:
            self._commands(work, [row])
        else:
            work.group.commands_done.append((row.id, refusal))
        return []

    def _one_held(self, row: Held, work: Work, refusal: str | None) -> list[Answered]:
        return [(row, refusal or self._take_again(work, row))]

    def _take_again(self, work: Work, row: Held) -> str | None:
        if row.source == "tap":
            return self._floor.tap_again(work, row.payload)
        if row.source in {"taps", "sightings"}:
            return self._floor.batch_again(work, row.edge, row.payload)
        return f"what is quarantined from {row.source} cannot be taken in again: {row.reason}"
