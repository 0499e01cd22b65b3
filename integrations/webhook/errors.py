"""One tree for all that goes wrong before a receiver has said anything; what it says is a verdict.

WebhookError
├── SettingsError
├── SecretUnusable
├── AddressRefused
├── NoAnswer
└── CallUnreadable
"""


class WebhookError(Exception):
    """A request cannot be made; the text is for a person and holds no secret."""


class SettingsError(WebhookError, ValueError):
    """A setting is missing or wrong; the text names it, and never repeats its value."""


class SecretUnusable(WebhookError):  # noqa: N818 - named after the thing that is wrong
    """A secret is not where the configuration says, or is none; the text says what to do."""


class AddressRefused(WebhookError):  # noqa: N818 - named after the thing that is wrong
    """The target's name leads, just now, to an address that is not to be reached."""


class NoAnswer(WebhookError):  # noqa: N818 - named after the thing that is wrong
    """Nothing was answered in time; the receiver may have acted all the same."""


class CallUnreadable(WebhookError):  # noqa: N818 - named after the thing that is wrong
    """The body of a delivery is no call; the text names the field."""
