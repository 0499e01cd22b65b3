"""A finding says what is wrong, at which part of the document, and what would be right."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from difflib import get_close_matches
from typing import Final, Literal

from msgspec import Struct
from msgspec.structs import replace

Severity = Literal["error", "warning", "note"]
Path = tuple[str | int, ...]
"""The way to a part: fields and numbers of a list from 0, ``("rules", 3, "then", 0, "pool")``."""

SINGULAR: Final = {
    "places": "place", "edges": "edge", "pools": "pool", "attributes": "attribute",
    "ids": "kind of id", "sources": "source", "audiences": "audience", "caps": "cap",
    "budgets": "budget", "rules": "rule",
}  # fmt: skip
"""The lists of a venue whose parts have a name, and what one of them is called."""

LISTED_MAX: Final = 12
"""Most names that a sentence lists."""

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_PART = re.compile(r"^([a-z]+)\[(\d+)\](?:\.(?=.)|(?=\[)|$)")


class Finding(Struct, frozen=True, omit_defaults=True):
    """One thing to be said of a document; only an ``error`` keeps it from being put in force.

    ``path`` is spelled as in ``rules[3].then[0].pool``; ``where`` is the same by name, as in
    ``rule 'coffee-lover', then[0].pool``. ``hint`` is what would be right, or empty.
    """

    path: str
    message: str
    hint: str = ""
    severity: Severity = "error"
    where: str = ""

    def sentence(self) -> str:
        """Where and what, in one line."""
        return f"{self.where or self.path}: {self.message}".removeprefix(": ")


def error(path: Path, message: str, hint: str = "") -> Finding:
    """Something that cannot be meant."""
    return Finding(spell_path(path), message, hint)


def warning(path: Path, message: str, hint: str = "") -> Finding:
    """Something that can be done, and does not do what somebody wrote it for."""
    return Finding(spell_path(path), message, hint, "warning")


def note(path: Path, message: str, hint: str = "") -> Finding:
    """Something to know, which may well be right."""
    return Finding(spell_path(path), message, hint, "note")


def spell_path(path: Path) -> str:
    """A path as people read it; a key that is no plain word stands in quotes."""
    spelled = ""
    for step in path:
        if isinstance(step, int):
            spelled += f"[{step}]"
        elif _WORD.fullmatch(step):
            spelled += f".{step}" if spelled else step
        else:
            spelled += f'["{step}"]'
    return spelled


def with_name(finding: Finding, names: Mapping[str, Sequence[str]]) -> Finding:
    """Say by name where it is; ``names`` are those of each list, "" where one has none."""
    found = _PART.match(finding.path)
    if found is None or found[1] not in SINGULAR or int(found[2]) >= len(names[found[1]]):
        return finding
    name = names[found[1]][int(found[2])]
    if not name:
        return finding
    rest = finding.path[found.end() :]
    where = f"{SINGULAR[found[1]]} {name!r}{', ' if rest else ''}{rest}"
    return replace(finding, where=where)


def listed(names: Iterable[str]) -> str:
    """Names in their alphabet, the first of them when there are many."""
    ordered = sorted(names)
    more = len(ordered) - LISTED_MAX
    return ", ".join(ordered[:LISTED_MAX]) + (f" and {more} more" if more > 0 else "") or "none"


def nearest(name: str, names: Iterable[str]) -> str:
    """A question after the name that may have been meant, or nothing."""
    found = get_close_matches(name, sorted(names), n=1, cutoff=0.65)
    return f"did you mean {found[0]!r}?" if found else ""


def unknown(path: Path, what: str, name: str, there_are: Collection[str]) -> Finding:
    """Something of that name is not there."""
    message = f"there is no {what} {name!r}; there is: {listed(there_are)}"
    return error(path, message, nearest(name, there_are))
