"""Each route names its roles; a browser comes with a session, a stand with a bearer token."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from starlette.requests import Request

from hub.store import Store
from hub.web.errors import NotAllowed, NotSignedIn
from hub.web.sessions import Session

TOKEN_CHARS_MAX: Final = 256


@dataclass(frozen=True, slots=True)
class Caller:
    """An account, or the name of a stand."""

    name: str
    role: str


def need(store: Store, *roles: str) -> Callable[[Request], Caller]:
    """Make the check of a route: the caller has one of ``roles``, or is the organiser."""

    def check(request: Request) -> Caller:
        caller = _caller(store, request)
        if caller.role != "organiser" and caller.role not in roles:
            raise NotAllowed(f"{caller.name!r} is {caller.role}, which may not do this")
        return caller

    return check


def session_of(request: Request) -> Session:
    """Return the session of a browser, whatever its role.

    Raises:
        NotSignedIn: there is none.
    """
    session: Session | None = request.scope["foyer_session"]
    if session is None:
        raise NotSignedIn("please sign in first: POST /api/v1/session")
    return session


def _caller(store: Store, request: Request) -> Caller:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        return _stand(store, token.strip())
    session = session_of(request)
    if session.must_change:
        raise NotAllowed("change the first password before anything else: /password")
    return Caller(session.account, session.role)


def _stand(store: Store, token: str) -> Caller:
    found = store.accounts.by_token(token) if len(token) <= TOKEN_CHARS_MAX else None
    if found is None:
        raise NotSignedIn("this token is nobody's, or was revoked")
    return Caller(found.name, found.role)
