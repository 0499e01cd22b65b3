"""One tree for all that can be wrong with a made-up crowd.

DemoError
├── UnreadablePeople
├── UnreadableScript
└── UnfitVenue
"""


class DemoError(Exception):
    """A crowd cannot be made of what was given; the text is for a person."""


class UnreadablePeople(DemoError):  # noqa: N818 - named after the thing that is wrong
    """The list of attendees is not as its header says."""


class UnreadableScript(DemoError):  # noqa: N818 - named after the thing that is wrong
    """A line of a script is neither a stay, a tap nor an outage."""


class UnfitVenue(DemoError):  # noqa: N818 - named after the thing that is wrong
    """The venue lacks a place that the crowd's day needs."""
