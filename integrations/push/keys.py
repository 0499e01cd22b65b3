"""The VAPID key is made once and kept where only its owner can read it.

A subscription is bound to the key it was made with: losing the file means that everybody has to
subscribe again. Two processes that start together end up with the same key.
"""

import contextlib
import os
import secrets
import stat
from base64 import urlsafe_b64encode
from pathlib import Path
from typing import Any, Final

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02, VapidException

from integrations.push.errors import KeyFileError

KEY_FILE: Final = "vapid.pem"
OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


_Vapid: Any = Vapid02
"""The library carries no types."""


class Keys:
    """The hub's key pair, as push services know it."""

    def __init__(self, vapid: Any) -> None:
        self._vapid = vapid

    @property
    def public(self) -> str:
        """The public key as browsers take it: base64url of the 65 bytes of the point."""
        point = self._vapid.public_key.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        return urlsafe_b64encode(point).decode().rstrip("=")

    def sign(self, audience: str, subject: str, expires_s: int) -> str:
        """Give the Authorization header for one push service (RFC 8292).

        Raises:
            KeyFileError: the library refuses to sign this.
        """
        claims = {"aud": audience, "sub": subject, "exp": expires_s}
        try:
            return str(self._vapid.sign(claims)["Authorization"])
        except VapidException as error:
            raise KeyFileError(f"the VAPID token cannot be signed: {error}") from error


def load_keys(data_dir: Path) -> Keys:
    """Read the key in ``data_dir``, making it first when there is none.

    Raises:
        KeyFileError: the file cannot be read or made, is no key, or others may read it.
    """
    path = data_dir / KEY_FILE
    try:
        if not path.exists():
            _make(path)
        if path.stat().st_mode & OTHERS:
            raise KeyFileError(f"others may read the push key: run chmod 600 {path}")
        return Keys(_Vapid.from_pem(path.read_bytes()))
    except OSError as error:
        raise KeyFileError(f"push key {path}: {error.strerror}") from error
    except (VapidException, ValueError) as error:
        raise KeyFileError(f"push key {path} is no private key in PEM form") from error


def public_key(data_dir: Path) -> str:
    """Give the public key for the attendee page; made first when there is none.

    Raises:
        KeyFileError: as :func:`load_keys`.
    """
    return load_keys(data_dir).public


def _make(path: Path) -> None:
    """Write the whole file first, then give it its name, which fails if another was quicker."""
    vapid = _Vapid()
    vapid.generate_keys()
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    try:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(vapid.private_pem())
            file.flush()
            os.fsync(file.fileno())
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
    finally:
        draft.unlink(missing_ok=True)
