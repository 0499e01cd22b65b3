"""What one attendee sees, worked out from rows; templates only lay it out."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

import segno

from hub.core.document import PoolInfo, Venue
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.core.state import Person
from hub.people.purposes import KNOWN, Purpose
from hub.store.inbox import InboxMessage
from hub.store.rewards import Reward
from hub.store.store import Store
from hub.store.views_web import WebReads
from hub.store.web_values import PersonRow

PURPOSES: Final = KNOWN
"""Purpose to its name and what it means; a document may ask for more."""

INBOX_ROWS: Final = 30
CODES_KEPT_MAX: Final = 4096
"""QR codes kept in memory: each page is asked for every two seconds."""
NO_COLOUR: Final = "#ffb547"


@dataclass(frozen=True, slots=True)
class RewardView:
    """A reward; ``qr`` is a data URI of its code while it can be handed in."""

    title: str
    text: str
    status: str
    state: str
    code: str = ""
    qr: str = ""


@dataclass(frozen=True, slots=True)
class MessageView:
    """A message with the time it was sent, as the attendee would say it."""

    title: str
    text: str
    when: str


@dataclass(frozen=True, slots=True)
class ConsentView:
    """A switch."""

    purpose: str
    name: str
    meaning: str
    on: bool


@dataclass(frozen=True, slots=True)
class AttendeeView:
    """The whole page."""

    first_name: str
    event: str
    points: int
    place: str
    honours: tuple[str, ...]
    draws: tuple[str, ...]
    rewards: tuple[RewardView, ...]
    inbox: tuple[MessageView, ...]
    consents: tuple[ConsentView, ...]
    colour: str
    artists: str
    quiet_from: str
    quiet_until: str

    @property
    def ready(self) -> int:
        """Rewards that can be handed in now."""
        return sum(reward.status == "issued" for reward in self.rewards)


def read_attendee(
    store: Store, reads: WebReads, person: str, purposes: Sequence[Purpose], now_ms: int
) -> AttendeeView | None:
    """Read everything for one person's page; None for somebody who is no longer there.

    ``purposes`` are those that there are to consent to.
    """
    found = reads.person(person)
    if found is None:
        return None
    _, venue = reads.venue()
    inbox = store.inbox.of(person, limit=INBOX_ROWS)
    return _view(*found, venue, store.rewards.of(person), inbox, purposes, now_ms)


def _view(
    row: PersonRow, state: Person, venue: Venue | None, rewards: list[Reward],
    inbox: list[InboxMessage], purposes: Sequence[Purpose], now_ms: int,
) -> AttendeeView:  # fmt: skip
    zone = ZoneInfo(venue.event.zone if venue else "UTC")
    pools = {pool.id: pool for pool in venue.pools} if venue else {}
    places = {place.id: place.name for place in venue.places} if venue else {}
    artists = state.attributes.get(ARTISTS_ATTRIBUTE) or []
    return AttendeeView(
        first_name=str(state.attributes.get("first_name") or row.name.partition(" ")[0]),
        event=venue.event.name if venue else "",
        points=state.points,
        place=places.get(state.place or "", ""),
        honours=tuple(map(_honour, state.tags)),
        draws=tuple(map(_honour, state.draws)),
        rewards=tuple(_reward(reward, pools, places, zone, now_ms) for reward in rewards),
        inbox=tuple(MessageView(m.title, m.text, _when(m.at_ms, now_ms, zone)) for m in inbox),
        consents=_consents(purposes, state),
        colour=str(state.attributes.get(COLOUR_ATTRIBUTE) or NO_COLOUR),
        artists=", ".join(artists) if isinstance(artists, list) else str(artists),
        quiet_from=str(state.attributes.get("quiet_from") or ""),
        quiet_until=str(state.attributes.get("quiet_until") or ""),
    )


def _consents(purposes: Sequence[Purpose], state: Person) -> tuple[ConsentView, ...]:
    """A switch for each purpose; what was given before and nobody asks for now comes last."""
    known = {one.purpose for one in purposes}
    old = [Purpose(one, _honour(one), "You agreed to this; nothing here asks for it now.")
           for one in sorted(state.consents - known)]  # fmt: skip
    return tuple(
        ConsentView(one.purpose, one.name, one.meaning, one.purpose in state.consents)
        for one in (*purposes, *old)
    )


def _reward(
    row: Reward, pools: dict[str, PoolInfo], places: dict[str, str], zone: ZoneInfo, now_ms: int
) -> RewardView:
    pool = pools.get(row.pool)
    title, text = (pool.title, pool.text) if pool else (_honour(row.pool), "")
    if row.status == "redeemed":
        return RewardView(title, text, row.status, f"Used at {_when(row.at_ms, now_ms, zone)}")
    if row.status != "issued":
        return RewardView(title, text, row.status, "On its way")
    where = places.get(pool.redeem_at or "", "") if pool else ""
    state = f"Show this at {where}" if where else "Show this at the stand"
    return RewardView(title, text, row.status, state, row.code, qr_of(row.code))


@lru_cache(maxsize=CODES_KEPT_MAX)
def qr_of(text: str) -> str:
    """Return a QR code as an SVG data URI, black on white with its quiet zone."""
    code = segno.make(text, error="m", micro=False)
    return str(code.svg_data_uri(scale=8, border=3, dark="#111", light="#fff"))


def _honour(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _when(at_ms: int, now_ms: int, zone: ZoneInfo) -> str:
    moment = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(zone)
    today = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(zone).date()
    return f"{moment:%H:%M}" if moment.date() == today else f"{moment:%a %H:%M}"
