"""One tree for what the core refuses.

CoreError
├── UnknownBadge          nobody holds that badge at that instant
├── UnknownPlace          a tap at a place that the venue does not have
├── UnknownPerson         a merge of somebody who is not known
├── RuleFailed            a rule cannot be decided; the step is made again without it
├── ImplausibleInstant    dated in the future, or long before the event
└── RulesFault            a venue or rules document that cannot be meant
"""


class CoreError(Exception):
    """The core refuses this input; the text is for a person."""


class UnknownBadge(CoreError):  # noqa: N818 - named after the thing that is wrong
    """Nobody holds the badge at that instant."""


class UnknownPlace(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A tap at a place that is not, or no longer, part of the venue."""


class UnknownPerson(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A merge, or its undoing, is about somebody whom it cannot be about."""


class RuleFailed(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A rule has a fault that shows only when it is decided about."""

    def __init__(self, rule: str, reason: str) -> None:
        super().__init__(f"rule {rule!r} has a fault: {reason}")
        self.rule = rule
        self.reason = reason


class ImplausibleInstant(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A reading is dated in the future, or long before the event."""


class RulesFault(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A document says something that cannot be meant; the text names the place in it."""
