"""A row of a file of attendees is understood whole, or refused with its line and a reason."""

import csv
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from contract.limits import BADGE_CHARS_MAX
from hub.config import ConfigFault
from hub.core.events import Value
from hub.core.profile import COLOUR_ATTRIBUTE
from hub.store.people import NewPerson

ROWS_MAX: Final = 100_000
TEXT_CHARS_MAX: Final = 2_000
"""Longest cell."""
SEPARATOR: Final = ";"
"""Between several values in one cell."""
FIELDS: Final = ("name", "email", "phone", "company", "badge", "consents", "key")
PURPOSES: Final = frozenset({"lights", "music", "presence", "push", "rewards"})

_COLOUR = re.compile(r"#[0-9a-fA-F]{6}")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+")


class Row(Struct, frozen=True):
    """A person and the line they stand on."""

    line: int
    person: NewPerson


class PeopleFile(Struct, frozen=True):
    """Everybody who could be read, and who could not, each with line and reason."""

    rows: list[Row]
    refused: list[tuple[int, str]]


class BadRow(Exception):  # noqa: N818 - the row is bad, the program is not
    """A row that cannot be meant; the text says why."""


def parse_map(text: str) -> dict[str, str]:
    """Read ``FIELD=COLUMN,...``.

    Raises:
        ConfigFault: not of that form.
    """
    found = {}
    for part in text.split(","):
        field, equals, column = part.partition("=")
        if part and not (equals and field.strip() and column.strip()):
            raise ConfigFault(f"--map {part!r}: write FIELD=COLUMN")
        if part:
            found[field.strip()] = column.strip()
    return found


def read_people(path: Path, mapping: str = "", consents: Sequence[str] = ()) -> PeopleFile:
    """Read a CSV file with a header, UTF-8.

    With a mapping only what is mapped is taken. Somebody's key, by which a second import knows
    them, is the field ``key``, else their e-mail, else their badge. A name may be given as
    ``first_name`` and ``last_name``.

    Raises:
        ConfigFault: it cannot be read, lacks a mapped column, has too many rows, or somebody is
            said to consent to what there is not.
    """
    _check_purposes(consents)
    wanted = parse_map(mapping)
    found = PeopleFile([], [])
    keys: dict[str, int] = {}
    badges: dict[str, int] = {}
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            table = csv.DictReader(file, restkey="")
            columns = _columns(path, wanted, table.fieldnames or [])
            for row in table:
                _take(found, columns, row, table.line_num, consents, keys, badges)
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise ConfigFault(f"{path}: {error}") from error
    return found


def _take(
    found: PeopleFile,
    columns: Mapping[str, str],
    row: Mapping[str, str | None],
    line: int,
    consents: Sequence[str],
    keys: dict[str, int],
    badges: dict[str, int],
) -> None:
    if len(found.rows) >= ROWS_MAX:
        raise ConfigFault(f"over {ROWS_MAX} people: import them in parts")
    try:
        person = _person(columns, row, consents)
        _only_once("key", str(person.source_key), line, keys)
        if person.badge is not None:
            _only_once("badge", person.badge, line, badges)
    except BadRow as reason:
        found.refused.append((line, str(reason)))
        return
    found.rows.append(Row(line, person))


def _columns(path: Path, wanted: Mapping[str, str], header: Sequence[str]) -> dict[str, str]:
    lost = [column for column in wanted.values() if column not in header]
    if lost or not header:
        there = ", ".join(header) or "nothing"
        raise ConfigFault(f"{path} has no column {', '.join(lost)}; it has {there}")
    return dict(wanted) if wanted else {name: name for name in header}


def _person(
    columns: Mapping[str, str], row: Mapping[str, str | None], given: Sequence[str]
) -> NewPerson:
    if "" in row:
        raise BadRow("more cells than columns")
    cells = {field: (row.get(column) or "").strip() for field, column in columns.items()}
    long = [field for field, text in cells.items() if len(text) > TEXT_CHARS_MAX]
    if long:
        raise BadRow(f"{long[0]} is over {TEXT_CHARS_MAX} characters")
    said = {field: _value(text) for field, text in cells.items() if text and field not in FIELDS}
    name = cells.get("name") or f"{cells.get('first_name', '')} {cells.get('last_name', '')}"
    email, badge = cells.get("email", "").lower(), cells.get("badge", "")
    key = cells.get("key") or email or badge
    _check(name.strip(), email, badge, key, said)
    consents = [part.strip() for part in cells.get("consents", "").split(SEPARATOR) if part.strip()]
    _check_row_purposes(consents)
    known: dict[str, Value] = {
        "email": email or None, "company": cells.get("company") or None, **said
    }  # fmt: skip
    return NewPerson(
        name=name.strip(), email=email or None, phone=cells.get("phone") or None,
        company=cells.get("company") or None, badge=badge or None, source_key=f"import/{key}",
        attributes={field: value for field, value in known.items() if value is not None},
        consents=sorted({*consents, *given}),
    )  # fmt: skip


def _value(text: str) -> Value:
    if SEPARATOR in text:
        return [part.strip() for part in text.split(SEPARATOR) if part.strip()]
    return text


def _check(name: str, email: str, badge: str, key: str, said: Mapping[str, Value]) -> None:
    colour = said.get(COLOUR_ATTRIBUTE)
    for wrong, reason in (
        (not name, "no name"),
        (not key, "no key, e-mail or badge to know them by"),
        (email and not _EMAIL.fullmatch(email), f"{email!r} is no e-mail address"),
        (len(badge) > BADGE_CHARS_MAX, f"the badge is over {BADGE_CHARS_MAX} characters"),
        (
            colour is not None and not _COLOUR.fullmatch(str(colour)),
            f"{COLOUR_ATTRIBUTE} {colour!r} is not written #rrggbb",
        ),
    ):
        if wrong:
            raise BadRow(reason)


def _only_once(what: str, text: str, line: int, seen: dict[str, int]) -> None:
    if text in seen:
        raise BadRow(f"the same {what} stands on line {seen[text]}")
    seen[text] = line


def _check_row_purposes(consents: Sequence[str]) -> None:
    unknown = sorted(set(consents) - PURPOSES)
    if unknown:
        raise BadRow(f"no purpose {', '.join(unknown)}; there are {', '.join(sorted(PURPOSES))}")


def _check_purposes(consents: Sequence[str]) -> None:
    try:
        _check_row_purposes(consents)
    except BadRow as error:
        raise ConfigFault(f"--consents: {error}") from error
