"""Sign-in and first password as plain forms: they work without any script."""

from pathlib import Path
from typing import Annotated, Final

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from hub.web.access import home_of
from hub.web.errors import WebError
from hub.web.sessions import Session
from hub.web.signing_in import PASSWORD_RULE, SigningIn

_templates = Environment(
    loader=FileSystemLoader(Path(__file__).resolve().parent / "templates"),
    autoescape=True,
    undefined=StrictUndefined,
)
Field = tuple[str, str, str, str]
SIGN_IN: Final[tuple[Field, ...]] = (
    ("name", "Name", "text", "username"),
    ("password", "Password", "password", "current-password"),
)
CHANGE: Final[tuple[Field, ...]] = (
    ("old", "The password you signed in with", "password", "current-password"),
    ("new", "New password", "password", "new-password"),
)
Text = Annotated[str, Form(max_length=512)]


class SignInPages:
    """``/signin``, ``/password``, ``/signout``."""

    def __init__(self, signing_in: SigningIn) -> None:
        self._signing_in = signing_in
        self.router = APIRouter(include_in_schema=False)
        add = self.router.add_api_route
        add("/signin", self.ask, methods=["GET"], response_model=None)
        add("/signin", self.sign_in, methods=["POST"], response_model=None)
        add("/password", self.ask_password, methods=["GET"], response_model=None)
        add("/password", self.change, methods=["POST"], response_model=None)
        add("/signout", self.sign_out, methods=["GET"], response_model=None)

    def ask(self) -> Response:
        """Show the sign-in form."""
        return _form("Sign in", SIGN_IN, "Sign in")

    def sign_in(self, name: Text, password: Text, request: Request) -> Response:
        """Go to the page that the account begins with, or show the form again."""
        try:
            session = self._signing_in.sign_in(name, password, _source(request))
        except WebError as error:
            return _form("Sign in", SIGN_IN, "Sign in", error=error)
        return self._go_on(session)

    def ask_password(self) -> Response:
        """Show the form for a new password."""
        return _form("Choose a password", CHANGE, "Save", PASSWORD_RULE)

    def change(self, old: Text, new: Text, request: Request) -> Response:
        """Change the password and go on, or show the form again."""
        session: Session = request.scope["foyer_session"]
        try:
            fresh = self._signing_in.change_password(session, old, new, _source(request))
        except WebError as error:
            return _form("Choose a password", CHANGE, "Save", PASSWORD_RULE, error)
        return self._go_on(fresh)

    def sign_out(self) -> Response:
        """Forget the session."""
        response = RedirectResponse("/signin", status_code=303)
        self._signing_in.forget(response)
        return response

    def _go_on(self, session: Session) -> Response:
        response = RedirectResponse(home_of(session), status_code=303)
        self._signing_in.remember(response, session)
        return response


def _form(
    title: str,
    fields: tuple[Field, ...],
    action: str,
    lead: str = "",
    error: WebError | None = None,
) -> Response:
    page = _templates.get_template("form.html").render(
        title=title, fields=fields, action=action, lead=lead, wrong=str(error or "").capitalize()
    )
    return HTMLResponse(page, status_code=error.status if error else 200)


def _source(request: Request) -> str:
    return request.client.host if request.client else ""
