"""One person: what is known, where they were, what was decided about them, why or why not."""

import asyncio
from collections.abc import Sequence
from typing import Final

from starlette.requests import Request

from hub.console import words
from hub.console.frame import Console, frame
from hub.console.link_button import new_link_button
from hub.console.live_feed import decision
from hub.console.parts import box, empty, heading, text
from hub.console.timeline import timeline
from hub.console.why_form import WhyForm
from hub.core.document import Venue
from hub.core.state import Person
from hub.store.web_values import FeedRow, PersonRow

DECISIONS_SHOWN: Final = 50
NO_COLOUR: Final = "var(--line)"


async def build(console: Console, request: Request, person: str) -> None:
    """Build the page; somebody unknown gets a sentence instead."""
    reads = console.live.reads
    found = await asyncio.to_thread(reads.person, person)
    with frame(console, request, found[0].name if found else "Nobody"):
        if found is None:
            text("There is nobody with this id", "page-title", "h1")
            text("They may have been deleted, or the address is not complete.", "page-lead")
            return
        row, state = found
        _, venue = await asyncio.to_thread(reads.venue)
        decided = await asyncio.to_thread(_decisions, console, person)
        _head(console, row, state)
        _body(console, row, state, venue, decided)


def _decisions(console: Console, person: str) -> list[FeedRow]:
    return console.live.reads.decisions(person=person, limit=DECISIONS_SHOWN)


def _head(console: Console, row: PersonRow, state: Person) -> None:
    colour = state.attributes.get("favourite_colour") or state.attributes.get("colour")
    tone = colour if isinstance(colour, str) and colour.startswith("#") else NO_COLOUR
    with box("person-head"):
        initials = "".join(part[:1] for part in row.name.split()[:2]).upper()
        with box("avatar").style(f"--tone: {tone}"):
            text(initials)
        with box("").style("flex: 1; min-width: 200px"):
            text(row.name or row.id, "page-title", "h1")
            company = [part for part in (row.company, row.email) if part]
            text(" \u00b7 ".join(company), "row-sub")
        new_link_button(console, row)


def _body(
    console: Console, row: PersonRow, state: Person, venue: Venue | None, decided: Sequence[FeedRow]
) -> None:
    zone = venue.event.zone if venue else "UTC"
    places = {place.id: place.name for place in venue.places} if venue else {}
    with box("halves"):
        with box("stack"):
            with box("panel"):
                timeline(state, venue, console.now_ms)
            WhyForm(console, row.id, venue)
            with box("panel"):
                heading("Decisions", f"{len(decided)}" if decided else "")
                with box("rows"):
                    for one in sorted(decided, key=lambda row: (-row.at_ms, -row.id)):
                        decision(one, zone, places, named=False)
                if not decided:
                    empty("No rule has fired or been held back for this person yet.")
        with box("stack"):
            _profile(console, row, state, venue)
            _tags(state, zone)


def _profile(console: Console, row: PersonRow, state: Person, venue: Venue | None) -> None:
    names = {place.id: place.name for place in venue.places} if venue else {}
    here = names.get(state.place or "", state.place or "not here")
    since = words.lasting(console.now_ms - state.since_ms) if state.place else ""
    with box("panel"):
        heading("Profile")
        with box("facts"):
            _fact("Where now", f"{here}, {since}" if since else here)
            _fact("Points", words.count(state.points))
            _fact("Badge", ", ".join(row.badges) or "none")
            for name, value in sorted(state.attributes.items()):
                shown = ", ".join(value) if isinstance(value, list) else value
                _fact(name.replace("_", " ").capitalize(), str(shown))
            _fact("Id", row.id)


def _fact(name: str, value: str) -> None:
    with box(""):
        text(name, "fact-name")
        text(value, "fact-value")


def _tags(state: Person, zone: str) -> None:
    with box("panel"):
        heading("Consents")
        with box("chips"):
            for purpose in sorted(state.consents):
                text(purpose, "chip yes")
        if not state.consents:
            empty("None: nothing is sent, lit or played for this person.")
    with box("panel"):
        heading("Tags and draws")
        with box("chips"):
            for tag, given_ms in sorted(state.tags.items()):
                text(f"{tag} \u00b7 {words.minute(given_ms, zone)}", "chip")
            for draw in sorted(state.draws):
                text(f"in the draw {draw}", "chip")
        if not state.tags and not state.draws:
            empty("None yet.")
