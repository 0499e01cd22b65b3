"""A finding stands at a line and a column of a file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.core.checking import Finding

Position = tuple[int, int]
"""Line and column, both from 1."""

START: Final = (1, 1)


class Located(Finding, frozen=True, omit_defaults=True):
    """A finding with its place in a file; line and column count from 1."""

    file: str = ""
    line: int = 1
    column: int = 1

    def one_line(self) -> str:
        """``file:line:column: error: where: what``, as compilers say it and editors read it."""
        return f"{self.file}:{self.line}:{self.column}: {self.severity}: {self.sentence()}"


@dataclass(frozen=True, slots=True)
class Positions:
    """Where each part of a document is written, by its path as findings spell it."""

    values: Mapping[str, Position] = field(default_factory=dict)
    keys: Mapping[str, Position] = field(default_factory=dict)

    def of(self, path: str) -> Position:
        """Where the part is written, or the nearest part around it that is."""
        while path:
            if path in self.values:
                return self.values[path]
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.values.get("", START)

    def of_key(self, path: str) -> Position:
        """Where the name of a field is written."""
        return self.keys.get(path) or self.of(path)


def locate(findings: Iterable[Finding], positions: Positions, file: str) -> list[Located]:
    """Put findings where their parts are written."""
    return [at(finding, positions.of(finding.path), file) for finding in findings]


def at(finding: Finding, position: Position, file: str) -> Located:
    """Put a finding at a line and a column."""
    return Located(
        path=finding.path,
        message=finding.message,
        hint=finding.hint,
        severity=finding.severity,
        where=finding.where,
        file=file,
        line=position[0],
        column=position[1],
    )
