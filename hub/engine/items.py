"""What can be put before the engine: all of it passes through one bounded queue."""

from msgspec import Struct

from hub.outbox.pending import Postponed, Settlement


class Arrived(Struct, frozen=True):
    """A message from an edge."""

    topic: str
    payload: bytes
    received_ms: int


class Nudge(Struct, frozen=True):
    """The database has commands, or something fell due."""

    look: bool = True
    """Whether to ask the database; a timer that rings knows that there is nothing there."""


class Connected(Struct, frozen=True):
    """The broker has accepted us, perhaps one that forgot what it retained."""


Item = Arrived | Connected | Nudge | Settlement | Postponed
