"""People of whom only a badge is known: who they are, who they turn out to be, and their end."""

from collections.abc import Iterator

from hub.core import events as ev
from hub.core.persons import WALK_IN
from hub.people.errors import Nobody
from hub.store import Store
from hub.store.desk import ROWS_MAX, DeskReads, WalkIn


def walk_ins(store: Store, before_ms: int | None = None) -> Iterator[WalkIn]:
    """Yield walk-ins by their ids; with ``before_ms`` those who were not seen at it or later."""
    reads, after = DeskReads(store.database, store.event), ""
    while rows := reads.walk_ins(after, ROWS_MAX):
        yield from (one for one in rows if before_ms is None or one.last_ms < before_ms)
        after = rows[-1].person


def claim(store: Store, walk_in: str, person: str, now_ms: int) -> ev.Event:
    """The event by which a walk-in turns out to be somebody who is registered.

    Whoever gets the badge of a walk-in is who they were; without a badge they are merged.

    Raises:
        Nobody: ``walk_in`` is none, or is somebody already.
    """
    if not walk_in.startswith(WALK_IN) or not store.load_people([walk_in]):
        raise Nobody(f"{walk_in!r} is no walk-in: foyer people walk-ins lists them")
    if store.resolve(walk_in) != walk_in:
        raise Nobody(f"{walk_in!r} turned out to be {store.resolve(walk_in)!r} already")
    badges = store.people.badges_of(walk_in)
    if badges:
        return ev.Leased(badges[0], store.resolve(person), now_ms)
    return ev.Merged(store.resolve(person), walk_in, now_ms, "a walk-in turned out to be them")
