"""A session is a signed statement in a cookie: who, which role, since when. Nothing else is kept.

The key lies in the data folder and only its owner may read it; deleting it signs everybody out.
"""

import base64
import contextlib
import hashlib
import os
import secrets
from pathlib import Path
from typing import Final

import msgspec
from itsdangerous import BadSignature, Signer

from hub.web.settings import SESSION_MS_MAX

COOKIE: Final = "foyer_session"
KEY_BYTES: Final = 32
COOKIE_CHARS_MAX: Final = 1024
_KEY_FILE: Final = "session.key"


class Session(msgspec.Struct, frozen=True):
    """Who is signed in. ``since_ms`` is real time, Unix milliseconds."""

    account: str
    role: str
    since_ms: int
    must_change: bool = False
    """The password was made by the hub and has to be changed before anything else."""

    def runs(self, now_ms: int) -> bool:
        """Say whether the session still holds at ``now_ms``."""
        return 0 <= now_ms - self.since_ms < SESSION_MS_MAX


class SessionBook:
    """Writes sessions into cookies and reads them back."""

    def __init__(self, key: bytes) -> None:
        self._signer = Signer(key, salt="foyer.session", digest_method=_sha256)

    def write(self, session: Session) -> str:
        """Return the cookie's value."""
        body = base64.urlsafe_b64encode(msgspec.json.encode(session)).rstrip(b"=")
        return self._signer.sign(body).decode()

    def read(self, cookie: str | None, now_ms: int) -> Session | None:
        """Return the session, or None for a cookie that is missing, forged, foreign or too old."""
        if not cookie or len(cookie) > COOKIE_CHARS_MAX:
            return None
        try:
            body = self._signer.unsign(cookie.encode())
            raw = base64.urlsafe_b64decode(body + b"=" * (-len(body) % 4))
            session = msgspec.json.decode(raw, type=Session)
        except (BadSignature, ValueError, msgspec.DecodeError):
            return None
        return session if session.runs(now_ms) else None


def load_key(data_dir: Path) -> bytes:
    """Read the signing key, and make it first if there is none. Safe for several processes."""
    path = data_dir / _KEY_FILE
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        _make_key(path)
    return path.read_bytes()


def _make_key(path: Path) -> None:
    beside = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(secrets.token_bytes(KEY_BYTES))
        file.flush()
        os.fsync(file.fileno())
    with contextlib.suppress(FileExistsError):  # another process was quicker: its key counts
        os.link(beside, path)
    beside.unlink()


def _sha256(data: bytes = b"") -> "hashlib._Hash":
    return hashlib.sha256(data)
