"""One read shows every page of the console and who builds it."""

from collections.abc import Awaitable, Callable
from inspect import isawaitable
from pathlib import Path
from typing import Final

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request

from hub.console import (
    audiences_page,
    buttons,
    devices_page,
    dj_page,
    document_page,
    experiments_page,
    held_page,
    insight_page,
    journeys_page,
    live_page,
    notes_page,
    people_page,
    person_page,
    rule_page,
    rules_page,
    stand_page,
    versions_page,
)
from hub.console.frame import Console

STATIC: Final = Path(__file__).resolve().parent / "static"
RECONNECT_S: Final = 30.0
"""A page that lost its connection for so long is loaded again (real time)."""

Build = Callable[[Console, Request], Awaitable[None] | None]


def _person(console: Console, request: Request) -> Awaitable[None]:
    return person_page.build(console, request, request.path_params["person"])


PAGES: Final[tuple[tuple[str, Build], ...]] = (
    ("/", live_page.build),
    ("/people", people_page.build),
    ("/people/{person}", _person),
    ("/rules", rules_page.build),
    ("/rules/{rule}", rule_page.build),
    ("/document", document_page.build),
    ("/versions", versions_page.build),
    ("/audiences", audiences_page.build),
    ("/audiences/{audience}", audiences_page.build_one),
    ("/buttons", buttons.build),
    ("/insight", insight_page.build),
    ("/journeys", journeys_page.build),
    ("/experiments", experiments_page.build),
    ("/experiments/{rule}", experiments_page.build_one),
    ("/notes", notes_page.build),
    ("/dj", dj_page.build),
    ("/stand", stand_page.build),
    ("/held", held_page.build),
    ("/devices", devices_page.build),
)
"""Every page, and who builds it."""


def mount(app: FastAPI, console: Console) -> None:
    """Add every page to ``app``. NiceGUI has one set of pages in a process; the latest counts."""
    for path, build in PAGES:
        ui.page(path)(_page(console, build))
    _run_with(app)


def _page(console: Console, build: Build) -> Callable[[Request], Awaitable[None]]:
    async def page(request: Request) -> None:
        built = build(console, request)
        if isawaitable(built):
            await built

    return page


def _run_with(app: FastAPI) -> None:
    nicegui_app.config.endpoint_documentation = "none"
    ui.run_with(
        app,
        title="Foyer",
        dark=True,
        tailwind=False,
        favicon=STATIC / "icon.svg",
        reconnect_timeout=RECONNECT_S,
        binding_refresh_interval=None,
        show_welcome_message=False,
        gzip_middleware_factory=None,
    )
