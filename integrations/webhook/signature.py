"""Whoever knows the secret can tell that a request is ours, whole, and of just now.

Source: Standard Webhooks 1.0.0. Signed is ``ID.TIMESTAMP.BODY`` with HMAC-SHA256; of several keys,
while one is replaced by another, each gives a signature.
"""

import binascii
from base64 import b64decode, b64encode
from hashlib import sha256
from hmac import digest
from typing import Final

from integrations.webhook.errors import SecretUnusable
from integrations.webhook.limits import (
    SIGNING_KEY_BYTES_MAX,
    SIGNING_KEY_BYTES_MIN,
    SIGNING_KEYS_MAX,
)
from integrations.webhook.secret import Secret

PREFIX: Final = "whsec_"
HINT: Final = (
    f"write {PREFIX} and base64 of {SIGNING_KEY_BYTES_MIN} to {SIGNING_KEY_BYTES_MAX} random "
    f"bytes, at most {SIGNING_KEYS_MAX} of these with blanks between"
)


def signed_headers(secret: Secret, name: str, at_s: int, content: bytes) -> dict[str, str]:
    """Give the three headers for one try; ``at_s`` is real Unix time, since receivers check it.

    Raises:
        SecretUnusable: the secret holds no signing keys.
    """
    signed = f"{name}.{at_s}.".encode() + content
    signatures = [b64encode(digest(key, signed, sha256)).decode() for key in signing_keys(secret)]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at_s),
        "webhook-signature": " ".join(f"v1,{one}" for one in signatures),
    }


def signing_keys(secret: Secret) -> list[bytes]:
    """Read the keys out of a secret.

    Raises:
        SecretUnusable: there are none, too many, or of another form.
    """
    texts = secret.reveal().split()
    keys = [_key(text) for text in texts]
    if not 0 < len(keys) <= SIGNING_KEYS_MAX:
        raise SecretUnusable(f"the secret is no signing key: {HINT}")
    return keys


def _key(text: str) -> bytes:
    try:
        key = b64decode(text.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        key = b""
    sized = SIGNING_KEY_BYTES_MIN <= len(key) <= SIGNING_KEY_BYTES_MAX
    if not (text.startswith(PREFIX) and sized):
        raise SecretUnusable(f"the secret is no signing key: {HINT}")
    return key
