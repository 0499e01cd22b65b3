"""One tree for all that can stop an edge agent; the text is for the person who runs it.

EdgeError
├── SettingsError
├── ReaderError
└── OutboxError
    └── OutboxInUse
"""


class EdgeError(Exception):
    """The agent cannot go on; the text says what to do."""


class SettingsError(EdgeError):
    """A setting is missing or makes no sense."""


class ReaderError(EdgeError):
    """A reader cannot be opened, or what it reads is not what was promised."""


class OutboxError(EdgeError):
    """The outbox file can be neither used nor moved aside."""


class OutboxInUse(OutboxError):  # noqa: N818 - named after the thing that is wrong
    """Another agent holds the outbox file."""
