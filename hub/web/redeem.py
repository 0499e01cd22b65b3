"""Redeeming a code says yes once, and afterwards when and where it was."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from hub.core.document import Venue
from hub.store.rewards import RedeemDone, RedeemRefused
from hub.web.ports import WebParts

_venue = msgspec.json.Decoder(Venue)


@dataclass(frozen=True, slots=True)
class Answer:
    """``given`` says yes; ``sentence`` says what, or why not."""

    given: bool
    sentence: str
    reason: Literal["given", "unknown", "not_issued", "already"]
    pool: str = ""
    title: str = ""
    redeemed_ms: int | None = None
    redeemed_by: str = ""


def redeem(parts: WebParts, code: str, by: str) -> Answer:
    """Use ``code`` up in the name of ``by``; of any number of calls one gets a yes."""
    now_ms = parts.clock.wall_ms()
    found = parts.store.rewards.redeem(code, by, now_ms)
    published = parts.store.venue_at()
    venue = _venue.decode(published.document) if published else None
    if isinstance(found, RedeemDone):
        parts.nudge()
        title = _title(venue, found.pool)
        name = parts.store.people.get(found.person)
        sentence = f"{title} for {name.name}." if name else f"{title}."
        return Answer(True, sentence, "given", found.pool, title, now_ms, by)
    return _refused(found, venue)


def _refused(found: RedeemRefused, venue: Venue | None) -> Answer:
    reward = found.reward
    if reward is None:
        return Answer(False, "There is no such code. Please check it, or scan it again.", "unknown")
    title = _title(venue, reward.pool)
    if found.reason == "not_issued":
        sentence = f"{title} is not ready yet; please try again in a moment."
        return Answer(False, sentence, "not_issued", reward.pool, title)
    zone = ZoneInfo(venue.event.zone if venue else "UTC")
    at = datetime.fromtimestamp(reward.at_ms / 1000, UTC).astimezone(zone)
    by = reward.redeemed_by or "somebody"
    sentence = f"{title} was handed over already: at {at:%H:%M} on {at:%A}, by {by}."
    return Answer(False, sentence, "already", reward.pool, title, reward.at_ms, by)


def _title(venue: Venue | None, pool: str) -> str:
    pools = {one.id: one.title for one in venue.pools} if venue else {}
    return pools.get(pool, pool)
