"""An attendee is one row of a CSV file, with what they said about themselves at registration."""

import csv
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.demo.errors import UnreadablePeople

PEOPLE_MAX: Final = 20_000
"""Most attendees read from one file."""

SEPARATOR: Final = ";"
"""Between several values in one cell."""

COLUMNS: Final = (
    "badge", "first_name", "last_name", "email", "company",
    "favourite_colour", "favourite_artists", "consents",
)  # fmt: skip
"""Columns that the file must have; others are ignored."""


class Attendee(Struct, frozen=True):
    """Somebody who registered, and the badge they were given."""

    badge: str
    first_name: str
    last_name: str
    email: str
    company: str
    favourite_colour: str | None
    """``#rrggbb``, or None for those who chose none."""
    favourite_artists: tuple[str, ...]
    consents: tuple[str, ...]

    @property
    def attributes(self) -> dict[str, str | list[str]]:
        """The attributes of the profile; what was not said is left out, not empty."""
        said: dict[str, str | list[str] | None] = {
            "first_name": self.first_name,
            "last_name": self.last_name,
            "email": self.email,
            "company": self.company,
            "favourite_colour": self.favourite_colour,
            "favourite_artists": list(self.favourite_artists),
        }
        return {name: value for name, value in said.items() if value}


def read_people(path: Path) -> list[Attendee]:
    """Read the attendees in ``path``, a UTF-8 CSV file with the columns ``COLUMNS``.

    Raises:
        UnreadablePeople: a column is missing, a badge is missing or stands twice, or there are
            more than ``PEOPLE_MAX`` rows.
        OSError: the file cannot be opened.
    """
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        missing = [name for name in COLUMNS if name not in (rows.fieldnames or [])]
        if missing:
            raise UnreadablePeople(f"{path.name} has no column {', '.join(missing)}")
        people = [_attendee(row) for row in rows]
    _check(people, path.name)
    return people


def _attendee(row: dict[str, str | None]) -> Attendee:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    return Attendee(
        badge=cell["badge"],
        first_name=cell["first_name"],
        last_name=cell["last_name"],
        email=cell["email"],
        company=cell["company"],
        favourite_colour=cell["favourite_colour"] or None,
        favourite_artists=_several(cell["favourite_artists"]),
        consents=_several(cell["consents"]),
    )


def _several(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(SEPARATOR) if part.strip())


def _check(people: list[Attendee], name: str) -> None:
    if len(people) > PEOPLE_MAX:
        raise UnreadablePeople(f"{name} has {len(people)} rows, over the limit of {PEOPLE_MAX}")
    seen: set[str] = set()
    for row, person in enumerate(people, start=2):
        if not person.badge or person.badge in seen:
            raise UnreadablePeople(f"{name} row {row}: badge {person.badge!r} is missing or twice")
        seen.add(person.badge)
