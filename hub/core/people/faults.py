"""What is wrong with a value, an id or a field: what it is called, and what would be right.

CoreError
├── AttributeFault        a value that the attribute cannot hold
├── IdFault               text that is no id of its kind
└── ReadingFault          a field of a record that cannot be read
"""

from typing import Final

from hub.core.document.people import AttributeInfo
from hub.core.errors import CoreError

SHOWN_CHARACTERS_MAX: Final = 60
"""Most characters of a value that are repeated to a person."""


class AttributeFault(CoreError):  # noqa: N818 - named after the thing that is wrong
    """The attribute cannot hold the value. ``shown`` is masked where the attribute is sensitive."""

    def __init__(self, name: str, shown: str, right: str) -> None:
        super().__init__(f"attribute {name!r} cannot be {shown}: {right}")
        self.name = name
        self.shown = shown
        self.right = right


class IdFault(CoreError):  # noqa: N818 - named after the thing that is wrong
    """The text is no id of its kind; the sentence does not repeat it."""

    def __init__(self, kind: str, right: str) -> None:
        super().__init__(f"this is no id of kind {kind!r}: {right}")
        self.kind = kind
        self.right = right


class ReadingFault(CoreError):  # noqa: N818 - named after the thing that is wrong
    """A field cannot be read; ``right`` says what would be, and does not repeat the value."""

    def __init__(self, right: str) -> None:
        super().__init__(right)
        self.right = right


def masked(value: object) -> str:
    """A value that must not be repeated: only how much of it there is."""
    if isinstance(value, (str, list, dict, tuple)):
        return f"*** ({type(value).__name__} of {len(value)})"
    return f"*** ({type(value).__name__})"


def shown(value: object, info: AttributeInfo | None = None) -> str:
    """A value as it may be repeated to somebody who works here."""
    if info is not None and info.privacy == "sensitive":
        return masked(value)
    text = repr(value)
    if len(text) > SHOWN_CHARACTERS_MAX:
        return f"{text[: SHOWN_CHARACTERS_MAX - 3]}..."
    return text
