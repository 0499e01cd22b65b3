"""One tree for all that can be wrong with a record itself; what a system says is a verdict.

RecordError
├── SettingsError
└── RecordUnwritable
"""

from integrations.webhook.errors import SettingsError as ReachError


class RecordError(Exception):
    """A record cannot be written; the text is for a person and holds no secret."""


class SettingsError(RecordError, ReachError):
    """A setting is missing or wrong; the text names it, and never repeats its value."""


class RecordUnwritable(RecordError):  # noqa: N818 - named after the thing that is wrong
    """Nothing can be made of this delivery for this system, now or later; the text says why."""


__all__ = ["ReachError", "RecordError", "RecordUnwritable", "SettingsError"]
