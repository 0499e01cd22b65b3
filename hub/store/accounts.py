"""Whoever works here signs in with a password; a stand calls with a token; only hashes are kept.

Each sign-in is counted before its password is looked at, so that guessing many at once gets no
further than guessing one after the other.
"""

import hashlib
import secrets
from typing import Any, Final, Literal, get_args

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from msgspec import Struct
from sqlalchemy import Connection, Row, func, insert, select, update

from hub.store import bulk, tables
from hub.store.database import Database
from hub.store.errors import StoreError

Role = Literal["organiser", "staff", "dj"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

FAILED_MAX: Final = 5
"""Sign-ins that may go wrong before an account is locked for a while."""
LOCKED_MS: Final = 60_000
"""How long it is locked; every further wrong one locks it again."""
PASSWORD_CHARS_MIN: Final = 10
PASSWORD_CHARS_MAX: Final = 256
NAME_CHARS_MAX: Final = 128
FIRST_NAME: Final = "organiser"
_PASSWORD_BYTES: Final = 12
_TOKEN_BYTES: Final = 32

_a = tables.account.c
_t = tables.api_token.c
_argon2 = PasswordHasher()
_token = bulk.upsert(
    tables.api_token, ("event", "name", "token_hash", "role", "revoked", "created_ms")
)


class Account(Struct, frozen=True):
    """Somebody who works here."""

    name: str
    role: str
    must_change: bool


class SignInRefused(Struct, frozen=True):
    """Why nobody came in; ``locked_until_ms`` is 0 unless the account is locked."""

    reason: Literal["wrong", "locked"]
    locked_until_ms: int = 0


class TokenInfo(Struct, frozen=True):
    """A stand's token, without the token."""

    name: str
    role: str
    revoked: bool
    created_ms: int


class Accounts:
    """The accounts of the installation, and the tokens of one event."""

    def __init__(self, database: Database, event: str) -> None:
        self._database = database
        self._event = event
        self._nobody_hash = ""

    def create(
        self, name: str, password: str, role: str, at_ms: int, *, must_change: bool = False
    ) -> None:
        """Make an account.

        Raises:
            StoreConflict: the name is taken.
            StoreError: the role is none, or name or password are too short or too long.
        """
        _check(name, password, role)
        row = insert(tables.account).values(
            name=name, password_hash=_argon2.hash(password), role=role, must_change=must_change,
            created_ms=at_ms, failed=0, locked_until_ms=0,
        )  # fmt: skip
        with self._database.write() as connection:
            connection.execute(row)

    def first_start(self, at_ms: int) -> str | None:
        """Make the first account, when there is none, and return its one-time password."""
        with self._database.read() as connection:
            if connection.scalar(select(func.count()).select_from(tables.account)):
                return None
        password = secrets.token_urlsafe(_PASSWORD_BYTES)
        self.create(FIRST_NAME, password, "organiser", at_ms, must_change=True)
        return password

    def verify(self, name: str, password: str, now_ms: int) -> Account | SignInRefused:
        """Sign somebody in. Takes as long for a name that nobody has."""
        with self._database.write() as connection:
            seen = _count_attempt(connection, name, now_ms)
        if isinstance(seen, SignInRefused):
            return seen
        account, password_hash = seen or (None, self._nobody())
        right = len(password) <= PASSWORD_CHARS_MAX and _matches(password_hash, password)
        if account is None or not right:
            return SignInRefused("wrong")
        self._forgive(name)
        return account

    def set_password(self, name: str, password: str) -> bool:
        """Change a password; returns False when there is no such account.

        Raises:
            StoreError: it is too short or too long.
        """
        _check(name, password, ROLES[0])
        statement = (
            update(tables.account)
            .where(_a.name == name)
            .values(
                password_hash=_argon2.hash(password), must_change=False, failed=0, locked_until_ms=0
            )
        )
        with self._database.write() as connection:
            return connection.execute(statement).rowcount == 1

    def get(self, name: str) -> Account | None:
        """Return an account."""
        query = select(_a.name, _a.role, _a.must_change).where(_a.name == name)
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return Account(*row) if row else None

    def all(self) -> list[Account]:
        """Return every account, by name."""
        query = select(_a.name, _a.role, _a.must_change).order_by(_a.name)
        with self._database.read() as connection:
            return [Account(*row) for row in connection.execute(query)]

    def add_token(self, name: str, role: str, at_ms: int) -> str:
        """Make a stand's token, or a new one in place of the old; it is shown this once.

        Raises:
            StoreError: the role is none, or the name too long.
        """
        if role not in ROLES or not 0 < len(name) <= NAME_CHARS_MAX:
            raise StoreError(f"a token needs a name and one of the roles {', '.join(ROLES)}")
        token = secrets.token_urlsafe(_TOKEN_BYTES)
        with self._database.write() as connection:
            _token.run(connection, [(self._event, name, _sha256(token), role, False, at_ms)])
        return token

    def by_token(self, token: str) -> TokenInfo | None:
        """Return whose token it is; None when nobody's, or revoked."""
        query = self._tokens().where(_t.token_hash == _sha256(token), _t.revoked.is_(False))
        with self._database.read() as connection:
            row = connection.execute(query).one_or_none()
        return TokenInfo(*row) if row else None

    def tokens(self) -> list[TokenInfo]:
        """Return every token of the event, by name."""
        with self._database.read() as connection:
            return [TokenInfo(*row) for row in connection.execute(self._tokens().order_by(_t.name))]

    def revoke_token(self, name: str) -> bool:
        """Lock a stand out; returns False when there is none of that name."""
        mine = (_t.event == self._event, _t.name == name)
        with self._database.write() as connection:
            statement = update(tables.api_token).where(*mine).values(revoked=True)
            return connection.execute(statement).rowcount == 1

    def _tokens(self) -> Any:
        columns = (_t.name, _t.role, _t.revoked, _t.created_ms)
        return select(*columns).where(_t.event == self._event)

    def _forgive(self, name: str) -> None:
        statement = update(tables.account).where(_a.name == name)
        with self._database.write() as connection:
            connection.execute(statement.values(failed=0, locked_until_ms=0))

    def _nobody(self) -> str:
        if not self._nobody_hash:
            self._nobody_hash = _argon2.hash(secrets.token_hex(_PASSWORD_BYTES))
        return self._nobody_hash


def _count_attempt(
    connection: Connection, name: str, now_ms: int
) -> tuple[Account, str] | SignInRefused | None:
    counted = (
        update(tables.account)
        .where(_a.name == name, _a.locked_until_ms <= now_ms)
        .values(failed=_a.failed + 1)
        .returning(_a.role, _a.must_change, _a.password_hash, _a.failed)
    )
    row: Row[Any] | None = connection.execute(counted).one_or_none()
    if row is None:
        until_ms = connection.scalar(select(_a.locked_until_ms).where(_a.name == name))
        return None if until_ms is None else SignInRefused("locked", until_ms)
    if row.failed >= FAILED_MAX:
        lock = update(tables.account).where(_a.name == name)
        connection.execute(lock.values(locked_until_ms=now_ms + LOCKED_MS))
    return Account(name, row.role, row.must_change), row.password_hash


def _matches(password_hash: str, password: str) -> bool:
    try:
        return _argon2.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


def _check(name: str, password: str, role: str) -> None:
    if role not in ROLES:
        raise StoreError(f"an account is one of {', '.join(ROLES)}: not {role!r}")
    if not 0 < len(name) <= NAME_CHARS_MAX:
        raise StoreError(f"an account's name has 1 to {NAME_CHARS_MAX} characters")
    if not PASSWORD_CHARS_MIN <= len(password) <= PASSWORD_CHARS_MAX:
        raise StoreError(f"a password has {PASSWORD_CHARS_MIN} to {PASSWORD_CHARS_MAX} characters")


def _sha256(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "replace")).hexdigest()
