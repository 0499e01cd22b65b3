"""One error for all that can keep a recording from being replayed; the text is for a person."""

from hub.config import ConfigFault


class ReplayFault(ConfigFault):
    """The recording, the venue, or a process does not allow it."""
