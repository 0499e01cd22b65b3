"""Puts API, attendee page and console together into one application; knows them all, does nothing."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from contract.clock import Clock, SystemClock
from hub.api import reference
from hub.api.errors import add_error_answers
from hub.api.routes import Api
from hub.attendee import render
from hub.attendee.routes import AttendeeRoutes
from hub.console import pages
from hub.console.frame import Console
from hub.console.signin import SignInPages
from hub.store import Store
from hub.web.guard import Guard
from hub.web.live import Live
from hub.web.ports import LampView, WebParts, Why
from hub.web.sessions import SessionBook, load_key
from hub.web.settings import WebSettings
from hub.web.signing_in import SigningIn


def create_app(
    store: Store,
    clock: Clock,
    settings: WebSettings,
    nudge: Callable[[], None],
    lamps: Callable[[], Sequence[LampView]],
    why: Why,
    *,
    push_public_key: str | None = None,
    browser_files: Path | None = None,
    wall: Clock | None = None,
) -> FastAPI:
    """Build the web of one event; ``store`` is started by the caller.

    ``nudge`` tells the engine that a command waits, ``lamps`` says how the lamps shine now, ``why``
    explains. Sessions and limits follow ``wall``, real time, while everything shown follows
    ``clock``. Without ``push_public_key`` and ``browser_files`` attendees are offered no push.
    """
    parts = WebParts(
        store=store, clock=clock, settings=settings, nudge=nudge, lamps=lamps, why=why,
        wall=wall or SystemClock(), push_public_key=push_public_key, browser_files=browser_files,
    )  # fmt: skip
    return build(parts)


def build(parts: WebParts) -> FastAPI:
    """Build the web out of its parts."""
    live = Live(parts)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        await live.start()
        yield
        await live.stop()

    app = FastAPI(title="Foyer", lifespan=lifespan, docs_url=None, redoc_url=None, openapi_url=None)
    book = SessionBook(load_key(parts.settings.data_dir))
    signing_in = SigningIn(parts, book)
    app.include_router(Api(parts, live, signing_in).router)
    app.include_router(SignInPages(signing_in).router)
    app.include_router(AttendeeRoutes(parts).router)
    app.mount("/static/api", StaticFiles(directory=reference.STATIC))
    app.mount("/static/console", StaticFiles(directory=pages.STATIC))
    app.mount("/static/attendee", StaticFiles(directory=render.STATIC))
    add_error_answers(app, page=render.message_page)
    pages.mount(app, Console(parts, live))
    app.add_middleware(Guard, book=book, wall=parts.wall, settings=parts.settings)
    return app
