"""Makes an installation ready: tables, the hub's own devices, the venue, the first account.

Every step may be taken again and changes nothing the second time.
"""

from collections.abc import Callable
from hashlib import sha256
from pathlib import Path

import msgspec

from hub import reading
from hub.config import ConfigFault, one_line
from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import compile_venue
from hub.core.errors import RulesFault
from hub.home import HUB_NAMES, Home
from hub.store import Store


def read_venue(path: Path) -> doc.Venue:
    """Read a venue's document from YAML or JSON and check it whole.

    Raises:
        ConfigFault: it cannot be read or meant; the text names the file, the place, and what is
            wrong there.
    """
    try:
        read = reading.read_venue(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigFault(one_line(f"{path}: {error}")) from error
    if read.venue is None or not read.is_right:
        raise ConfigFault("\n".join(found.one_line() for found in read.of("error")))
    try:
        compile_venue(read.venue, version=1)
    except RulesFault as error:
        raise ConfigFault(one_line(f"{path}: {error}")) from error
    return read.venue


def apply_venue(
    store: Store, venue: doc.Venue, by: str, now_ms: int, *, past: bool = False
) -> str | None:
    """Leave the command that puts a venue in force; None when it is in force already.

    With ``past`` what has happened before makes its rules true as well. Returns the command's key.
    """
    document = msgspec.json.encode(venue).decode()
    current = store.venue_at()
    if current is not None and current.document == document and not past:
        return None
    version = (current.version if current else 0) + 1
    key = f"venue/{version}/{sha256(document.encode()).hexdigest()[:16]}"
    store.add_command(key, ev.VenuePublished(version, now_ms, document, by, past), now_ms)
    return key


def prepare(home: Home, venue: doc.Venue | None, say: Callable[[str], None]) -> None:
    """Bring the database up to date and have devices, an account and, if given, the venue."""
    now_ms = home.clock().wall_ms()
    store = home.store()
    store.start(migrate=True)
    try:
        for name in HUB_NAMES:
            home.ensure_device(store, name, "hub", now_ms)
        if venue is not None:
            for edge in venue.edges:
                home.ensure_device(store, edge.name, "edge", now_ms)
            asked = {row.key for row in store.pending_commands()}
            key = apply_venue(store, venue, "foyer", now_ms)
            if key is not None and key not in asked:
                say(f"venue {venue.event.name} with {len(venue.rules)} rules is put in force")
        home.export_devices(store)
        password = store.accounts.first_start(now_ms)
        if password is not None:
            say(f"sign in as organiser with the one-time password {password}")
    finally:
        store.stop()
