"""No request passes unexamined: origin, size and session first, headers on the way out.

A change (any method but GET and HEAD) that comes from a page of another site is refused by its
``Origin``; one that carries a session but no origin is refused too, unless the browser says
``Sec-Fetch-Site: same-origin``. A session is never taken from anything but its cookie.
"""

from http.cookies import CookieError, SimpleCookie
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from contract.clock import Clock
from hub.web.access import home_of, may_open, needs_session
from hub.web.errors import BodyTooLarge, ForeignOrigin, NotAllowed, NotSignedIn, WebError
from hub.web.headers import headers_for
from hub.web.sessions import COOKIE, Session, SessionBook
from hub.web.settings import BODY_BYTES_MAX, WebSettings

SAFE_METHODS: Final = ("GET", "HEAD", "OPTIONS")


class Guard:
    """ASGI middleware around everything; ``scope["foyer_session"]`` is the session, or None."""

    def __init__(self, app: ASGIApp, book: SessionBook, wall: Clock, settings: WebSettings) -> None:
        self._app = app
        self._book = book
        self._wall = wall
        self._settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        session = self._book.read(_cookie(headers), self._wall.wall_ms())
        scope["foyer_session"] = session
        try:
            self._check(scope, headers, session)
        except WebError as error:
            await _refuse(error, scope, receive, send)
            return
        await self._app(scope, _bounded(receive), _with_headers(scope["path"], send))

    def _check(self, scope: Scope, headers: Headers, session: Session | None) -> None:
        changes = scope["type"] == "websocket" or scope["method"] not in SAFE_METHODS
        if changes:
            self._check_origin(headers, signed_in=session is not None)
        length = headers.get("content-length", "0")
        if length.isdigit() and int(length) > BODY_BYTES_MAX:
            raise BodyTooLarge(f"a request may carry {BODY_BYTES_MAX} bytes, this one has {length}")
        path = scope["path"]
        if not needs_session(path):
            return
        if session is None:
            raise NotSignedIn("please sign in first")
        if not may_open(session, path):
            raise NotAllowed(f"the account {session.account!r} may not open {path}")

    def _check_origin(self, headers: Headers, *, signed_in: bool) -> None:
        origin = headers.get("origin")
        if origin is None:
            if signed_in and headers.get("sec-fetch-site") != "same-origin":
                raise ForeignOrigin("a change by a signed-in browser must name its origin")
            return
        host = origin.split("://", 1)[-1]
        if host not in (headers.get("host"), self._settings.public_host):
            raise ForeignOrigin("this change was asked for by a page of another site")


def _cookie(headers: Headers) -> str | None:
    try:
        jar = SimpleCookie(headers.get("cookie", ""))
    except CookieError:
        return None
    return jar[COOKIE].value if COOKIE in jar else None


def _bounded(receive: Receive) -> Receive:
    seen = 0

    async def receive_some() -> Message:
        nonlocal seen
        message = await receive()
        seen += len(message.get("body", b"")) if message["type"] == "http.request" else 0
        if seen > BODY_BYTES_MAX:
            raise BodyTooLarge(f"a request may carry {BODY_BYTES_MAX} bytes")
        return message

    return receive_some


def _with_headers(path: str, send: Send) -> Send:
    async def send_with_headers(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in headers_for(path).items():
                headers.setdefault(name, value)
        await send(message)

    return send_with_headers


async def _refuse(error: WebError, scope: Scope, receive: Receive, send: Send) -> None:
    if scope["type"] == "websocket":
        await receive()
        await send({"type": "websocket.close", "code": 1008, "reason": error.code})
        return
    await _answer(error, scope)(scope, receive, _with_headers(scope["path"], send))


def _answer(error: WebError, scope: Scope) -> Response:
    session: Session | None = scope["foyer_session"]
    if scope["path"].startswith("/api/") or scope["method"] not in SAFE_METHODS:
        body = {"error": error.code, "message": str(error)}
        return JSONResponse(body, status_code=error.status)
    where = "/signin" if session is None else home_of(session)
    return RedirectResponse(where, status_code=303)
