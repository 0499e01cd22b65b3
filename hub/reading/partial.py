"""What is right in a document is checked for its meaning, though other parts cannot be read yet.

Broken parts of lists are left out; what might be said only because they are missing is not said.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import Finding, check
from hub.core.checking.finding import SINGULAR

NEEDED: Final = ("event", "places")
"""Without all of these nothing can be said of the rest."""

_PART = re.compile(r"^([a-z]+)\[(\d+)\]")


@dataclass(frozen=True, slots=True)
class _Left:
    """A document without its broken parts; of each list the numbers that its parts had."""

    venue: doc.Venue
    numbers: dict[str, list[int]]
    names: frozenset[str]
    """Names that are missing because of what was left out."""


def meant(value: Any, faults: Sequence[Finding]) -> list[Finding]:
    """Errors of meaning in the parts that have no fault."""
    left = _without(value, [one.path for one in faults if one.severity == "error"])
    if left is None:
        return []
    return [
        _renumbered(one, left.numbers)
        for one in check(left.venue)
        if one.severity == "error" and not any(f"{name!r}" in one.message for name in left.names)
    ]


def _without(value: Any, paths: list[str]) -> _Left | None:
    broken: dict[str, set[int]] = {}
    for path in paths:
        part = _PART.match(path)
        if part is not None and part[1] in SINGULAR and part[1] not in NEEDED:
            broken.setdefault(part[1], set()).add(int(part[2]))
        elif not path or _field(path) in (*NEEDED, *SINGULAR):
            return None
    wrong = {_field(path) for path in paths} - SINGULAR.keys()
    kept = {name: one for name, one in value.items() if name not in wrong}
    numbers: dict[str, list[int]] = {}
    names: set[str] = set()
    for name, gone in broken.items():
        numbers[name] = [index for index in range(len(value[name])) if index not in gone]
        names.update(*(_names(value[name][index]) for index in gone))
        kept[name] = [value[name][index] for index in numbers[name]]
    try:
        return _Left(msgspec.convert(kept, doc.Venue), numbers, frozenset(names))
    except msgspec.ValidationError:
        return None


def _field(path: str) -> str:
    """The field of the venue that a path begins with."""
    return re.split(r"[.\[]", path, maxsplit=1)[0]


def _names(part: Any) -> Iterator[str]:
    """What others may call a part by: its own name, and the group of a rule."""
    for field in ("name", "id", "group"):
        if isinstance(part, dict) and isinstance(part.get(field), str):
            yield part[field]


def _renumbered(finding: Finding, numbers: dict[str, list[int]]) -> Finding:
    part = _PART.match(finding.path)
    if part is None or part[1] not in numbers:
        return finding
    number = numbers[part[1]][int(part[2])]
    return replace(finding, path=f"{part[1]}[{number}]{finding.path[part.end() :]}")
