"""A text becomes a venue, or all that is wrong with it is said: where, what, and what would be."""

from dataclasses import dataclass
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from hub.core import document as doc
from hub.core.checking import SEVERITIES, Finding, Severity, check, with_name
from hub.core.checking.changes import NAMED
from hub.core.checking.finding import error
from hub.reading.fitting import Fitting, type_of
from hub.reading.located import Located, Positions, at, locate
from hub.reading.nodes import Text, read_text
from hub.reading.partial import meant

FINDINGS_MAX: Final = 200
"""Most findings that are said of one text."""


@dataclass(frozen=True, slots=True)
class Read:
    """What came of a text. ``venue`` is None when it cannot be one; ``findings`` are in order."""

    venue: doc.Venue | None
    positions: Positions
    findings: tuple[Located, ...] = ()

    def of(self, severity: Severity) -> tuple[Located, ...]:
        """The findings that are so grave."""
        return tuple(one for one in self.findings if one.severity == severity)

    @property
    def is_right(self) -> bool:
        """Whether it can be put in force: there is no error, though there may be warnings."""
        return self.venue is not None and not self.of("error")


def read_venue(text: str, name: str) -> Read:
    """Read YAML or JSON and check it whole; ``name`` is what findings call the file.

    Nothing is raised: what cannot be read is a finding.
    """
    read = read_text(text, name)
    if read.value is None and read.faults:
        return Read(None, read.positions, tuple(read.faults))
    names = _names(read.value)
    said = (_with_name(one, names) for one in read.faults)
    faults = [*said, *_typed(read, name)]
    venue = None if any(one.severity == "error" for one in faults) else _converted(read.value)
    if isinstance(venue, Finding):
        faults.append(at(venue, read.positions.of(""), name))
        venue = None
    ordered = sorted(
        dict.fromkeys([*faults, *_meant(read, venue, faults, name)]),
        key=lambda one: (SEVERITIES.index(one.severity), one.line, one.column),
    )
    return Read(venue, read.positions, tuple(ordered[:FINDINGS_MAX]))


def _typed(read: Text, name: str) -> list[Located]:
    """What is wrong by the types, and where: at the name of a field that is not known."""
    fitting = Fitting(read.surprises, read.refused)
    faults = fitting.faults(read.value, type_of(doc.Venue), ())
    names = _names(read.value)
    return [
        at(
            with_name(one, names),
            read.positions.of_key(one.path)
            if one.message.startswith("unknown field")
            else read.positions.of(one.path),
            name,
        )
        for one in faults
    ]


def _with_name(one: Located, names: dict[str, list[str]]) -> Located:
    return replace(one, where=with_name(one, names).where)


def _names(value: Any) -> dict[str, list[str]]:
    """The names of the parts of each list, as far as they are written."""
    found: dict[str, list[str]] = {}
    for part, key in NAMED.items():
        listed = value.get(part) if isinstance(value, dict) else None
        found[part] = [
            str(one.get(key, "")) if isinstance(one, dict) else ""
            for one in (listed if isinstance(listed, list) else [])
        ]
    return found


def _converted(value: Any) -> doc.Venue | Finding:
    """The typed document; the types have the last word."""
    try:
        return msgspec.convert(value, doc.Venue)
    except msgspec.ValidationError as fault:
        return error((), str(fault))


def _meant(read: Text, venue: doc.Venue | None, faults: list[Located], name: str) -> list[Located]:
    """What is wrong by the meaning."""
    findings = meant(read.value, faults) if venue is None else check(venue)
    return locate(findings, read.positions, name)
