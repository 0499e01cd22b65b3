"""A page of the documentation as what it says: sections, tables, fenced examples, code spans."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
PAGES: Final = tuple(sorted([ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]))

_FENCE: Final = re.compile(r"^```([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_SPAN: Final = re.compile(r"`([^`\n]+)`")
_HEADING: Final = re.compile(r"^(#+) (.+)$", re.MULTILINE)
_LINK: Final = re.compile(r"\]\(([^)\s]+)\)")


@dataclass(frozen=True, slots=True)
class Example:
    """A fenced block: what its fence says (``yaml rules``), its text, and where it begins."""

    kind: str
    text: str
    where: str


@dataclass(frozen=True, slots=True)
class Page:
    """One file."""

    path: Path
    text: str

    @property
    def name(self) -> str:
        """Its path in the repository."""
        return str(self.path.relative_to(ROOT))

    @property
    def prose(self) -> str:
        """The text without its examples."""
        return _FENCE.sub("", self.text)

    def examples(self, kind: str) -> list[Example]:
        """Examples whose fence begins with the words of ``kind``, in order."""
        return [
            Example(
                found[1], found[2], f"{self.name}:{self.text[: found.start()].count(chr(10)) + 1}"
            )
            for found in _FENCE.finditer(self.text)
            if found[1].split()[: len(kind.split())] == kind.split()
        ]

    def spans(self) -> list[str]:
        """Everything written as code within sentences."""
        return _SPAN.findall(self.prose)

    def links(self) -> list[str]:
        """Where its links lead."""
        return _LINK.findall(self.prose)

    def anchors(self) -> set[str]:
        """Its headings as links name them."""
        return {_slug(title) for _, title in _HEADING.findall(self.prose)}

    def headings(self, under: str) -> list[str]:
        """The headings one level below the heading ``under``."""
        section = self.section(under)
        level = len(self._heading(under)[1])
        return [title for marks, title in _HEADING.findall(section) if len(marks) == level + 1]

    def section(self, title: str, under: str = "") -> str:
        """The text between a heading and the next of its level or above."""
        text = self.section(under) if under else self.text
        found = self._heading(title, text)
        rest = text[found.end() :]
        after = re.search(rf"^#{{1,{len(found[1])}}} ", rest, re.MULTILINE)
        return rest[: after.start()] if after else rest

    def table(self, title: str, under: str = "") -> list[list[str]]:
        """The rows of the first table under a heading, without its head; code marks taken off."""
        return table_in(self.section(title, under))

    def _heading(self, title: str, text: str | None = None) -> re.Match[str]:
        pattern = rf"^(#+) {re.escape(title)}$"
        found = re.search(pattern, self.text if text is None else text, re.MULTILINE)
        assert found is not None, f"{self.name} has no heading {title!r}"
        return found


def page(name: str) -> Page:
    """Read one page, named from the top of the repository."""
    path = ROOT / name
    return Page(path, path.read_text(encoding="utf-8"))


def table_in(text: str) -> list[list[str]]:
    """The rows of the first table in ``text``."""
    rows: list[list[str]] = []
    for line in text.splitlines():
        if line.startswith("|"):
            rows.append([_plain(cell) for cell in line.strip().strip("|").split(" | ")])
        elif rows:
            break
    assert len(rows) > 2, f"no table in {text[:80]!r}"
    return rows[2:]


def column(rows: list[list[str]], number: int = 0) -> list[str]:
    """One column of a table."""
    return [row[number] for row in rows]


def _plain(cell: str) -> str:
    cell = cell.strip().strip("|").strip()
    whole = re.fullmatch(r"`([^`]+)`", cell)
    return whole[1] if whole else cell


def _slug(title: str) -> str:
    return re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
