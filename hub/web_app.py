"""Puts API, attendee page and console together; it knows them all and does nothing itself."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles

from hub.api import reference
from hub.api.errors import add_error_answers
from hub.api.routes import Api
from hub.attendee import render
from hub.attendee.routes import AttendeeRoutes
from hub.console import pages
from hub.console.frame import Console
from hub.console.signin import SignInPages
from hub.web.guard import Guard
from hub.web.live import Live
from hub.web.ports import WebParts
from hub.web.sessions import SessionBook, load_key
from hub.web.signing_in import SigningIn


def build(parts: WebParts) -> FastAPI:
    """Build the web of one event; the store is started by the caller."""
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
