"""The same venue, people, seed and start give the same crowd, to the millisecond.

The script is what really happens. What a reader makes of it - strength, noise, a neighbour heard
through the wall - is the reader's own affair; it only gets the lines that it could notice.
"""

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

from msgspec import Struct

from hub.core.document import Edge, Venue
from hub.demo.character import draw
from hub.demo.day import play_day
from hub.demo.floor import edge_at, floor_of, heard_by
from hub.demo.people import Attendee
from hub.demo.programme import MS_PER_MIN
from hub.demo.script import Outage, Script, dump

DAYS_MAX: Final = 31
"""Most days in one script."""


class Away(Struct, frozen=True):
    """A Wi-Fi is away for so long, beginning between two minutes of the day."""

    place: str
    minutes: int
    earliest_min: int
    latest_min: int


def generate(
    venue: Venue, people: Sequence[Attendee], seed: int, start_ms: int, days: int = 1
) -> Script:
    """Walk ``people`` through ``days`` days, the first of which begins at ``start_ms``.

    ``start_ms`` is in Unix milliseconds; further days begin at the same time of day at the venue.

    Raises:
        UnfitVenue: a place that the day needs is missing, or no edge reads it.
        ValueError: fewer than one day, or more than ``DAYS_MAX``.
    """
    if not 1 <= days <= DAYS_MAX:
        raise ValueError(f"days is between 1 and {DAYS_MAX}, not {days}")
    parts = [
        _one_day(venue, people, seed, f"{seed}:{day}", _day_ms(venue, start_ms, day))
        for day in range(days)
    ]
    return Script(
        stays=tuple(stay for part in parts for stay in part.stays),
        taps=tuple(tap for part in parts for tap in part.taps),
        outages=tuple(outage for part in parts for outage in part.outages),
    )


def start_of(venue: Venue) -> int:
    """Unix milliseconds of the instant at which the event starts.

    Raises:
        ValueError: the document's ``starts`` is no local time.
        ZoneInfoNotFoundError: the document's ``zone`` is no time zone.
    """
    zone = ZoneInfo(venue.event.zone)
    return _unix_ms(datetime.fromisoformat(venue.event.starts).replace(tzinfo=zone))


def write_script(script: Script, venue: Venue, folder: Path) -> dict[str, Path]:
    """Write one file for each edge of ``venue`` into ``folder``, made if needed.

    Each holds what that edge could notice: taps at its places, stays there and at the places next
    to them, and its own outages. Returns the file of each edge, ``<edge>.jsonl``.

    Raises:
        OSError: a file cannot be written.
    """
    folder.mkdir(parents=True, exist_ok=True)
    files = {}
    for edge in venue.edges:
        files[edge.name] = folder / f"{edge.name}.jsonl"
        files[edge.name].write_bytes(dump(noticed_by(script, venue, edge)))
    return files


def noticed_by(script: Script, venue: Venue, edge: Edge) -> Script:
    """Keep of ``script`` only what ``edge`` could notice."""
    heard = heard_by(venue, edge)
    own = frozenset(edge.readers.values())
    return Script(
        stays=tuple(stay for stay in script.stays if stay.place in heard),
        taps=tuple(tap for tap in script.taps if tap.place in own),
        outages=tuple(outage for outage in script.outages if outage.edge == edge.name),
    )


def _one_day(
    venue: Venue, people: Sequence[Attendee], seed: int, day_seed: str, start_ms: int
) -> Script:
    floor = floor_of(venue)
    badges = [person.badge for person in people]
    characters = draw(badges, seed)
    walks = [play_day(badge, characters[badge], floor, start_ms, day_seed) for badge in badges]
    stays = (stay for walk in walks for stay in walk.stays)
    taps = (tap for walk in walks for tap in walk.taps)
    return Script(
        stays=tuple(sorted(stays, key=lambda stay: (stay.from_ms, stay.badge))),
        taps=tuple(sorted(taps, key=lambda tap: (tap.tap_ms, tap.badge))),
        outages=_outages(venue, day_seed, start_ms),
    )


def _outages(venue: Venue, day_seed: str, start_ms: int) -> tuple[Outage, ...]:
    """A stand loses its network for an hour, others for minutes, most when it is crowded.

    The dance floor keeps its own: lamps that stand still for minutes would show nothing.
    """
    dice = random.Random(f"{day_seed}:wifi")  # noqa: S311 - a crowd is played, no secret is made
    floor = floor_of(venue)
    plans = (
        Away(floor.coffee, 12, 132, 138),
        Away(dice.choice(floor.sponsors), 60, 505, 515),
        Away(floor.bacon, 6, 241, 246),
        Away(floor.photo, 25, 246, 252),
    )
    outages = []
    for plan in plans:
        from_ms = start_ms + dice.randint(plan.earliest_min, plan.latest_min) * MS_PER_MIN
        until_ms = from_ms + plan.minutes * MS_PER_MIN
        outages.append(Outage(edge_at(venue, plan.place), from_ms, until_ms))
    return tuple(sorted(outages, key=lambda outage: outage.wifi_from_ms))


def _day_ms(venue: Venue, start_ms: int, day: int) -> int:
    first = datetime.fromtimestamp(start_ms / 1000, ZoneInfo(venue.event.zone))
    return _unix_ms(first + timedelta(days=day))


def _unix_ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)
