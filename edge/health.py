"""Birth and repeated health are the same message; only the figures differ."""

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version

from contract.envelope import Health
from edge.outbox import Outbox

DISTRIBUTION = "foyer"
FULL_OF_TAPS = "the outbox is over its bound and holds nothing that may be given up"


def software() -> str:
    """Name and version of what runs here."""
    try:
        return f"{DISTRIBUTION} {version(DISTRIBUTION)}"
    except PackageNotFoundError:
        return DISTRIBUTION


def health_of(
    outbox: Outbox, session: int, boot_id: str, readers: list[str], notes: Iterable[str]
) -> Health:
    """Collect the figures; empty ``notes`` are left out."""
    full = FULL_OF_TAPS if outbox.room.over else ""
    return Health(
        session=session,
        alive=True,
        boot=boot_id,
        software=software(),
        readers=readers,
        outbox_rows=outbox.records.rows,
        outbox_bytes=outbox.room.used_bytes,
        evicted_rows=outbox.evicted_rows,
        clock_quality=outbox.anchor.quality,
        notes=[note for note in (*notes, full) if note],
    )
