"""Who holds the link sees the page; a wrong link tells nothing, however it is wrong."""

import hashlib
import re
from collections.abc import Callable
from typing import Annotated, Final

from fastapi import APIRouter, Depends, Request
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, Response

from hub.attendee import render
from hub.attendee.changes import About, Gone, Subscribed, about, check_purposes
from hub.attendee.view import AttendeeView, read_attendee
from hub.store.inbox import Subscription
from hub.store.views_web import WebReads
from hub.web.commands import leave
from hub.web.errors import NotFound, TooManyTries
from hub.web.limits import RateLimit
from hub.web.ports import WebParts

WRONG_LINKS_A_MINUTE: Final = 20
"""From one address, before even "not found" is no longer said."""
CHANGES_A_MINUTE: Final = 60
"""Of one person."""
MINUTE_MS: Final = 60_000
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,86}$")

GONE_TITLE: Final = "This link opens nothing"
GONE_TEXT: Final = (
    "It may have been replaced by a newer one. Scan the code on your badge again, or ask at the desk."
)


class AttendeeRoutes:
    """The routes below ``/a/``; ``router`` is mounted by the composition."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._reads = WebReads(parts.store.database, parts.store.event)
        self._wrong = RateLimit(WRONG_LINKS_A_MINUTE, MINUTE_MS)
        self._changes = RateLimit(CHANGES_A_MINUTE, MINUTE_MS)
        self.router = APIRouter(include_in_schema=False)
        self._add_routes()

    def _add_routes(self) -> None:
        person = Annotated[str, Depends(self._person)]
        add = self.router.add_api_route

        def page(who: person, token: str) -> Response:  # type: ignore[valid-type]
            return HTMLResponse(render.page(self._view(who), f"/a/{token}", self._push_key))

        def live(who: person, request: Request) -> Response:  # type: ignore[valid-type]
            return _unless_known(render.live_part(self._view(who)), request)

        def change(who: person, body: About) -> Response:  # type: ignore[valid-type]
            return self._change(who, body)

        def subscribe(who: person, body: Subscribed) -> Response:  # type: ignore[valid-type]
            return self._subscribe(who, body)

        def unsubscribe(who: person, body: Gone) -> Response:  # type: ignore[valid-type]
            return self._unsubscribe(who, body)

        def worker(who: person) -> Response:  # type: ignore[valid-type]  # noqa: ARG001 - only checked
            return self._browser_file("sw.js")

        routes: list[tuple[str, str, Callable[..., Response]]] = [
            ("GET", "/a/{token}", page),
            ("GET", "/a/{token}/", page),
            ("GET", "/a/{token}/live", live),
            ("POST", "/a/{token}/about", change),
            ("POST", "/a/{token}/push", subscribe),
            ("DELETE", "/a/{token}/push", unsubscribe),
            ("GET", "/a/{token}/sw.js", worker),
            ("GET", "/sw.js", lambda: self._browser_file("sw.js")),
            ("GET", "/subscribe.js", lambda: self._browser_file("subscribe.js")),
        ]
        for method, path, function in routes:
            add(path, function, methods=[method], response_model=None)

    def _person(self, token: str, request: Request) -> str:
        person = self._parts.store.people.by_link(token) if _TOKEN.match(token) else None
        if person is not None:
            return person
        source = request.client.host if request.client else ""
        if not self._wrong.allow(source, self._parts.wall.boot_ms()):
            raise TooManyTries("too many wrong links from here; please wait a minute")
        raise NotFound(GONE_TEXT)

    def _view(self, person: str) -> AttendeeView:
        now_ms = self._parts.clock.wall_ms()
        view = read_attendee(self._parts.store, self._reads, person, now_ms)
        if view is None:
            raise NotFound(GONE_TEXT)
        return view

    @property
    def _push_key(self) -> str | None:
        return self._parts.push_public_key if self._parts.browser_files else None

    def _change(self, person: str, body: About) -> Response:
        self._count_change(person)
        check_purposes(body)
        leave(self._parts, about(person, body, self._parts.clock.wall_ms()))
        return JSONResponse({"saved": True}, status_code=202)

    def _subscribe(self, person: str, body: Subscribed) -> Response:
        self._count_change(person)
        subscription = Subscription(body.endpoint, body.p256dh, body.auth)
        self._parts.store.inbox.subscribe(person, subscription, self._parts.clock.wall_ms())
        return Response(status_code=204)

    def _unsubscribe(self, person: str, body: Gone) -> Response:
        self._count_change(person)
        inbox = self._parts.store.inbox
        if body.endpoint in {mine.endpoint for mine in inbox.subscriptions(person)}:
            inbox.unsubscribe(body.endpoint)
        return Response(status_code=204)

    def _count_change(self, person: str) -> None:
        if not self._changes.allow(person, self._parts.wall.boot_ms()):
            raise TooManyTries("too many changes at once; please wait a moment")

    def _browser_file(self, name: str) -> Response:
        folder = self._parts.browser_files
        if folder is None or not (folder / name).is_file():
            raise NotFound("push to browsers is not set up here")
        return FileResponse(folder / name, media_type="text/javascript")


def _unless_known(html: str, request: Request) -> Response:
    tag = f'"{hashlib.sha256(html.encode()).hexdigest()[:24]}"'
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers={"ETag": tag})
    return HTMLResponse(html, headers={"ETag": tag})
