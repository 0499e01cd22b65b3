"""One tree for all that can be wrong with an announcement; what the broker does is a verdict.

AnnounceError
├── SettingsError
└── AnnouncementUnreadable
"""


class AnnounceError(Exception):
    """An announcement cannot be made; the text is for a person."""


class SettingsError(AnnounceError, ValueError):
    """A setting is wrong; the text names it."""


class AnnouncementUnreadable(AnnounceError):  # noqa: N818 - named after the thing that is wrong
    """The body of a delivery is no announcement; the text names the field."""
