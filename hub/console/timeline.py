"""A day as a picture: one lane for each place, bars for stays, dots for visits that a tap began."""

from typing import Final

from hub.console import words
from hub.console.parts import box, empty, heading, text
from hub.core.document import Venue
from hub.core.state import Person, Stay

HOUR_MS: Final = 3_600_000
MARKS_MAX: Final = 9
"""Most hours written below the lanes."""


def timeline(state: Person, venue: Venue | None, now_ms: int) -> None:
    """Draw where the person was, from their first trace to the last or until now."""
    zone = venue.event.zone if venue else "UTC"
    names = {place.id: place.name for place in venue.places} if venue else {}
    stays = _stays(state, now_ms)
    places = [place for place in names if stays.get(place) or state.visits.get(place)]
    instants = [i for place in places for i in state.visits.get(place, ())]
    instants += [edge for place in places for s in stays.get(place, ()) for edge in s_edges(s)]
    heading("Where they were", words.day(max(instants), zone) if instants else "")
    if not instants:
        empty("No trace of this person yet.")
        return
    start = min(instants) // HOUR_MS * HOUR_MS
    span = max(HOUR_MS, -(-(max(instants) + 1 - start) // HOUR_MS) * HOUR_MS)
    for place in places:
        _lane(names[place], stays.get(place, ()), state.visits.get(place, ()), start, span)
    _hours(start, span, zone)


def s_edges(stay: Stay) -> tuple[int, int]:
    """Return both ends of a stay."""
    return stay.from_ms, stay.until_ms


def _stays(state: Person, now_ms: int) -> dict[str, tuple[Stay, ...]]:
    stays = dict(state.stays)
    if state.place:
        open_one = Stay(state.since_ms, max(state.since_ms, now_ms))
        stays[state.place] = (*stays.get(state.place, ()), open_one)
    return stays


def _lane(
    name: str, stays: tuple[Stay, ...], visits: tuple[int, ...], start: int, span: int
) -> None:
    with box("lane"):
        text(name, "lane-name")
        with box("lane-track"):
            for stay in stays:
                left, width = (stay.from_ms - start) / span, (stay.until_ms - stay.from_ms) / span
                box("stay").style(f"left: {left:.3%}; width: {width:.3%}")
            for visit in visits:
                box("visit").style(f"left: {(visit - start) / span:.3%}")
        total_ms = sum(stay.until_ms - stay.from_ms for stay in stays)
        visited = f"{len(visits)}\u00d7" if visits else ""
        text(words.lasting(total_ms) if total_ms else visited, "row-faint")


def _hours(start: int, span: int, zone: str) -> None:
    hours = span // HOUR_MS
    step = max(1, -(-hours // MARKS_MAX))
    with box("lane"):
        text("")
        with box("hours"):
            for hour in range(0, hours + 1, step):
                at_ms = start + hour * HOUR_MS
                text(words.minute(at_ms, zone), "hour").style(f"left: {hour / hours:.3%}")
