"""Memory is plain and mutable here and nowhere else in the core; time comes in with each call.

A person is in one zone or in none. In none, the first sighting opens ``settle_ms`` of listening,
after which they entered the zone with the highest level (then the one that heard them first, then
the one whose name sorts first), dated when it first heard them. In a zone, that zone's sightings
only refresh it; another zone's are weighed by ``contest``. A tap is ground truth at once.

A visit ends when it was last heard: at the moment another zone takes over, or when its silence
exceeds ``leave_after_ms``, which a later reading of the same person shows as well as a tick does.
Event time alone decides, so it makes no difference how often anybody ticks, as long as no reading
comes later than ``reorder_ms`` behind a tick. Being silent everywhere for ``venue_after_ms`` is
leaving the venue.

Nothing moves back: a reading not newer than the last from the same zone, or ``reorder_ms`` older
than the newest from any, or older than the person's last change, counts for nothing.
"""

from hub.core.presence import contest, moves
from hub.core.presence.changes import NO_CHANGES, Changes, PresenceChange
from hub.core.presence.due import Agenda
from hub.core.presence.memory import Track, dump, load
from hub.core.presence.settings import PresenceSettings


class Tracker:
    """Where everybody is. All instants are Unix milliseconds of event time."""

    __slots__ = ("_agenda", "_leave_ms", "_now_ms", "_smoothing", "_tracks", "settings")

    def __init__(self, settings: PresenceSettings) -> None:
        self.settings = settings
        self._tracks: dict[str, Track] = {}
        self._agenda = Agenda()
        self._now_ms = 0
        self._leave_ms = settings.leave_after_ms
        self._smoothing = settings.smoothing

    def sighted(
        self, person: str, zone: str, at_ms: int, rssi_dbm: float, count: int = 1
    ) -> Changes:
        """Take in that ``zone`` heard ``person`` at ``rssi_dbm``, a mean over ``count`` adverts."""
        track = self._tracks.get(person)
        if track is None:
            track = self._tracks[person] = Track(latest_ms=at_ms)
        elif track.zone == zone:
            silence_ms = at_ms - track.heard_ms
            if silence_ms <= 0 and (silence_ms < 0 or rssi_dbm == track.heard_dbm):
                return NO_CHANGES
            if silence_ms <= self._leave_ms:
                track.heard_ms = at_ms
                if at_ms > track.latest_ms:  # noqa: PLR1730 - half the time of max() on the hot path
                    track.latest_ms = at_ms
                track.heard_dbm = rssi_dbm
                share = self._smoothing if count == 1 else contest.gain(self.settings, count)
                track.level_dbm += share * (rssi_dbm - track.level_dbm)
                if not track.rivals:
                    return NO_CHANGES
                contest.note(track, at_ms, rssi_dbm)
                return self._compare(person, track, at_ms) if track.waiting else NO_CHANGES
        return self._sighted_elsewhere(person, track, zone, at_ms, rssi_dbm, count)

    def tapped(self, person: str, zone: str, at_ms: int) -> Changes:
        """Take in that ``person`` presented a badge in ``zone``: that is where they are."""
        track = self._tracks.get(person)
        if track is None:
            track = self._tracks[person] = Track(latest_ms=at_ms)
        if self._too_late(track, at_ms) or at_ms + self.settings.tap_hold_ms <= track.held_until_ms:
            return NO_CHANGES
        changes = self._overdue(person, track, at_ms)
        changes += moves.tap(person, track, zone, at_ms, self.settings)
        self._arm(person, track)
        return changes or NO_CHANGES

    def tick(self, now_ms: int) -> Changes:
        """Say what silence has decided by ``now_ms``; an earlier instant than before says nothing.

        Hand in the instant up to which readings are complete where that is known to lag (an edge
        that drains the history of an outage), else the clock's.
        """
        if now_ms <= self._now_ms:
            return NO_CHANGES
        self._now_ms = now_ms
        horizon_ms = now_ms - self.settings.reorder_ms
        changes: list[PresenceChange] = []
        while entry := self._agenda.pop(horizon_ms):
            due_ms, person = entry
            track = self._tracks.get(person)
            if track is None or track.armed_ms != due_ms:
                continue
            track.armed_ms = 0
            if moves.next_due_ms(track, self.settings) <= due_ms:
                changes += moves.fall_due(person, track, horizon_ms, now_ms, self.settings)
            self._arm(person, track)
        return changes or NO_CHANGES

    def where(self, person: str) -> str | None:
        """Zone that ``person`` is in."""
        track = self._tracks.get(person)
        return None if track is None else track.zone

    def since(self, person: str) -> int | None:
        """When ``person`` entered the zone they are in."""
        track = self._tracks.get(person)
        return None if track is None or track.zone is None else track.since_ms

    def forget(self, person: str) -> None:
        """Keep nothing of ``person``, without saying that they left."""
        self._tracks.pop(person, None)

    def seed(self, person: str, zone: str | None, since_ms: int, last_heard_ms: int) -> None:
        """Put ``person`` where the stored facts say: after a restart without a snapshot."""
        track = self._tracks[person] = Track(
            zone=zone,
            since_ms=since_ms,
            heard_ms=last_heard_ms,
            latest_ms=last_heard_ms,
            floor_ms=since_ms,
            heard_dbm=self.settings.seed_dbm,
            level_dbm=self.settings.seed_dbm,
        )
        self._arm(person, track)

    def snapshot(self) -> bytes:
        """All that is remembered; equal memories give equal bytes. The settings are not in it."""
        return dump(self._now_ms, self._tracks)

    @classmethod
    def restore(cls, settings: PresenceSettings, data: bytes) -> "Tracker":
        """Make a tracker that goes on as the one that wrote ``data`` would have.

        Raises:
            msgspec.DecodeError: ``data`` is no snapshot.
        """
        saved = load(data)
        tracker = cls(settings)
        tracker._now_ms = saved.now_ms
        for person, track in saved.people:
            tracker._tracks[person] = track
            tracker._arm(person, track)
        return tracker

    def _sighted_elsewhere(
        self, person: str, track: Track, zone: str, at_ms: int, rssi_dbm: float, count: int
    ) -> Changes:
        if self._too_late(track, at_ms):
            return NO_CHANGES
        changes = self._overdue(person, track, at_ms)
        track.latest_ms = max(track.latest_ms, at_ms)
        share = contest.gain(self.settings, count)
        if track.zone is None:
            moves.listen(track, zone, at_ms, rssi_dbm, share)
            if self.settings.settle_ms == 0:
                changes += moves.fall_due(person, track, at_ms, at_ms, self.settings)
        elif track.zone == zone:
            moves.refresh(track, at_ms, rssi_dbm, share)
        else:
            self._challenged(track, zone, at_ms, rssi_dbm, share)
            changes += self._compare(person, track, at_ms)
        self._arm(person, track)
        return changes or NO_CHANGES

    def _challenged(
        self, track: Track, zone: str, at_ms: int, rssi_dbm: float, share: float
    ) -> None:
        rival = contest.rival_of(track, zone)
        if rival is None:
            contest.first_heard(track, zone, at_ms, rssi_dbm, self.settings)
        elif not contest.nothing_new(rival, at_ms, rssi_dbm):
            contest.hear(track, rival, at_ms, rssi_dbm, share, self.settings)

    def _compare(self, person: str, track: Track, seen_ms: int) -> Changes:
        """Compare what waits; of several that would take over the loudest does."""
        won = [
            (-rival.level_dbm, rival.zone, rival, when_and_why)
            for rival in track.rivals
            if rival.waiting and (when_and_why := contest.compare(track, rival, self.settings))
        ]
        if not won:
            track.waiting = any(rival.waiting for rival in track.rivals)
            return NO_CHANGES
        _, _, best, (at_ms, reason) = min(won)
        return moves.take_over(person, track, best, at_ms, seen_ms, reason)

    def _too_late(self, track: Track, at_ms: int) -> bool:
        return at_ms < track.floor_ms or at_ms < track.latest_ms - self.settings.reorder_ms

    def _overdue(self, person: str, track: Track, at_ms: int) -> list[PresenceChange]:
        """All that had fallen due by the time of a reading, before the reading counts."""
        changes: list[PresenceChange] = []
        while change := moves.fall_due(person, track, at_ms, at_ms, self.settings):
            changes += change
        return changes

    def _arm(self, person: str, track: Track) -> None:
        due_ms = moves.next_due_ms(track, self.settings)
        if due_ms:
            self._agenda.arm(person, track, due_ms)
