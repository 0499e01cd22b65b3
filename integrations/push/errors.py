"""One tree for all that can be wrong with Web Push itself; what a push service says is a verdict.

PushError
├── SettingsError
├── KeyFileError
├── SubscriptionUnusable
└── AddressRefused
"""


class PushError(Exception):
    """Web Push cannot do what was asked; the text is for a person and holds no secret."""


class SettingsError(PushError, ValueError):
    """A setting is missing or wrong; the text names it."""


class KeyFileError(PushError):
    """The file with the VAPID key cannot be read, or others may read it."""


class SubscriptionUnusable(PushError):  # noqa: N818 - named after the thing that is wrong
    """Endpoint or keys of a subscription cannot be used, and never will be."""


class AddressRefused(PushError):  # noqa: N818 - named after the thing that is wrong
    """The endpoint's name leads, just now, into a private network."""
