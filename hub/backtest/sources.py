"""Where facts come from: a store, or a file. Both can be read again, in another process too."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
from msgspec import Struct

from hub.backtest import recording
from hub.backtest.facts import Fact, fact_of, is_fact
from hub.core import document as doc
from hub.store import PublishedVenue, Store


class StoreSource(Struct, frozen=True, tag=True):
    """The log of an installation up to a position; more may be written behind it meanwhile."""

    url: str
    event: str
    last_pos: int

    def facts(self) -> Iterator[Fact]:
        """The facts, in order.

        Raises:
            StoreError: the database cannot be read.
        """
        with Store(self.url, self.event) as store:
            yield from facts_in(store, self.last_pos)


class FileSource(Struct, frozen=True, tag=True):
    """A recorded event, which was checked."""

    path: str

    def facts(self) -> Iterator[Fact]:
        """The facts, in order."""
        return recording.facts(Path(self.path))


Source = StoreSource | FileSource


class Setting(Struct, frozen=True):
    """The event that the facts are of."""

    source: Source
    live: doc.Venue
    version: int
    """Of the document that is live."""
    begins_ms: int
    """When the first document was put in force, Unix ms."""
    ends_ms: int
    """Until when things fall due."""
    settle_ms: int
    rows: int
    """About how many facts there are, for who waits."""


def facts_in(store: Store, last_pos: int) -> Iterator[Fact]:
    """The facts of a log up to a position."""
    for row in store.log_from():
        if row.pos > last_pos:
            return
        if is_fact(row):
            yield fact_of(row)


def of_file(path: Path) -> Setting:
    """A recorded event.

    Raises:
        RecordingFault: it is none; the text names the line.
        OSError: it cannot be read.
    """
    checked = recording.check(path)
    header = checked.header
    return Setting(
        source=FileSource(str(path)),
        live=header.venue,
        version=1,
        begins_ms=header.begins_ms,
        ends_ms=header.ends_ms,
        settle_ms=header.settle_ms,
        rows=checked.facts,
    )


def of_store(
    store: Store, url: str, published: PublishedVenue, settle_ms: int, now_ms: int
) -> Setting:
    """An installation as it is now, with the document that is ``published``.

    ``url`` is where another process finds the database.
    """
    last_pos = store.last_pos()
    first = next(store.log_from(limit=1), None)
    return Setting(
        source=StoreSource(url, store.event, last_pos),
        live=msgspec.json.decode(published.document, type=doc.Venue),
        version=published.version,
        begins_ms=now_ms if first is None else first.recorded_ms,
        ends_ms=now_ms,
        settle_ms=settle_ms,
        rows=last_pos,
    )
