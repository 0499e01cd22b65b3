"""The key of a bridge is a secret: one file, for its owner's eyes, in the place that is set."""

import os
from pathlib import Path
from typing import Any, Final

import msgspec

from integrations.lights.errors import KeyFileInvalid

KEY_FILE_MODE: Final = 0o600


def read_key(key_file: Path, address: str) -> str:
    """Read the key for ``address`` from the file that pairing wrote.

    Raises:
        KeyFileInvalid: there is none; the text says what to do.
    """
    try:
        known = msgspec.json.decode(key_file.read_bytes(), type=dict[str, dict[str, Any]])
    except (OSError, msgspec.DecodeError):
        known = {}
    key = known.get(address, {}).get("username")
    if not isinstance(key, str) or not key.isalnum():
        raise KeyFileInvalid(
            f"no key for the bridge at {address} in {key_file.name}: pair with the bridge first"
        )
    return key


def write_key(key_file: Path, address: str, key: str) -> None:
    """Put ``key`` for ``address`` into ``key_file``, mode 0600, all or nothing."""
    key_file.parent.mkdir(parents=True, exist_ok=True)
    fresh = key_file.with_name(key_file.name + ".new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, KEY_FILE_MODE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(msgspec.json.encode({address: {"username": key}}))
    fresh.replace(key_file)
