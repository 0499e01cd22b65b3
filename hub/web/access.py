"""Who may open which page is a table; what stands in no row is the organiser's."""

from typing import Final, Literal, get_args

from hub.web.sessions import Session

Role = Literal["organiser", "staff", "dj"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

OPEN_PREFIXES: Final = ("/a/", "/api/", "/static/", "/_nicegui/")
"""The guard asks for no session: the API asks itself, an attendee's link is its own proof."""

OPEN_PATHS: Final = ("/signin", "/signout", "/sw.js", "/subscribe.js", "/favicon.ico", "/metrics")

ROLE_PATHS: Final[dict[str, tuple[str, ...]]] = {
    "staff": ("/stand", "/notes", "/_nicegui_ws/"),
    "dj": ("/dj", "/_nicegui_ws/"),
}
"""Pages of the roles that have few."""

HOMES: Final = {"organiser": "/", "staff": "/stand", "dj": "/dj"}
"""The page that each role begins with."""


def needs_session(path: str) -> bool:
    """Say whether ``path`` is for people who are signed in."""
    return path not in OPEN_PATHS and not path.startswith(OPEN_PREFIXES)


def may_open(session: Session, path: str) -> bool:
    """Say whether the session's role goes to ``path``; nobody goes on with a first password."""
    if session.must_change:
        return path == "/password"
    if path == "/password" or session.role == "organiser":
        return True
    return path.startswith(ROLE_PATHS.get(session.role, ()) or ("\0",))


def home_of(session: Session) -> str:
    """Return the page that somebody of this role begins with."""
    return "/password" if session.must_change else HOMES.get(session.role, "/signin")
