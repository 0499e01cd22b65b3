"""Signing in is counted, slow to guess, and the same whether a form or a program asks."""

from typing import Final

from starlette.responses import Response

from hub.store.accounts import PASSWORD_CHARS_MIN, Account
from hub.store.errors import StoreError
from hub.web.errors import BadInput, NotSignedIn, TooManyTries
from hub.web.limits import RateLimit
from hub.web.ports import WebParts
from hub.web.sessions import COOKIE, Session, SessionBook
from hub.web.settings import SESSION_MS_MAX

MINUTE_MS: Final = 60_000


class SigningIn:
    """Checks passwords, and hands out and takes back sessions."""

    def __init__(self, parts: WebParts, book: SessionBook) -> None:
        self._parts = parts
        self._book = book
        self._tries = RateLimit(parts.settings.sign_ins_a_minute, MINUTE_MS)

    def sign_in(self, name: str, password: str, source: str) -> Session:
        """Return a new session.

        Raises:
            TooManyTries: from this address, or on this account.
            NotSignedIn: name and password do not belong together.
        """
        if not self._tries.allow(source, self._parts.wall.boot_ms()):
            raise TooManyTries("too many tries; please wait a minute")
        now_ms = self._parts.wall.wall_ms()
        found = self._parts.store.accounts.verify(name, password, now_ms)
        if isinstance(found, Account):
            return Session(found.name, found.role, now_ms, found.must_change)
        if found.reason == "locked":
            raise TooManyTries("too many wrong passwords; please wait a minute")
        raise NotSignedIn("this name and password do not belong together")

    def change_password(self, session: Session, old: str, new: str, source: str) -> Session:
        """Change the password of whoever is signed in, and return a session that may go on.

        Raises:
            TooManyTries, NotSignedIn: the old password is wrong.
            BadInput: the new one is too short, too long, or the old one again.
        """
        self.sign_in(session.account, old, source)
        if old == new:
            raise BadInput("the new password is the old one")
        try:
            self._parts.store.accounts.set_password(session.account, new)
        except StoreError as error:
            raise BadInput(str(error)) from error
        return Session(session.account, session.role, self._parts.wall.wall_ms())

    def remember(self, response: Response, session: Session) -> None:
        """Put the session into the browser's cookie."""
        response.set_cookie(
            COOKIE,
            self._book.write(session),
            max_age=SESSION_MS_MAX // 1000,
            httponly=True,
            samesite="lax",
            secure=self._parts.settings.secure,
        )

    def forget(self, response: Response) -> None:
        """Take the session out of the browser."""
        response.delete_cookie(COOKIE, httponly=True, samesite="lax")


PASSWORD_RULE: Final = f"At least {PASSWORD_CHARS_MIN} characters."
