"""What is remembered of one person: plain and mutable, as small as it can be."""

import msgspec


class Rival(msgspec.Struct, array_like=True):
    """A zone that hears somebody who is not, or not yet, in it."""

    zone: str
    first_ms: int
    heard_ms: int
    heard_dbm: float
    level_dbm: float
    waiting: list[tuple[int, float, float]] = []
    """Sightings to be compared: event time, dBm, what it counts for; oldest first."""
    credit: float = 0.0
    """Sightings that it may still count for."""
    evidence_db: float = 0.0
    usual_margin_db: float = 0.0
    """By how much the zone the person is in is usually louder than this one."""


class Track(msgspec.Struct, array_like=True):
    """One person. While ``zone`` is None the ``rivals`` are the candidates."""

    zone: str | None = None
    since_ms: int = 0
    """When they entered it; in no zone, when the listening for candidates began."""
    heard_ms: int = 0
    """Last time the zone they are in heard them."""
    latest_ms: int = 0
    """Last time any zone heard them."""
    floor_ms: int = 0
    """Nothing older counts any more: the date of their last change, or the end of the silence
    that made it."""
    heard_dbm: float = 0.0
    """Strength of the last sighting in it."""
    level_dbm: float = 0.0
    seen_ms: int = 0
    """When their last change became known."""
    recent: list[tuple[int, float]] = []
    """Last sightings in it, event time and dBm, oldest first: kept while there are rivals."""
    held_until_ms: int = 0
    """A tap keeps all but clear challengers off until then."""
    unsure: bool = False
    """They entered from nowhere, on a first impression."""
    waiting: bool = False
    """Some rival has sightings to be compared."""
    last_zone: str = ""
    in_venue: bool = True
    rivals: list[Rival] = []
    armed_ms: int = 0
    """When they are to be looked at next; 0 is never. Bookkeeping, not part of a snapshot."""


class Snapshot(msgspec.Struct, frozen=True, kw_only=True):
    """All that a tracker knows, in an order that does not depend on how it came to know it."""

    v: int = 1
    now_ms: int
    people: list[tuple[str, Track]]


_encoder = msgspec.msgpack.Encoder()
_decoder = msgspec.msgpack.Decoder(Snapshot)


def dump(now_ms: int, tracks: dict[str, Track]) -> bytes:
    """Write the snapshot; equal memories give equal bytes."""
    people = [(person, _tidy(tracks[person])) for person in sorted(tracks)]
    return _encoder.encode(Snapshot(now_ms=now_ms, people=people))


def load(data: bytes) -> Snapshot:
    """Read what :func:`dump` wrote.

    Raises:
        msgspec.DecodeError: it is something else.
    """
    return _decoder.decode(data)


def _tidy(track: Track) -> Track:
    rivals = sorted(track.rivals, key=lambda rival: rival.zone)
    return msgspec.structs.replace(track, rivals=rivals, armed_ms=0)
