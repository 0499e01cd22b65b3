"""A recording needs a venue whose places are those it names: a given one, or one made for it."""

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Final, Literal
from zoneinfo import ZoneInfo

import msgspec

from hub.cli.replay.errors import ReplayFault
from hub.cli.replay.recording import Kind, Survey
from hub.core import document as doc
from hub.core.spans import local

EVENT: Final = "replay"
EDGE: Final = "replay"
GROUP: Final = "places"
"""Every place of a venue made for a recording is in this group."""
NAME_CHARS_MAX: Final = 48


def slug(text: str) -> str:
    """A text as a document's name: small letters, digits, hyphens; may be empty."""
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    return plain[:NAME_CHARS_MAX].rstrip("-")


def slugs(texts: Iterable[str]) -> dict[str, str]:
    """Each text with a name of its own; those that would be alike are numbered."""
    found: dict[str, str] = {}
    taken: set[str] = set()
    for text in texts:
        wanted = slug(text) or "place"
        name, number = wanted, 1
        while name in taken:
            number += 1
            tail = f"-{number}"
            name = wanted[: NAME_CHARS_MAX - len(tail)] + tail
        taken.add(name)
        found[text] = name
    return found


def made_for(seen: Survey, kind: Kind, zone: str, title: str) -> tuple[doc.Venue, dict[str, str]]:
    """A venue with the recording's places and no rules, and which place stands for which text."""
    named = slugs(seen.places)
    by: Literal["tap", "presence"] = "tap" if kind == "tap" else "presence"
    there = ZoneInfo(zone)
    starts = local(seen.first_ms, there).replace(second=0, microsecond=0)
    ends = local(seen.last_ms, there).replace(second=0, microsecond=0) + timedelta(minutes=1)
    event = doc.EventInfo(EVENT, title, zone, f"{starts:%Y-%m-%dT%H:%M}", f"{ends:%Y-%m-%dT%H:%M}")
    places = [
        doc.Place(id=name, name=text, groups=[GROUP], visits_by=by) for text, name in named.items()
    ]
    return doc.Venue(event=event, places=places), named


def places_in(venue: doc.Venue, seen: Survey, given: Mapping[str, str]) -> dict[str, str]:
    """Which of the venue's places each of the recording's stands for.

    ``given`` says so outright; else the place's id or name, or what the text looks like as an id.

    Raises:
        ReplayFault: some stand for none; the text names them and what there is.
    """
    ids = {place.id for place in venue.places}
    names = {place.name: place.id for place in venue.places}
    found = {
        text: given.get(text) or (text if text in ids else names.get(text) or slug(text))
        for text in seen.places
    }
    lost = [text for text, place in found.items() if place not in ids]
    if lost:
        raise ReplayFault(
            f"the venue has no place for {', '.join(map(repr, lost[:8]))}"
            f"{' and more' if len(lost) > 8 else ''}; "  # noqa: PLR2004 - a line's worth
            f"it has {', '.join(sorted(ids))}: say --place-map TEXT=PLACE"
        )
    return found


def with_edges(venue: doc.Venue, count: int, readers: dict[str, str]) -> doc.Venue:
    """The venue with the agents that replay, in place of those of an earlier replay."""
    mine = edge_names(count)
    kept = [edge for edge in venue.edges if edge.name not in mine]
    edges = [*kept, *(doc.Edge(name, readers) for name in mine)]
    return msgspec.structs.replace(venue, edges=edges)


def edge_names(count: int) -> list[str]:
    """What the agents of a replay are called."""
    return [EDGE if count == 1 else f"{EDGE}-{number}" for number in range(1, count + 1)]


def place_map(pairs: Sequence[str]) -> dict[str, str]:
    """Read ``TEXT=PLACE`` parts, several between commas.

    Raises:
        ReplayFault: not of that form.
    """
    found = {}
    for part in ",".join(pairs).split(","):
        text, equals, place = part.rpartition("=")
        if part and not (equals and text and place):
            raise ReplayFault(f"--place-map {part!r}: write TEXT=PLACE")
        if part:
            found[text.strip()] = place.strip()
    return found
