"""Registers those who were read from a file; the links to their pages are for them alone."""

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from hub.broker.devices import replace_file
from hub.cli.people_file import PeopleFile, Row
from hub.store import Store
from hub.store.people import NewPerson

AT_ONCE: Final = 200
"""People registered in one transaction."""


class Link(Struct, frozen=True):
    """Somebody new and the token of their page."""

    name: str
    email: str
    badge: str
    token: str


class Imported(Struct, frozen=True):
    """What came of an import; ``refused`` are lines with reasons, ascending."""

    new: int
    known: int
    refused: list[tuple[int, str]]
    links: list[Link]


def import_people(store: Store, read: PeopleFile, now_ms: int, *, dry_run: bool) -> Imported:
    """Register everybody who was read and is not known. Repeatable."""
    refused, known = list(read.refused), 0
    new: list[NewPerson] = []
    for row in read.rows:
        is_known = store.people.by_source(str(row.person.source_key)) is not None
        reason = None if is_known else _taken(store, row)
        if reason is not None:
            refused.append((row.line, reason))
        elif is_known:
            known += 1
        else:
            new.append(row.person)
    links = [] if dry_run else _register(store, new, now_ms)
    return Imported(len(new), known, sorted(refused), links)


def _taken(store: Store, row: Row) -> str | None:
    badge = row.person.badge
    if badge is None or store.people.by_badge(badge) is None:
        return None
    return "somebody else holds that badge"


def _register(store: Store, people: Sequence[NewPerson], now_ms: int) -> list[Link]:
    links = []
    for start in range(0, len(people), AT_ONCE):
        some = people[start : start + AT_ONCE]
        for person, done in zip(some, store.people.register_all(some, now_ms), strict=True):
            if done.link_token is not None:
                badge = person.badge or ""
                links.append(Link(person.name, person.email or "", badge, done.link_token))
    return links


def page_of(public_url: str, token: str) -> str:
    """The address of somebody's own page."""
    return f"{public_url}/a/{token}"


def write_links(path: Path, links: list[Link], public_url: str) -> None:
    """Write a CSV of name, e-mail, badge and page, for its owner's eyes (mode 0600)."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(("name", "email", "badge", "page"))
    for one in links:
        table.writerow((one.name, one.email, one.badge, page_of(public_url, one.token)))
    replace_file(path, text.getvalue().encode())
