"""One tree for all that can be wrong with music itself; what a player says is a verdict.

MusicError
├── SettingsError
└── WishUnreadable
"""


class MusicError(Exception):
    """The music connector cannot do what was asked; the text is for a person."""


class SettingsError(MusicError, ValueError):
    """A setting is missing or wrong; the text names it."""


class WishUnreadable(MusicError):  # noqa: N818 - named after the thing that is wrong
    """The body of a delivery is no wish; the text names the field."""
