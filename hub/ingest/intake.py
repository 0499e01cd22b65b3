"""From payloads to readings: each record once, dated, placed, or set aside with its reason.

Nothing here decides what a reading means. What is malformed is quarantined whole when its envelope
cannot be read, and record by record when it can, so that one bad record costs no good one.
"""

from collections.abc import Iterator
from hashlib import sha256
from typing import Final

import msgspec
from msgspec import Struct

from contract import topics
from contract.codec import decode
from contract.envelope import Batch, Clock, Health, Reported, StreamPosition
from contract.errors import ContractError, MalformedPayload
from contract.limits import BATCH_RECORDS_MAX, PAYLOAD_BYTES_MAX
from contract.readings import Gap, Record, Sighting, Tap
from hub.core.compiled import Compiled
from hub.ingest.dating import base_ms_of, event_time_ms
from hub.ingest.positions import START, Range, added, has_room, missing

QUARANTINED_PAYLOAD_BYTES_MAX: Final = 4_096
"""Most bytes of a refused payload that are kept to look at."""

REMEMBERED_REFUSALS_MAX: Final = 10_000
"""Refused payloads that are remembered, so that one that is sent again is not noted again."""


class Reading(Struct, frozen=True):
    """A record that is new, with where and when it happened (Unix milliseconds)."""

    edge: str
    place: str
    key: str
    at_ms: int
    record: Tap | Sighting


class Heard(Struct, frozen=True):
    """New sightings of one batch: ``base_ms + boot_ms`` is when each was, unless it says so."""

    edge: str
    readers: dict[str, str]
    base_ms: int
    sightings: list[Sighting]


class GapSeen(Struct, frozen=True):
    """An edge gave up sightings; ``at_ms`` to ``until_ms`` is the stretch they were from."""

    edge: str
    key: str
    at_ms: int
    until_ms: int
    rows: int
    reason: str


class Refused(Struct, frozen=True):
    """Something that could not be taken in."""

    lane: str
    edge: str
    reason: str
    payload: bytes
    badge: str | None = None


class EdgeHealth(Struct, frozen=True):
    """An edge was born, said how it is, or died."""

    edge: str
    health: Health


class EdgeReported(Struct, frozen=True):
    """An edge said which configuration it runs."""

    edge: str
    reported: Reported


Taken = Reading | Heard | GapSeen | Refused | EdgeHealth | EdgeReported


class _LooseBatch(Struct, frozen=True):
    """A batch whose records are looked at one by one."""

    v: int
    stream: str
    first: int
    boot: str
    clock: Clock
    records: list[msgspec.Raw]
    sent_boot_ms: int | None = None


_UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_loose = msgspec.json.Decoder(_LooseBatch)
_record = msgspec.json.Decoder(Record)


class Intake:
    """Keeps each stream's position, as committed and as it will be after the group in hand."""

    def __init__(self, event: str) -> None:
        self._event = event
        self._refused: dict[bytes, None] = {}
        self.positions: dict[tuple[str, str], StreamPosition] = {}
        self.touched: set[tuple[str, str]] = set()
        """Streams heard of since the last commit: their edges are told where they stand."""

    def load(self, positions: dict[tuple[str, str], StreamPosition]) -> None:
        """Begin from what is committed."""
        self.positions = dict(positions)
        self.touched.clear()
        self._refused.clear()

    def take(
        self, topic: str, payload: bytes, received_ms: int, rules: Compiled | None
    ) -> Iterator[Taken]:
        """Read one message. ``rules`` says which edges and places there are."""
        try:
            address = topics.parse_up(topic)
            yield from self._lane(address, payload, received_ms, rules)
        except ContractError as error:
            edge = topic.split("/")[2] if topic.count("/") > 1 else ""
            yield from self._refuse(topic, edge, str(error), payload)

    def _lane(
        self, address: topics.Address, payload: bytes, received_ms: int, rules: Compiled | None
    ) -> Iterator[Taken]:
        match address.lane:
            case "health":
                yield EdgeHealth(address.edge, decode(payload, Health))
            case "reported":
                yield EdgeReported(address.edge, decode(payload, Reported))
            case "taps" | "sightings":
                yield from self._batch(address, payload, received_ms, rules)
            case _:
                raise MalformedPayload(f"a question on lane {address.lane} that cannot be read")

    def _batch(
        self, address: topics.Address, payload: bytes, received_ms: int, rules: Compiled | None
    ) -> Iterator[Taken]:
        readers = rules.edges.get(address.edge) if rules is not None else None
        if readers is None:
            reason = f"unknown device: no edge {address.edge!r} is part of this venue"
            yield from self._refuse(address.lane, address.edge, reason, payload)
            return
        batch, bad = self._decode(payload)
        stream = (address.edge, batch.stream)
        self.touched.add(stream)
        # Taken out and put back last: of many streams of an edge the newest are told.
        position = self.positions.pop(stream, START)
        last = batch.first + len(batch.records) + len(bad) - 1
        after = added(position, batch.first, last)
        self.positions[stream] = after if has_room(after) else position
        if not has_room(after):
            return
        fresh = missing(position, batch.first, last)
        base_ms = base_ms_of(batch, received_ms)
        together = set(map(type, batch.records)) == {Sighting}
        if address.lane == "sightings" and base_ms is not None and together and not bad:
            yield from self._heard(address.edge, batch, fresh, base_ms, readers)
            return
        records = iter(batch.records)
        for index in range(last - batch.first + 1):
            sequence = batch.first + index
            refusal = bad.get(index)
            record = None if refusal else next(records)
            if not any(low <= sequence <= high for low, high in fresh):
                continue
            if refusal is not None or record is None:
                yield from self._refuse(address.lane, address.edge, str(refusal), payload)
                continue
            yield self._place(address, batch, sequence, record, received_ms, readers)

    @staticmethod
    def _heard(
        edge: str, batch: Batch, fresh: list[Range], base_ms: int, readers: dict[str, str]
    ) -> Iterator[Taken]:
        """The way of nearly all there is: sightings pass through together, not one by one."""
        for low, high in fresh:
            records = batch.records[low - batch.first : high - batch.first + 1]
            yield Heard(edge, readers, base_ms, records)  # type: ignore[arg-type]

    def _decode(self, payload: bytes) -> tuple[Batch, dict[int, str]]:
        """Read a batch; bad records of a readable envelope come back by index, with the reason."""
        try:
            return decode(payload, Batch), {}
        except MalformedPayload as error:
            if len(payload) > PAYLOAD_BYTES_MAX:
                raise
            return self._decode_loosely(payload, error)

    def _decode_loosely(
        self, payload: bytes, refusal: MalformedPayload
    ) -> tuple[Batch, dict[int, str]]:
        try:
            loose = _loose.decode(payload)
            head = msgspec.structs.asdict(loose) | {"records": [_NOTHING]}
            checked = msgspec.convert(msgspec.to_builtins(head), Batch)
        except _UNREADABLE:
            raise refusal from None
        if not 1 <= len(loose.records) <= BATCH_RECORDS_MAX:
            raise refusal
        good: list[Record] = []
        bad: dict[int, str] = {}
        for index, raw in enumerate(loose.records):
            try:
                good.append(_record.decode(raw))
            except _UNREADABLE as error:
                bad[index] = f"record {loose.first + index}: {error}"
        return msgspec.structs.replace(checked, records=good), bad

    def _place(
        self,
        address: topics.Address,
        batch: Batch,
        sequence: int,
        record: Record,
        received_ms: int,
        readers: dict[str, str],
    ) -> Taken:
        key = f"{address.edge}/{batch.stream}/{sequence}"
        at_ms = event_time_ms(batch, record, received_ms)
        if at_ms is None:
            reason = f"record {sequence} cannot be dated: the edge's clock was never set that boot"
            return self._one(address, batch, sequence, record, reason)
        if isinstance(record, Gap):
            if record.last < record.first:
                reason = f"record {sequence}: a gap from {record.first} back to {record.last}"
                return self._one(address, batch, sequence, record, reason)
            return self._gap(address, record, key, at_ms)
        place = place_of(readers, record.reader)
        if place is None:
            reason = f"edge {address.edge!r} has no reader {record.reader!r}"
            return self._one(address, batch, sequence, record, reason)
        if not (record.badge.isprintable() and _key_of(record).isprintable()):
            reason = f"record {sequence}: a badge or key with control characters"
            return self._one(address, batch, sequence, record, reason)
        if isinstance(record, Tap) and record.key is not None:
            key = f"tap:{record.key}"
        return Reading(address.edge, place, key, at_ms, record)

    def _gap(self, address: topics.Address, gap: Gap, key: str, at_ms: int) -> GapSeen:
        stream = (address.edge, gap.stream)
        self.positions[stream] = added(self.positions.get(stream, START), gap.first, gap.last)
        self.touched.add(stream)
        offset_ms = at_ms - gap.boot_ms
        return GapSeen(
            edge=address.edge,
            key=key,
            at_ms=gap.from_boot_ms + offset_ms,
            until_ms=gap.until_boot_ms + offset_ms,
            rows=gap.last - gap.first + 1,
            reason=gap.reason,
        )

    def again(self, edge: str, payload: bytes, received_ms: int, rules: Compiled) -> list[Taken]:
        """Read a batch from the quarantine once more, whatever its stream's position is.

        Raises:
            ContractError: it still cannot be read, or the edge is still unknown.
        """
        readers = rules.edges.get(edge)
        if readers is None:
            raise MalformedPayload(f"no edge {edge!r} is part of this venue")
        batch = decode(payload, Batch)
        address = topics.Address(self._event, edge, "taps")
        taken = [
            self._place(address, batch, batch.first + index, record, received_ms, readers)
            for index, record in enumerate(batch.records)
        ]
        if not any(isinstance(one, Refused) for one in taken):
            self._count(edge, batch)
        return taken

    def _count(self, edge: str, batch: Batch) -> None:
        """What is taken from the quarantine need not come again."""
        stream = (edge, batch.stream)
        last = batch.first + len(batch.records) - 1
        after = added(self.positions.get(stream, START), batch.first, last)
        if has_room(after):
            self.positions[stream] = after
            self.touched.add(stream)

    def _one(
        self, address: topics.Address, batch: Batch, sequence: int, record: Record, reason: str
    ) -> Refused:
        """Set one record aside in a form in which it can be taken in again."""
        alone = msgspec.structs.replace(batch, first=sequence, records=[record])
        badge = None if isinstance(record, Gap) else printable(record.badge)
        return Refused(address.lane, address.edge, reason, msgspec.json.encode(alone), badge)

    def _refuse(self, lane: str, edge: str, reason: str, payload: bytes) -> Iterator[Refused]:
        digest = sha256(f"{edge}\0{reason}\0".encode() + payload).digest()
        if digest in self._refused:
            return
        if len(self._refused) >= REMEMBERED_REFUSALS_MAX:
            self._refused.clear()
        self._refused[digest] = None
        yield Refused(lane, edge, reason, payload[:QUARANTINED_PAYLOAD_BYTES_MAX])


def printable(text: str) -> str:
    """The text in a form that any page and database can hold."""
    return text if text.isprintable() else ascii(text)


def _key_of(record: Tap | Sighting) -> str:
    return (record.key or "") if isinstance(record, Tap) else ""


def place_of(readers: dict[str, str], reader: str) -> str | None:
    """The place of a reader; where an edge has but one place, any reader of it is there."""
    place = readers.get(reader) or readers.get("*")
    if place is None and len(readers) == 1:
        return next(iter(readers.values()))
    return place


_NOTHING: Final = Tap("-", "-", 0)
"""Stands in for the records while the envelope around bad ones is checked."""
