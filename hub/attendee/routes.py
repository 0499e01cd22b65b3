"""Who holds the link sees the page; a wrong link tells nothing, however it is wrong."""

import hashlib
import re
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import (
    FileResponse,
    HTMLResponse,
    JSONResponse,
    Response,
    StreamingResponse,
)

from hub.attendee import render
from hub.attendee.changes import (
    About,
    Forget,
    Gone,
    Subscribed,
    about,
    check,
    check_forget,
)
from hub.attendee.view import AttendeeView, read_attendee
from hub.core.events import Erased
from hub.people.handover import everything
from hub.people.purposes import Purpose, purposes_of
from hub.store.inbox import Subscription
from hub.store.views_web import WebReads
from hub.web.commands import leave
from hub.web.desk_commands import done_by_engine
from hub.web.desk_errors import said_by_the_desk
from hub.web.errors import NotFound, TooManyTries, WebError
from hub.web.limits import RateLimit
from hub.web.ports import WebParts

WRONG_LINKS_A_MINUTE: Final = 20
"""From one address, before even "not found" is no longer said."""
CHANGES_A_MINUTE: Final = 60
"""Of one person."""
DOWNLOADS_AN_HOUR: Final = 12
"""Of everything about one person."""
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 3_600_000
_TOKEN = re.compile(r"^[A-Za-z0-9_-]{20,86}$")

GONE_TITLE: Final = "This link opens nothing"
GONE_TEXT: Final = (
    "It may have been replaced by a newer one. "
    "Scan the code on your badge again, or ask at the desk."
)


class AttendeeRoutes:
    """The routes below ``/a/``; ``router`` is mounted by the composition."""

    def __init__(self, parts: WebParts) -> None:
        self._parts = parts
        self._reads = WebReads(parts.store.database, parts.store.event)
        self._wrong = RateLimit(WRONG_LINKS_A_MINUTE, MINUTE_MS)
        self._changes = RateLimit(CHANGES_A_MINUTE, MINUTE_MS)
        self._downloads = RateLimit(DOWNLOADS_AN_HOUR, HOUR_MS)
        self._purposes_of: tuple[int, tuple[Purpose, ...]] = (0, purposes_of(None))
        self.router = APIRouter(include_in_schema=False)
        for method, path, function in (
            ("GET", "/a/{token}", self.page),
            ("GET", "/a/{token}/", self.page),
            ("GET", "/a/{token}/live", self.live),
            ("POST", "/a/{token}/about", self.change),
            ("GET", "/a/{token}/everything", self.everything),
            ("POST", "/a/{token}/forget", self.forget),
            ("POST", "/a/{token}/push", self.subscribe),
            ("DELETE", "/a/{token}/push", self.unsubscribe),
            ("GET", "/a/{token}/sw.js", self.worker),
            ("GET", "/subscribe.js", self.script),
            ("GET", "/a/{rest:path}", self.nothing),
        ):
            self.router.add_api_route(path, function, methods=[method], response_model=None)

    def page(self, token: str, request: Request) -> Response:
        """Answer with the whole page."""
        view = self._view(self._person(token, request))
        return HTMLResponse(render.page(view, f"/a/{token}", self._push_key))

    def live(self, token: str, request: Request) -> Response:
        """Answer with the part that changes by itself; 304 when it did not."""
        view = self._view(self._person(token, request))
        return _unless_known(render.live_part(view), request)

    def change(self, token: str, request: Request, body: About) -> Response:
        """Leave a command that changes consents, colour, artists or quiet hours."""
        person = self._changer(token, request)
        known = {one.purpose for one in self._view(person).consents}
        check(body, sorted(known))
        leave(self._parts, about(person, body, self._parts.clock.wall_ms()))
        return JSONResponse({"saved": True}, status_code=202)

    def everything(self, token: str, request: Request) -> Response:
        """Answer with all that is stored about this person, as a zip that is made meanwhile."""
        person = self._person(token, request)
        if not self._downloads.allow(person, self._parts.wall.boot_ms()):
            raise TooManyTries("you had it several times within the hour; please wait a little")
        with said_by_the_desk():
            chunks = everything(self._parts.store, person, self._parts.clock.wall_ms())
        headers = {"Content-Disposition": 'attachment; filename="everything-about-me.zip"'}
        return StreamingResponse(chunks, media_type="application/zip", headers=headers)

    def forget(self, token: str, request: Request, body: Forget) -> Response:
        """Delete everything about this person; the link opens nothing from then on."""
        person = self._changer(token, request)
        check_forget(body)
        gone = done_by_engine(self._parts, Erased(person, self._parts.clock.wall_ms()))
        return JSONResponse({"gone": gone}, status_code=200 if gone else 202)

    def subscribe(self, token: str, request: Request, body: Subscribed) -> Response:
        """Send messages to this browser from now on."""
        person = self._changer(token, request)
        subscription = Subscription(body.endpoint, body.p256dh, body.auth)
        self._parts.store.inbox.subscribe(person, subscription, self._parts.clock.wall_ms())
        return Response(status_code=204)

    def unsubscribe(self, token: str, request: Request, body: Gone) -> Response:
        """Stop messages to this browser; it has to be this person's."""
        person = self._changer(token, request)
        inbox = self._parts.store.inbox
        if body.endpoint in {mine.endpoint for mine in inbox.subscriptions(person)}:
            inbox.unsubscribe(body.endpoint)
        return Response(status_code=204)

    def worker(self, token: str, request: Request) -> Response:
        """Answer with the service worker, whose scope is this person's page."""
        self._person(token, request)
        return self._browser_file("sw.js")

    def nothing(self, request: Request) -> Response:
        """Answer whatever else somebody tries as if the link were wrong."""
        raise self._refusal(request)

    def script(self) -> Response:
        """Answer with the script that turns messages to this browser on and off."""
        return self._browser_file("subscribe.js")

    def _person(self, token: str, request: Request) -> str:
        person = self._parts.store.people.by_link(token) if _TOKEN.match(token) else None
        if person is not None:
            return person
        raise self._refusal(request)

    def _refusal(self, request: Request) -> WebError:
        source = request.client.host if request.client else ""
        if self._wrong.allow(source, self._parts.wall.boot_ms()):
            return NotFound(GONE_TEXT)
        return TooManyTries("too many wrong links from here; please wait a minute")

    def _view(self, person: str) -> AttendeeView:
        now_ms = self._parts.clock.wall_ms()
        view = read_attendee(self._parts.store, self._reads, person, self._purposes, now_ms)
        if view is None:
            raise NotFound(GONE_TEXT)
        return view

    @property
    def _purposes(self) -> tuple[Purpose, ...]:
        """What there is to consent to, worked out once for each version of the venue."""
        version, venue = self._reads.venue()
        if version != self._purposes_of[0]:
            self._purposes_of = (version, purposes_of(venue))
        return self._purposes_of[1]

    @property
    def _push_key(self) -> str | None:
        return self._parts.push_public_key if self._parts.browser_files else None

    def _changer(self, token: str, request: Request) -> str:
        person = self._person(token, request)
        if not self._changes.allow(person, self._parts.wall.boot_ms()):
            raise TooManyTries("too many changes at once; please wait a moment")
        return person

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
