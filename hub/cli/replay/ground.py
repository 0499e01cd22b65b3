"""Where a recording is replayed: a private installation made for it, or one that is there."""

import os
import socket
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from hub.bootstrap import prepare, read_venue
from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.order import Order
from hub.cli.replay.pace import AFTER_MS, BEFORE_MS, Pace, pace
from hub.cli.replay.recording import Survey
from hub.cli.replay.venue import edge_names, made_for, places_in, with_edges
from hub.cli.running_parts import is_running
from hub.config import Config, PresenceConfig, write_config
from hub.core import document as doc
from hub.core import events as ev
from hub.core.spans import local, parse_local
from hub.core.step import BEFORE_EVENT_MS_MAX
from hub.home import Home

AFTER_EVENT_MS_MAX: Final = 86_400_000
"""A row dated longer after the event than this is taken to be from the future."""
REORDER_S: Final = 8.0
"""Real seconds that sightings of a replay may be under way on a busy machine."""


@dataclass(frozen=True, slots=True)
class Ground:
    """An installation that is ready to be replayed into.

    ``settings`` are the variables that its processes get. ``broker`` and ``engine`` say which of
    them have to be started; ``setting_up`` is the installation as people are registered in it.
    """

    home: Home
    setting_up: Home
    places: dict[str, str]
    silence_counts: bool
    pace: Callable[[], Pace]
    settings: dict[str, str]
    broker: bool = True
    engine: bool = True


def private(order: Order, folder: Path) -> Ground:
    """Make an installation in ``folder`` that has nothing to do with any other.

    Raises:
        ReplayFault: the venue does not fit the recording, or the folder is in use.
    """
    if folder.exists() and any(folder.iterdir()):
        raise ReplayFault(f"{folder} is not empty: give --keep a new folder")
    venue, places = _venue(order)
    silence = _silence_counts(order, venue, places)
    seen = _within(order, venue, silence_counts=silence)
    presence = PresenceConfig(
        interval_s=order.interval_s, leave_after_s=order.leave_after_s, reorder_s=REORDER_S
    )
    after = f"fixed:{seen.last_ms + AFTER_MS}"
    config = Config(event=venue.event.id, clock=after, presence=presence)
    write_config(folder, config)
    before = msgspec.structs.replace(config, clock=f"fixed:{seen.first_ms - BEFORE_MS}")
    home = Home(folder, before)
    prepare(home, with_edges(venue, order.agents, {t: places[t] for t in order.seen.places}), _hush)
    return Ground(
        home=Home(folder, config),
        setting_up=home,
        places=places,
        silence_counts=silence,
        pace=lambda: pace(order.speed, seen, silence_counts=silence),
        settings={"FOYER_BROKER": "127.0.0.1:0"},
    )


def existing(order: Order, home: Home) -> Ground:
    """Use an installation that is there, running or not, with agents added to its venue.

    Raises:
        ReplayFault: its venue does not know the places; it runs at another pace than is asked for.
        ConfigFault: it is not one.
    """
    venue = _in_force(home) if order.venue_file is None else read_venue(order.venue_file)
    places = places_in(venue, order.seen, order.place_map)
    silence = _silence_counts(order, venue, places)
    running = is_running(home, "engine")
    speed = home.clock().speed
    if running and order.speed not in ("max", speed):
        raise ReplayFault(f"the engine of {home.data} runs at speed {speed:g}: say so, or max")
    prepare(home, with_edges(venue, order.agents, {t: places[t] for t in order.seen.places}), _hush)
    seen = order.seen if running else _within(order, venue, silence_counts=silence)
    own = Pace(home.config.clock, None if order.speed == "max" else speed)
    return Ground(
        home=home,
        setting_up=home,
        places=places,
        silence_counts=silence and not running,
        pace=(lambda: own) if running else (
            lambda: pace(order.speed, seen, silence_counts=silence)
        ),
        settings={name: text for name, text in os.environ.items() if name.startswith("FOYER_")},
        broker=not _answers(home),
        engine=not running,
    )  # fmt: skip


def edges_of(order: Order) -> list[str]:
    """What the agents are called."""
    return edge_names(order.agents)


def _venue(order: Order) -> tuple[doc.Venue, dict[str, str]]:
    if order.venue_file is None:
        title = order.what.files[0].name
        return made_for(order.seen, order.what.kind, order.zone, title)
    venue = read_venue(order.venue_file)
    return venue, places_in(venue, order.seen, order.place_map)


def _in_force(home: Home) -> doc.Venue:
    """The venue that is in force, or will be once the engine has started."""
    with home.store() as store:
        known = store.venue_at()
        asked = [
            row.event.document
            for row in store.pending_commands()
            if isinstance(row.event, ev.VenuePublished)
        ]
    documents = [*([known.document] if known else []), *asked]
    if not documents:
        raise ReplayFault(f"no venue is published in {home.data}: foyer venue apply FILE")
    return msgspec.json.decode(documents[-1], type=doc.Venue)


def _within(order: Order, venue: doc.Venue, *, silence_counts: bool) -> Survey:
    """The recording's first and last instant as far as the venue's event can mean them."""
    seen, there = order.seen, ZoneInfo(venue.event.zone)
    starts_ms = parse_local(venue.event.starts, there)
    ends_ms = parse_local(venue.event.ends, there)
    first_ms = max(seen.first_ms, starts_ms - BEFORE_EVENT_MS_MAX)
    last_ms = min(seen.last_ms, ends_ms + AFTER_EVENT_MS_MAX)
    dates = f"{local(seen.first_ms, there):%Y-%m-%d} to {local(seen.last_ms, there):%Y-%m-%d}"
    event = f"{local(starts_ms, there):%Y-%m-%d} to {local(ends_ms, there):%Y-%m-%d}"
    if first_ms > last_ms:
        raise ReplayFault(
            f"the recording is of {dates}, the venue's event of {event}: change event.starts "
            "and event.ends in the document"
        )
    if (first_ms, last_ms) != (seen.first_ms, seen.last_ms) and (
        silence_counts or order.speed != "max"
    ):
        raise ReplayFault(
            f"the recording is of {dates}, the venue's event of {event}: at a pace there is no "
            "waiting for rows that are so far from it; take them out, or say --speed max"
        )
    return replace(seen, first_ms=first_ms, last_ms=last_ms)


def _silence_counts(order: Order, venue: doc.Venue, places: dict[str, str]) -> bool:
    by = {place.id: place.visits_by for place in venue.places}
    return order.what.kind == "sighting" or any(by[p] == "presence" for p in places.values())


def _answers(home: Home) -> bool:
    broker = home.config.broker
    try:
        socket.create_connection((broker.host, broker.port), timeout=1).close()
    except OSError:
        return False
    return True


def _hush(_text: str) -> None:
    """A private installation has nothing to say to anybody."""
