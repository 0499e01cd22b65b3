"""Whose a badge is, and was: every lease ends where the next one begins."""

import secrets
from typing import Final

from msgspec import Struct

from contract.limits import BADGE_CHARS_MAX
from hub.core.outcome import Note
from hub.people.errors import Nobody
from hub.store import Store
from hub.store.desk import DeskReads

IN_DRAWER: Final = "in the drawer"
KEY_BYTES: Final = 12


class Held(Struct, frozen=True):
    """A lease, with the name of whoever has it; ``person`` is None in the drawer."""

    from_ms: int
    person: str | None
    name: str


def checked_badge(badge: str) -> str:
    """The number of a badge without blanks around.

    Raises:
        Nobody: it is empty, or too long for a badge.
    """
    tidy = badge.strip()
    if not tidy or len(tidy) > BADGE_CHARS_MAX:
        raise Nobody(f"{badge!r} is no badge: it has 1 to {BADGE_CHARS_MAX} characters")
    return tidy


def holder_at(store: Store, badge: str, at_ms: int) -> str | None:
    """Who held a badge at an instant, as they are known now."""
    held = [lease for lease in DeskReads(store.database, store.event).leases(badge)
            if lease.from_ms <= at_ms]  # fmt: skip
    person = held[-1].person if held else None
    return None if person is None else store.resolve(person)


def history(store: Store, badge: str) -> list[Held]:
    """All leases of a badge, ascending."""
    found = []
    for lease in DeskReads(store.database, store.event).leases(badge):
        info = store.people.get(lease.person) if lease.person is not None else None
        name = IN_DRAWER if lease.person is None else "a walk-in" if info is None else info.name
        found.append(Held(lease.from_ms, lease.person, name))
    return found


def lose(store: Store, badge: str, now_ms: int) -> str:
    """Say that a badge is lost: it is nobody's from now on, and a note tells those who work here.

    The engine takes it as soon as it looks. Returns who had it.

    Raises:
        Nobody: nobody holds it.
    """
    holder = store.people.by_badge(badge)
    if holder is None:
        raise Nobody(f"nobody holds {badge!r}")
    key = f"badge/lost/{secrets.token_hex(KEY_BYTES)}"
    text = "It was lost. Whoever finds it gives it back at the desk; it opens nothing meanwhile."
    note = Note(key, now_ms, f"Badge {badge} is lost", text, None, holder)
    DeskReads(store.database, store.event).lose(badge, key, note)
    return holder
