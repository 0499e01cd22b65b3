"""What is wrong with what a desk was given, each in one sentence for a person.

PeopleError
├── BadFile           a file that cannot be read at all; nothing of it was taken
├── NoSuchSource      the venue's document knows no source of that name
├── BadRow            one row that cannot be taken, with its reason
└── Nobody            the person who was meant is not there, or is not what was said
"""


class PeopleError(Exception):
    """The desk refuses; the text says what is wrong and what to do."""


class BadFile(PeopleError):  # noqa: N818 - named after the thing that is wrong
    """The file is none, or over a bound; nothing of it was taken."""


class NoSuchSource(PeopleError):  # noqa: N818 - named after the thing that is wrong
    """The text lists the sources that there are."""


class BadRow(PeopleError):  # noqa: N818 - named after the thing that is wrong
    """A row that cannot be taken."""


class Nobody(PeopleError):  # noqa: N818 - named after the thing that is wrong
    """Nobody is there of that name, or they are not what was said."""
