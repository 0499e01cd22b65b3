"""Every page of the console has the same frame: where you are, what time it is, what needs you."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from nicegui import ui
from starlette.requests import Request

from hub.console import words
from hub.console.parts import box, show, text
from hub.web.access import may_open
from hub.web.live import Live, LiveView
from hub.web.ports import WebParts
from hub.web.sessions import Session

TICK_S: Final = 0.5
"""How often an open page looks for news (real time)."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A page of the navigation; one ``within`` another stands in a second row below it."""

    path: str
    name: str
    within: str = ""
    waiting: Callable[[LiveView], int] | None = None
    """How many things wait there, shown beside the name."""


PAGES: Final = (
    Entry("/", "Live"),
    Entry("/people", "People"),
    Entry("/rules", "Rules"),
    Entry("/document", "Document", "/rules"),
    Entry("/versions", "Versions", "/rules"),
    Entry("/audiences", "Audiences", "/rules"),
    Entry("/buttons", "Buttons", "/rules"),
    Entry("/insight", "Insight"),
    Entry("/journeys", "Journeys", "/insight"),
    Entry("/experiments", "Experiments", "/insight"),
    Entry("/notes", "Notes", waiting=lambda view: view.notes_unread),
    Entry("/dj", "DJ"),
    Entry("/stand", "Stand"),
    Entry(
        "/held", "Held back",
        waiting=lambda view: view.totals.quarantined + view.totals.dead_letters,
    ),
    Entry("/devices", "Devices"),
)  # fmt: skip
"""Every page that the navigation leads to, in its order."""


@dataclass(frozen=True, slots=True)
class Console:
    """What every page of the console is given."""

    parts: WebParts
    live: Live

    @property
    def now_ms(self) -> int:
        """Venue time."""
        return self.parts.clock.wall_ms()


def session_of(request: Request) -> Session:
    """Return the session; the guard has let nobody through without one."""
    session: Session = request.scope["foyer_session"]
    return session


@contextmanager
def frame(
    console: Console, request: Request, title: str, *, narrow: bool = False
) -> Iterator[None]:
    """Lay out a page; what is built inside becomes its content."""
    session = session_of(request)
    ui.page_title(f"{title} \u00b7 Foyer")
    ui.add_head_html('<link rel="stylesheet" href="/static/console/console.css">')
    ui.colors(primary="#ffb547")
    with box("top"):
        event = _brand()
        pills = _nav(session, request.url.path)
        now = _now(console)
    _rows_within(session, request.url.path)
    with box("page narrow" if narrow else "page", "main"):
        yield

    def tick() -> None:
        _end_with(session, console)
        view = console.live.look()
        event.set_text(view.event or "Foyer")
        now(view)
        for pill, waiting in pills:
            pill.set_text(words.count(waiting(view)))
            show(pill, shown=waiting(view) > 0)

    ui.timer(TICK_S, tick)


def _end_with(session: Session, console: Console) -> None:
    if not session.runs(console.parts.wall.wall_ms()):
        ui.navigate.to("/signin")


def _brand() -> ui.label:
    with box("brand"):
        box("brand-mark")
        return text("Foyer", "brand-name")


def _nav(session: Session, path: str) -> list[tuple[ui.label, Callable[[LiveView], int]]]:
    here = _here(path)
    pills = []
    with box("nav", "nav"):
        for entry in PAGES:
            if entry.within or not may_open(session, entry.path):
                continue
            is_here = here is not None and entry.path in (here.path, here.within)
            with ui.link(target=entry.path).classes("here" if is_here else ""):
                text(entry.name, "", "span")
                if entry.waiting is not None:
                    pills.append((text("", "pill gone", "span"), entry.waiting))
    return pills


def _rows_within(session: Session, path: str) -> None:
    """The second row: the pages within the one that is open, itself first."""
    here = _here(path)
    top = (here.within or here.path) if here else ""
    rows = [entry for entry in PAGES if top in (entry.path, entry.within)]
    rows = [entry for entry in rows if may_open(session, entry.path)]
    if len(rows) < 2:  # noqa: PLR2004 - one alone is in the first row already
        return
    with box("nav nav-within", "nav"):
        for entry in rows:
            with ui.link(target=entry.path).classes("here" if entry is here else ""):
                text(entry.name, "", "span")


def _here(path: str) -> Entry | None:
    """The entry that a page belongs to: its own, or the one whose path it begins with."""
    return next((one for one in PAGES if path == one.path or path.startswith(f"{one.path}/")), None)


class _Now:
    def __init__(self, console: Console) -> None:
        self._console = console
        with box("now"):
            self._clock = text("", "now-clock")
            with box("now-day"):
                self._day = text("", "", "span")
                self._speed = text(words.speed(console.parts.clock.speed), "now-speed", "span")
                ui.link("Sign out", "/signout").classes("leave")

    def __call__(self, view: LiveView) -> None:
        now_ms = self._console.now_ms
        self._clock.set_text(words.clock(now_ms, view.zone))
        self._day.set_text(words.day(now_ms, view.zone))


def _now(console: Console) -> _Now:
    return _Now(console)
