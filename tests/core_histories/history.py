"""A history is a document and what becomes known, in that order; it prints as a small script."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import msgspec

from hub.core import document as doc
from hub.core import events as ev

Written = dict[str, Any]
"""A document, as JSON has it."""


@dataclass(frozen=True, slots=True)
class Told:
    """A fact becomes known; the same key is the same fact."""

    now_ms: int
    event: ev.Event
    key: str


@dataclass(frozen=True, slots=True)
class Publish:
    """Another document is in force."""

    now_ms: int
    venue: Written
    past: bool = False


@dataclass(frozen=True, slots=True)
class Restart:
    """The engine stops, and starts again from what it had stored."""

    now_ms: int


Step = Told | Publish | Restart


@dataclass(frozen=True, slots=True)
class History:
    """Everything of one run; instants are Unix ms."""

    seed: int
    begins_ms: int
    ends_ms: int
    venue: Written
    steps: tuple[Step, ...]

    def replaced(self, **changes: Any) -> "History":
        """The same, but for these."""
        return replace(self, **changes)


def read(written: Written) -> doc.Venue:
    """The document, as an organiser's is read."""
    return msgspec.convert(written, doc.Venue)


def script(history: History) -> str:
    """The history for people to read; instants are seconds after its beginning."""
    lines = [f"seed {history.seed}, begins {history.begins_ms}", *_document(history.venue)]
    lines += [line for step in history.steps for line in _step(step, history.begins_ms)]
    return "\n".join([*lines, f"{_seconds(history.ends_ms, history)} ends"])


def _seconds(at_ms: int, history: History) -> str:
    return f"{(at_ms - history.begins_ms) / 1_000:8.3f}"


def _document(venue: Written) -> list[str]:
    lines: list[str] = []
    for name, value in venue.items():
        if name in ("rules", "audiences"):
            lines += [f"  {name[:-1]} {json.dumps(one)}" for one in value]
        elif name not in ("places", "lamps", "event", "attributes", "pools", "ids") and value:
            lines.append(f"  {name} {json.dumps(value)}")
    return lines


def _step(step: Step, begins_ms: int) -> list[str]:
    known = f"{(step.now_ms - begins_ms) / 1_000:8.3f}"
    match step:
        case Publish(venue=venue):
            return [f"{known} publish{' past' if step.past else ''}", *_document(venue)]
        case Restart():
            return [f"{known} restart"]
    event = msgspec.to_builtins(step.event)
    kind, at_ms = event.pop("event"), event.pop("at_ms")
    when = "" if at_ms == step.now_ms else f" at {(at_ms - begins_ms) / 1_000:.3f}"
    return [f"{known} {kind}{when} {json.dumps(event)} ({step.key})"]


def cut(items: Sequence[Any], size: int) -> list[list[Any]]:
    """The items without each stretch of ``size``, longest leftovers first."""
    return [[*items[:at], *items[at + size :]] for at in range(0, len(items), size)]
