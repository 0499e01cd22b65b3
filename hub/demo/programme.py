"""The day's programme, in minutes after the day begins (one from 08:00 ends at 23:00)."""

from enum import Enum
from typing import Final

from msgspec import Struct

MS_PER_MIN: Final = 60_000


class Kind(Enum):
    """What one does in a part of the day."""

    SESSION = "session"
    BREAK = "break"
    LUNCH = "lunch"
    RECEPTION = "reception"
    PARTY = "party"


class Block(Struct, frozen=True):
    """A part of the day. In a ``long`` session some slip out for a coffee."""

    kind: Kind
    from_min: int
    until_min: int
    long: bool = False


PROGRAMME: Final = (
    Block(Kind.SESSION, 60, 135),  # 09:00 keynote
    Block(Kind.BREAK, 135, 165),  # 10:15
    Block(Kind.SESSION, 165, 240, long=True),  # 10:45
    Block(Kind.LUNCH, 240, 330),  # 12:00
    Block(Kind.SESSION, 330, 405),  # 13:30
    Block(Kind.BREAK, 405, 435),  # 14:45
    Block(Kind.SESSION, 435, 510),  # 15:15
    Block(Kind.RECEPTION, 510, 660),  # 16:30
    Block(Kind.PARTY, 660, 900),  # 19:00
)

DAY_MIN: Final = 900
"""Everybody has gone home by then."""
