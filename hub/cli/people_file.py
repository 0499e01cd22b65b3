"""What the command line says of a file's columns and of consents becomes what the desk is told."""

from typing import Final

from hub.config import ConfigFault
from hub.people.purposes import KNOWN

PURPOSES: Final = frozenset(KNOWN)
"""What somebody can consent to, whatever the venue's document asks for besides."""


def parse_map(text: str) -> dict[str, str]:
    """Read ``FIELD=COLUMN,...``.

    Raises:
        ConfigFault: not of that form.
    """
    found = {}
    for part in text.split(","):
        field, equals, column = part.partition("=")
        if part and not (equals and field.strip() and column.strip()):
            raise ConfigFault(f"--map {part!r}: write FIELD=COLUMN")
        if part:
            found[field.strip()] = column.strip()
    return found


def listed(text: str) -> list[str]:
    """Read ``ONE,TWO``."""
    return [part.strip() for part in text.split(",") if part.strip()]
