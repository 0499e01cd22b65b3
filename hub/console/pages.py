"""One read shows every page of the console and who builds it."""

from pathlib import Path
from typing import Final

from fastapi import FastAPI
from nicegui import app as nicegui_app
from nicegui import ui
from starlette.requests import Request

from hub.console import (
    devices_page,
    dj_page,
    held_page,
    live_page,
    people_page,
    person_page,
    rules_page,
    stand_page,
)
from hub.console.frame import Console

STATIC: Final = Path(__file__).resolve().parent / "static"
RECONNECT_S: Final = 30.0
"""A page that lost its connection for so long is loaded again (real time)."""


def mount(app: FastAPI, console: Console) -> None:
    """Add every page to ``app``. NiceGUI has one set of pages in a process; the latest counts."""

    @ui.page("/")
    def live(request: Request) -> None:
        live_page.build(console, request)

    @ui.page("/people")
    def people(request: Request) -> None:
        people_page.build(console, request)

    @ui.page("/people/{person}")
    async def person(request: Request, person: str) -> None:
        await person_page.build(console, request, person)

    @ui.page("/rules")
    async def rules(request: Request) -> None:
        await rules_page.build(console, request)

    @ui.page("/dj")
    def dj(request: Request) -> None:
        dj_page.build(console, request)

    @ui.page("/stand")
    def stand(request: Request) -> None:
        stand_page.build(console, request)

    @ui.page("/held")
    def held(request: Request) -> None:
        held_page.build(console, request)

    @ui.page("/devices")
    def devices(request: Request) -> None:
        devices_page.build(console, request)

    _run_with(app)


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
