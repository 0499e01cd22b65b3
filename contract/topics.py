"""A topic names an edge and a lane, never a person; each edge has a fixed set of them.

foyer/<event>/<edge>/up/<lane>      written by that edge alone
foyer/<event>/<edge>/down/<lane>    read by that edge alone
foyer/<event>/hub/state             read by every edge
foyer/<event>/hub/nudge             between the hub's own processes
"""

import re
from typing import Final, Literal, NamedTuple

from contract.errors import UnknownTopic
from contract.limits import NAME_PATTERN

UpLane = Literal["taps", "sightings", "health", "reported", "clock"]
DownLane = Literal["committed", "desired", "clock"]

UP_LANES: Final[tuple[UpLane, ...]] = ("taps", "sightings", "health", "reported", "clock")
DOWN_LANES: Final[tuple[DownLane, ...]] = ("committed", "desired", "clock")
HUB_NAME: Final = "hub"
"""The level where an edge's name stands elsewhere; no edge may be called so."""
OUT_NAME: Final = "out"
"""Under it the hub publishes what rules announce to others; no edge may be called so."""

_NAME = re.compile(NAME_PATTERN)
_LEVELS = 5


class Address(NamedTuple):
    """Where a message from an edge came from."""

    event: str
    edge: str
    lane: str


def valid_name(name: str) -> bool:
    """Say whether an event or an edge may be called ``name``."""
    return bool(_NAME.match(name)) and name not in (HUB_NAME, OUT_NAME)


def up(event: str, edge: str, lane: UpLane) -> str:
    """Topic on which ``edge`` publishes ``lane``."""
    return f"foyer/{event}/{edge}/up/{lane}"


def down(event: str, edge: str, lane: DownLane) -> str:
    """Topic on which the hub publishes ``lane`` for ``edge``."""
    return f"foyer/{event}/{edge}/down/{lane}"


def down_all(event: str, edge: str) -> str:
    """Filter with which an edge subscribes to all that is meant for it."""
    return f"foyer/{event}/{edge}/down/+"


def up_all(event: str, lane: UpLane) -> str:
    """Filter with which the hub subscribes to one lane of every edge."""
    return f"foyer/{event}/+/up/{lane}"


def hub_state(event: str) -> str:
    """Retained topic that says whether the hub is alive."""
    return f"foyer/{event}/hub/state"


def hub_nudge(event: str) -> str:
    """Topic on which the hub's processes tell each other that the database has news."""
    return f"foyer/{event}/hub/nudge"


def parse_up(topic: str) -> Address:
    """Read the address out of a topic that an edge published on.

    Raises:
        UnknownTopic: it is not of the form ``foyer/<event>/<edge>/up/<lane>``.
    """
    levels = topic.split("/")
    if len(levels) != _LEVELS or levels[0] != "foyer" or levels[3] != "up":
        raise UnknownTopic(f"topic {topic!r} is not foyer/<event>/<edge>/up/<lane>")
    _, event, edge, _, lane = levels
    if not valid_name(edge) or lane not in UP_LANES:
        raise UnknownTopic(f"topic {topic!r} names no edge and lane of the protocol")
    return Address(event, edge, lane)
