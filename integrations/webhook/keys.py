"""Outside, an action is known by a name that is always the same and says nothing of anybody.

The key with which the hub knows it names the person; a header ends up in other people's logs.
"""

from hashlib import blake2b
from typing import Final

NAME_BYTES: Final = 16


def public_key(key: str) -> str:
    """Give the name outside of the action ``key``: ``act_`` and 32 hexadecimal digits."""
    return f"act_{blake2b(key.encode(), digest_size=NAME_BYTES).hexdigest()}"
