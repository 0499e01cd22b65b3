"""Names, windows and figures are said alike in every sentence."""

from collections.abc import Mapping, Sequence
from typing import Final

NO_NAMES: Final[Mapping[str, str]] = {}
WINDOWS: Final = {
    "event": "during the event", "hour": "within the same hour", "day": "on the same day",
    "week": "in the same week",
}  # fmt: skip


def window_said(window: str) -> str:
    """``within 2h``, ``during the event``, ``on the same day``."""
    return WINDOWS.get(window, f"within {window}")


def named(place: str | None, places: Mapping[str, str]) -> str:
    """Return the name of a place, or its id where it has none."""
    return places.get(place or "", place or "")


def somewhere(place: str | None, group: str | None, places: Mapping[str, str]) -> str:
    """A place by its name, any place of a group, or any place at all."""
    if place is not None:
        return named(place, places)
    return group if group is not None else "any place"


def figure(number: float) -> str:
    """``5`` for 5.0, ``2.5`` for 2.5."""
    return f"{number:.12g}"


def joined(names: Sequence[str], word: str = "and") -> str:
    """``a``, ``a and b``, ``a, b and c``."""
    if len(names) < 2:  # noqa: PLR2004 - one alone needs no word
        return "".join(names)
    return f"{', '.join(names[:-1])} {word} {names[-1]}"


def bounds(at_least: object, at_most: object) -> str:
    """``at least 3``, ``at most 5``, ``from 3 to 5``, ``exactly 4``; empty without either."""
    if at_least is not None and at_least == at_most:
        return f"exactly {at_least}"
    if at_least is not None and at_most is not None:
        return f"from {at_least} to {at_most}"
    if at_least is not None:
        return f"at least {at_least}"
    return f"at most {at_most}" if at_most is not None else ""
