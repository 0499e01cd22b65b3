"""Instants and numbers as an organiser says them."""

from collections.abc import Iterable, Sequence
from datetime import tzinfo
from typing import Final

from hub.core.spans import local

SHOWN_MAX: Final = 5
"""Most instants in a sentence: the last ones."""


def when(at_ms: int, asked_ms: int, zone: tzinfo) -> str:
    """A time of day, with seconds where they are not full, with the date if it is another day."""
    moment, asked = local(at_ms, zone), local(asked_ms, zone)
    clock = f"{moment:%H:%M}" if at_ms % 60_000 == 0 else f"{moment:%H:%M:%S}"
    return clock if moment.date() == asked.date() else f"{moment:%Y-%m-%d} {clock}"


def listed(instants: Sequence[int], asked_ms: int, zone: tzinfo) -> str:
    """Instants in brackets, the last few of many; nothing of none."""
    if not instants:
        return ""
    shown = ", ".join(when(at_ms, asked_ms, zone) for at_ms in instants[-SHOWN_MAX:])
    return f" ({'..., ' if len(instants) > SHOWN_MAX else ''}{shown})"


def plural(number: float, one: str, many: str = "") -> str:
    """A number with its noun."""
    figure = str(int(number)) if number == int(number) else str(number)
    return f"{figure} {one if number == 1 else many or f'{one}s'}"


def joined(parts: Iterable[str]) -> str:
    """Parts of a sentence, those that say something."""
    return "; ".join(part for part in parts if part)
