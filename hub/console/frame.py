"""Every page of the console has the same frame: where you are, what time it is, what needs you."""

from collections.abc import Iterator
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

PAGES: Final = (
    ("/", "Live"),
    ("/people", "People"),
    ("/rules", "Rules"),
    ("/dj", "DJ"),
    ("/stand", "Stand"),
    ("/held", "Held back"),
    ("/devices", "Devices"),
)


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
        held = _nav(session, request.url.path)
        now = _now(console)
    with box("page narrow" if narrow else "page", "main"):
        yield

    def tick() -> None:
        _end_with(session, console)
        view = console.live.look()
        event.set_text(view.event or "Foyer")
        now(view)
        waiting = view.totals.quarantined + view.totals.dead_letters
        if held is not None:
            held.set_text(words.count(waiting))
            show(held, shown=waiting > 0)

    ui.timer(TICK_S, tick)


def _end_with(session: Session, console: Console) -> None:
    if not session.runs(console.parts.wall.wall_ms()):
        ui.navigate.to("/signin")


def _brand() -> ui.label:
    with box("brand"):
        box("brand-mark")
        return text("Foyer", "brand-name")


def _nav(session: Session, path: str) -> ui.label | None:
    held = None
    with box("nav", "nav"):
        for target, name in PAGES:
            if not may_open(session, target):
                continue
            here = path == target or (target != "/" and path.startswith(target))
            with ui.link(target=target).classes("here" if here else ""):
                text(name, "", "span")
                if target == "/held":
                    held = text("", "pill gone", "span")
    return held


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
