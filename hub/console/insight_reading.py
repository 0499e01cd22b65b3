"""Every page of what happened reads the same way: off the loop, for a stretch named in the address.

The reports belong to the service, which keeps what it read for a few seconds: all open pages share
one. A stretch begins on a full minute, so that pages opened together ask for the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode
from weakref import WeakKeyDictionary

from nicegui import ui

from contract.clock import Clock
from hub.console import words
from hub.console.insight_values import Stretch
from hub.console.parts import box, text
from hub.insight.service import Insight
from hub.insight.spans import HOUR_MS, MINUTE_MS, Asked, instant_ms
from hub.store import Store

STYLE: Final = '<link rel="stylesheet" href="/static/console/insight.css">'
READING: Final = "Reading what happened\u2026"
SPANS: Final = {"event": "Whole event", "today": "Today", "hour": "Last hour"}
"""Every stretch that can be chosen: its name in the address, its name for people."""
SPAN: Final = "event"

_READERS: Final[WeakKeyDictionary[Store, Insight]] = WeakKeyDictionary()
"""Store to its reader, as long as the store is there."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several; ``target`` is the address of the page with it."""

    label: str
    target: str
    is_chosen: bool


def insight_of(store: Store, wall: Clock) -> Insight:
    """Return the one reader of a store; safe to ask from many threads."""
    found = _READERS.get(store)
    return found if found is not None else _READERS.setdefault(store, Insight(store, wall))


def span_of(query: Mapping[str, str]) -> str:
    """Return the stretch that an address names; the whole event for none, or for another."""
    named = query.get("span", SPAN)
    return named if named in SPANS else SPAN


def asked_of(span: str, now_ms: int, zone: str) -> Asked:
    """Return the bounds of a stretch that ends now."""
    match span:
        case "today":
            midnight = words.local(now_ms, zone).replace(hour=0, minute=0, second=0, microsecond=0)
            return Asked(since_ms=round(midnight.timestamp() * 1000))
        case "hour":
            return Asked(since_ms=now_ms // MINUTE_MS * MINUTE_MS - HOUR_MS)
        case _:
            return Asked()


def report_address(report: str, asked: Asked, **more: str | int) -> str:
    """Return the address of the API where a report is, as CSV if nothing else is said."""
    query: dict[str, str | int] = {"format": "csv", **more}
    if asked.since_ms is not None:
        query["since_ms"] = asked.since_ms
    return f"/api/v1/insight/{report}?{urlencode(query)}"


def chooser(label: str, choices: Sequence[Choice]) -> None:
    """Show several things of which one is chosen, as links."""
    with box("choices", "nav") as row:
        row.props["aria-label"] = label
        for one in choices:
            with ui.link(target=one.target).classes("here" if one.is_chosen else "") as made:
                text(one.label, "", "span")
            if one.is_chosen:
                made.props("aria-current=true")


def address(path: str, **query: str | int) -> str:
    """Return the address of a page of the console."""
    return f"{path}?{urlencode(query)}"


def download(label: str, target: str, name: str) -> None:
    """Make a link that saves a file."""
    with ui.link(target=target).classes("btn small quiet") as made:
        text(label, "", "span")
    made.props["download"] = name


def nothing_yet(what: str, stretch: Stretch) -> None:
    """Say what will be here, and when."""
    zone = stretch.zone
    starts_ms = instant_ms(stretch.venue.event.starts, zone)
    if stretch.now_ms < starts_ms:
        when = (
            f"The event begins on {words.day(starts_ms, zone)} at {words.minute(starts_ms, zone)}."
        )
    elif stretch.span != SPAN:
        when = f"Nothing of the kind in this stretch ({SPANS[stretch.span].lower()})."
    else:
        when = "Nothing of the kind has happened so far."
    text(f"{when} {what}", "empty")


def percent(share: float | None) -> str:
    """``34 %``; a dash for no share."""
    return "\u2013" if share is None else f"{share * 100:.0f} %"


def lasted(duration_ms: int | None) -> str:
    """``12 min``; a dash for none."""
    return "\u2013" if duration_ms is None else words.lasting(duration_ms)
