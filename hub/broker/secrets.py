"""A secret is 32 random bytes made by a machine, so one quick hash of it is enough.

Slow password hashes (argon2, many PBKDF2 rounds) make guessing expensive where people choose the
password. 256 random bits cannot be guessed at any speed, and an edge that reconnects over bad Wi-Fi
should not cost the broker a tenth of a second. The hash is written as Mosquitto's ``$7$`` form, so
that one device table serves both brokers and no plain secret is kept anywhere on the hub.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
from typing import Final

SECRET_BYTES: Final = 32
SALT_BYTES: Final = 12
"""The length Mosquitto 2.0 insists on."""
ITERATIONS: Final = 101
"""PBKDF2-SHA512 rounds: what Mosquitto 2.0's own ``mosquitto_passwd`` uses."""
ITERATIONS_MAX: Final = 100_000
"""A hash that asks for more rounds is not computed: a device file must not stall the broker."""


def new_secret() -> str:
    """Make the secret of a device: 43 characters of URL-safe base64."""
    return base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).rstrip(b"=").decode()


def hash_secret(secret: str) -> str:
    """Hash ``secret`` with a new salt as ``$7$<rounds>$<salt>$<hash>``, both parts base64."""
    salt = secrets.token_bytes(SALT_BYTES)
    digest = _digest(secret, salt, ITERATIONS)
    return f"$7${ITERATIONS}${_text(salt)}${_text(digest)}"


def secret_matches(secret: str, secret_hash: str) -> bool:
    """Compare in constant time; a hash that cannot be read matches nothing."""
    try:
        empty, form, rounds, salt, digest = secret_hash.split("$")
        iterations = int(rounds)
        expected = base64.b64decode(digest, validate=True)
        salt_bytes = base64.b64decode(salt, validate=True)
    except (ValueError, binascii.Error):
        return False
    if empty or form != "7" or not 0 < iterations <= ITERATIONS_MAX:
        return False
    return hmac.compare_digest(_digest(secret, salt_bytes, iterations), expected)


def _digest(secret: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", secret.encode("utf-8", "replace"), salt, iterations)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
