"""Everything announced stands below one level of the event's topics, which listeners may read."""

from typing import Final

import msgspec

from integrations.announce.errors import SettingsError

PREFIX: Final = "out"
"""The level below ``foyer/<event>/``."""
PAYLOAD_BYTES_MAX: Final = 65_536
"""Largest payload that can be allowed; brokers take packets of four times that."""
RESERVED: Final = frozenset({"up", "down"})
"""No topic begins so below the prefix: these are the lanes of an edge."""


class AnnounceSettings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How large an announcement may be; a larger one is dropped."""

    payload_bytes_max: int = PAYLOAD_BYTES_MAX

    def __post_init__(self) -> None:
        """Refuse what cannot work."""
        if not 0 < self.payload_bytes_max <= PAYLOAD_BYTES_MAX:
            raise SettingsError(f"payload_bytes_max is above 0, at most {PAYLOAD_BYTES_MAX}")
