"""Signing in and out by program; browsers use the same through a form."""

from fastapi import APIRouter, Request, Response

from hub.api.caller import session_of
from hub.api.models import Health, NewPassword, Said, SignIn, Who
from hub.web.ports import WebParts
from hub.web.sessions import Session
from hub.web.signing_in import SigningIn


class SessionRoutes:
    """``/health`` and ``/session``."""

    def __init__(self, parts: WebParts, signing_in: SigningIn) -> None:
        self._parts = parts
        self._signing_in = signing_in
        self.router = APIRouter(tags=["session"])
        add = self.router.add_api_route
        add("/health", self.health, methods=["GET"])
        add("/session", self.sign_in, methods=["POST"])
        add("/session", self.who, methods=["GET"])
        add("/session", self.sign_out, methods=["DELETE"])
        add("/session/password", self.change_password, methods=["POST"])

    def health(self) -> Health:
        """Say that the web answers and reads its database. For anybody."""
        published = self._parts.store.venue_at()
        return Health(
            status="ok",
            event=self._parts.store.event,
            version=published.version if published else 0,
            venue_ms=self._parts.clock.wall_ms(),
            speed=self._parts.clock.speed,
        )

    def sign_in(self, body: SignIn, request: Request, response: Response) -> Who:
        """Sign in; the session comes as a cookie."""
        source = request.client.host if request.client else ""
        session = self._signing_in.sign_in(body.name, body.password, source)
        self._signing_in.remember(response, session)
        return _who(session)

    def who(self, request: Request) -> Who:
        """Say who is signed in."""
        return _who(session_of(request))

    def sign_out(self, response: Response) -> Said:
        """Forget the session."""
        self._signing_in.forget(response)
        return Said(message="signed out")

    def change_password(self, body: NewPassword, request: Request, response: Response) -> Who:
        """Change one's own password."""
        source = request.client.host if request.client else ""
        before = session_of(request)
        session = self._signing_in.change_password(before, body.old, body.new, source)
        self._signing_in.remember(response, session)
        return _who(session)


def _who(session: Session) -> Who:
    return Who(account=session.account, role=session.role, must_change_password=session.must_change)
