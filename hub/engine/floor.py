"""What happens on the floor becomes events: taps as they are, sightings by way of the tracker."""

import logging
from collections.abc import Iterable
from typing import Final

import msgspec

from contract.envelope import Health
from contract.errors import ContractError
from contract.readings import Sighting, Tap
from hub.core import events as ev
from hub.core.errors import CoreError
from hub.core.presence import PresenceChange, PresenceSettings, Tracker
from hub.core.step import check_instant, plausible_span
from hub.core.world import World
from hub.engine.group import Work
from hub.engine.horizon import Horizon
from hub.engine.items import Arrived
from hub.engine.memory import Memory
from hub.ingest.intake import (
    EdgeHealth,
    EdgeReported,
    GapSeen,
    Heard,
    Intake,
    Reading,
    Refused,
    Taken,
    place_of,
    printable,
)
from hub.store import Store
from hub.store.load import Whereabouts

BADGES_MAX: Final = 100_000
"""Badges whose holder is remembered, strangers' too; beyond it all are looked up again."""

REFUSED_NAMES_MAX: Final = 10_000
"""Badges and edges of refused sightings that are remembered; further ones are not noted."""

log = logging.getLogger(__name__)


class HeldTap(msgspec.Struct, frozen=True):
    """A tap in quarantine, with the key it has in the log once it is taken in."""

    key: str
    tap: ev.Tapped


class Floor:
    """Reads messages, keeps the tracker, and has each event decided."""

    def __init__(
        self, store: Store, memory: Memory, intake: Intake, presence: PresenceSettings
    ) -> None:
        self._store = store
        self._memory = memory
        self._intake = intake
        self._presence = presence
        self._trackable: dict[str, str | None] = {}
        self._unknown: set[str] = set()
        self._horizon = Horizon(presence.reorder_ms)
        self._health_of: dict[str, Health] = {}
        self.tracker = Tracker(presence)

    def load(self, places: dict[str, Whereabouts], now_ms: int) -> None:
        """Begin with people where the store says they are."""
        self.forget_badges()
        self.tracker = Tracker(self._presence)
        self._health_of = {
            edge: msgspec.json.decode(known.body, type=Health)
            for edge, known in self._store.devices.health().items()
        }
        for person, where in places.items():
            self.tracker.seed(person, where.place, where.since_ms, max(where.since_ms, now_ms))

    def forget_badges(self) -> None:
        """Leases or consents have changed: look every badge up again."""
        self._trackable.clear()
        self._unknown.clear()

    def follow(self, work: Work) -> None:
        """People were merged, parted or forgotten in this group: track them as who they are."""
        if not (work.moved or work.group.aliases or work.group.forgotten):
            return
        self.forget_badges()
        for person in {*work.group.aliases, *work.group.aliases.values(), *work.group.forgotten}:
            if person is not None:
                self.tracker.forget(person)
                known = self._memory.people.get(person)
                if known is not None and known.place is not None:
                    self.tracker.seed(person, known.place, known.since_ms, work.now_ms)

    def silence(self, work: Work, until_ms: int) -> None:
        """Let silence up to an instant decide who has left, where readings are complete."""
        self._move(work, self.tracker.tick(self._horizon.complete_ms(work.now_ms, until_ms)))

    def readings(self, work: Work, messages: list[Arrived]) -> None:
        """Decide what edges sent, in the order in which it arrived."""
        world = self._world
        taken = [
            one
            for message in messages
            for one in self._intake.take(
                message.topic, message.payload, message.received_ms, world.rules
            )
        ]
        self._prepare(work, taken)
        self._take(work, taken)

    def _take(self, work: Work, taken: list[Taken]) -> None:
        for one in taken:
            match one:
                case Reading(record=Tap()):
                    self._tap(work, one)
                case Reading(record=Sighting()):
                    self._heard(work, self._alone(one))
                case Heard():
                    self._heard(work, one)
                case GapSeen():
                    self._gap(work, one)
                case Refused():
                    work.set_aside(one.lane, one.edge, one.reason, one.payload, one.badge)
                case EdgeHealth():
                    self._health(one, work.now_ms)
                case EdgeReported():
                    body = msgspec.json.encode(one.reported)
                    self._store.status.put(f"reported/{one.edge}", body, work.now_ms)

    def _alone(self, reading: Reading) -> Heard:
        """One sighting out of a batch that could not pass whole."""
        sighting = reading.record
        assert isinstance(sighting, Sighting)  # noqa: S101 - asked by the caller
        readers = self._world.rules.edges[reading.edge]
        return Heard(reading.edge, readers, reading.at_ms - sighting.boot_ms, [sighting])

    def _prepare(self, work: Work, taken: list[Taken]) -> None:
        """Have in memory what the readings of a group can touch, in one go."""
        world = self._world
        taps = [one for one in taken if isinstance(one, Reading)]
        self._memory.need(world.holder(one.record.badge, one.at_ms) for one in taps)
        badges = {one.record.badge for one in taps}
        for one in taken:
            if isinstance(one, Heard):
                badges.update([sighting.badge for sighting in one.sightings])
        if len(self._trackable) > BADGES_MAX:
            self._trackable.clear()
        self._look_up(badges - self._trackable.keys(), work.now_ms)
        keyed = [one.key for one in taps if one.key.startswith("tap:")]
        if keyed:
            work.keys |= self._store.known_keys(keyed)

    def _look_up(self, badges: set[str], now_ms: int) -> None:
        """Remember whose badges these are, if they may be tracked."""
        holders = {badge: self._world.holder(badge, now_ms) for badge in badges}
        self._memory.need(holders.values())
        for badge, holder in holders.items():
            person = None if holder is None else self._memory.resolve(holder)
            known = self._memory.people.get(person) if person is not None else None
            tracked = known is not None and "presence" in known.consents
            self._trackable[badge] = person if tracked else None

    def _tap(self, work: Work, reading: Reading) -> None:
        if reading.key in work.keys:
            return
        record = reading.record
        assert isinstance(record, Tap)  # noqa: S101 - asked by the caller
        event = ev.Tapped(record.badge, reading.place, reading.at_ms, record.via)
        reason = work.try_to_decide(reading.key, event)
        if reason is not None:
            work.set_aside(
                "tap",
                reading.edge,
                reason,
                msgspec.json.encode(HeldTap(reading.key, event)),
                record.badge,
            )
            return
        self._tap_moves(work, record.badge, reading.place, reading.at_ms)

    def _tap_moves(self, work: Work, badge: str, place: str, at_ms: int) -> None:
        """A tap says where somebody is, if anybody wants to know: they are tracked there."""
        person = self._trackable.get(badge)
        if person is None:
            return
        counted = self._world.rules.places[place].visits_by
        if counted == "presence" or self.tracker.where(person) is not None:
            self._move(work, self.tracker.tapped(person, place, at_ms))

    def _heard(self, work: Work, heard: Heard) -> None:
        """Give the tracker a batch of sightings; what it concludes is decided at once."""
        rules = self._world.rules
        earliest_ms, latest_ms = plausible_span(rules, work.now_ms)
        sighted, trackable, readers = self.tracker.sighted, self._trackable, heard.readers
        at_ms = 0
        for one in heard.sightings:
            at_ms = heard.base_ms + one.boot_ms if one.wall_ms is None else one.wall_ms
            person = trackable[one.badge]
            place = readers.get(one.reader)
            if person is None or place is None or not earliest_ms <= at_ms <= latest_ms:
                self._unusual(work, heard, one, at_ms)
                continue
            changes = sighted(person, place, at_ms, one.rssi_dbm, one.count)
            if changes:
                self._move(work, changes)
        if earliest_ms <= at_ms <= latest_ms:
            self._horizon.note(heard.edge, at_ms, work.now_ms)

    def _unusual(self, work: Work, heard: Heard, one: Sighting, at_ms: int) -> None:
        """A sighting that is not of somebody at a place in time: say what is wrong with it."""
        place = place_of(heard.readers, one.reader)
        if place is None:
            reason = f"edge {heard.edge!r} has no reader {one.reader!r}"
            self._refuse_once(work, heard, one, reason)
            return
        try:
            check_instant(self._world.rules, at_ms, work.now_ms)
        except CoreError as error:
            self._refuse_once(work, heard, one, str(error))
            return
        person = self._trackable[one.badge]
        if person is not None:
            self._move(work, self.tracker.sighted(person, place, at_ms, one.rssi_dbm, one.count))
        elif self._world.holder(one.badge, at_ms) is None:
            reason = f"nobody holds badge {one.badge!r}, heard at {place}: register it"
            self._refuse_once(work, heard, one, reason)

    def _refuse_once(self, work: Work, heard: Heard, one: Sighting, reason: str) -> None:
        """Samples are set aside once for each badge and edge, however often they come."""
        name = f"{heard.edge}/{one.reader}/{one.badge}"
        if name in self._unknown or len(self._unknown) >= REFUSED_NAMES_MAX:
            return
        self._unknown.add(name)
        work.set_aside(
            "sighting", heard.edge, reason, msgspec.json.encode(one), printable(one.badge)
        )

    def _move(self, work: Work, changes: Iterable[PresenceChange]) -> None:
        for change in changes:
            self._memory.need([change.person])
            event = ev.Moved(change.person, change.zone, change.kind, change.at_ms, change.reason)
            reason = work.try_to_decide(f"moved/{work.pos + 1}", event)
            if reason is not None:
                work.set_aside("presence", "", reason, msgspec.json.encode(event))

    def _gap(self, work: Work, gap: GapSeen) -> None:
        if gap.key in work.keys:
            return
        event = ev.GapReported(gap.edge, "", gap.at_ms, gap.until_ms, gap.rows, gap.reason)
        reason = work.try_to_decide(gap.key, event)
        if reason is not None:
            work.set_aside("gap", gap.edge, reason, msgspec.json.encode(event))

    def _health(self, seen: EdgeHealth, now_ms: int) -> None:
        """Note how an edge is; a will of an earlier session says nothing of a live one."""
        latest = self._health_of.get(seen.edge)
        health = seen.health
        if latest is not None and health.session < latest.session:
            return
        if latest is not None and not health.alive:
            # A will knows no figures: what the edge said last is what is of use now.
            health = msgspec.structs.replace(latest, session=health.session, alive=False)
        self._health_of[seen.edge] = health
        body = msgspec.json.encode(health)
        self._store.devices.report_health(seen.edge, health.session, health.alive, body, now_ms)

    def batch_again(self, work: Work, edge: str, payload: bytes) -> str | None:
        """Take in a batch from the quarantine; returns why it is refused again."""
        try:
            taken = self._intake.again(edge, payload, work.now_ms, self._world.rules)
        except ContractError as error:
            return str(error)
        refused = next((one.reason for one in taken if isinstance(one, Refused)), None)
        if refused is None:
            self._prepare(work, taken)
            keys = [one.key for one in taken if isinstance(one, Reading | GapSeen)]
            known = self._store.known_keys(keys)
            self._take(work, [one for one in taken if getattr(one, "key", None) not in known])
        return refused

    def tap_again(self, work: Work, payload: bytes) -> str | None:
        """Take in a tap from the quarantine; returns why it is refused again."""
        held = msgspec.json.decode(payload, type=HeldTap)
        self._memory.need([self._world.holder(held.tap.badge, held.tap.at_ms)])
        if held.key in work.keys or held.key in self._store.known_keys([held.key]):
            return None
        return work.try_to_decide(held.key, held.tap)

    @property
    def _world(self) -> World:
        assert self._memory.world is not None, "asked only once a venue is published"  # noqa: S101
        return self._memory.world
