"""A bridge answers a command with a list of successes and errors, inside HTTP 200."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec

from integrations.lights.errors import (
    BridgeAway,
    BridgeBusy,
    BridgeError,
    CommandRefused,
    KeyRefused,
    LampUnknown,
)

UNAUTHORISED: Final = 1
NO_SUCH_RESOURCE: Final = 3
INTERNAL_ERRORS: Final = 900
"""Error types from here on are the bridge's own trouble."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bridge took of a command, and what it did not (each a sentence)."""

    taken: tuple[str, ...]
    refused: tuple[str, ...]


def read_answer(answer: Any) -> Answer:
    """Read the list of successes and errors with which a bridge answers a command.

    Raises:
        KeyRefused, LampUnknown, CommandRefused, BridgeBusy: nothing was taken, and why.
        BridgeAway: it is no such list.
    """
    try:
        lines = msgspec.convert(answer, list[_Line])
    except msgspec.ValidationError:
        raise BridgeAway("the bridge answered with something unknown") from None
    taken = tuple(str(line.success) for line in lines if line.success is not None)
    errors = [line.error for line in lines if line.error is not None]
    if errors and not taken:
        raise _worst(errors)
    return Answer(taken, tuple(error.sentence() for error in errors))


class _Error(msgspec.Struct, frozen=True):
    type: int
    address: str = ""
    description: str = ""

    def sentence(self) -> str:
        return f"{self.description or 'refused'} (error {self.type})"


class _Line(msgspec.Struct, frozen=True):
    success: Any = None
    error: _Error | None = None


def _worst(errors: list[_Error]) -> BridgeError:
    text = "the bridge says: " + "; ".join(error.sentence() for error in errors)
    kinds = {error.type for error in errors}
    if UNAUTHORISED in kinds:
        return KeyRefused("the bridge does not know our key any more: pair with it again")
    if any(kind >= INTERNAL_ERRORS for kind in kinds):
        return BridgeBusy(text)
    return LampUnknown(text) if NO_SUCH_RESOURCE in kinds else CommandRefused(text)
