"""A file is taken in bounded parts, each whole or not at all; what is refused waits, with reason.

Taking the same file again changes nothing: a record that says what its source has said before
costs no event.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.people.dry_run import EXAMPLES_MAX, FieldReport, dry_run
from hub.core.people.ground import Ground, ground_of, kinds_of
from hub.people.errors import BadRow, PeopleError
from hub.people.files import Numbered, RecordFile
from hub.people.joining import Join, Joining
from hub.people.records import person_of, understood
from hub.people.sources import Chosen, choose, made_ready, venue_of
from hub.store import QuarantineRow, Store
from hub.store.desk_import import DeskImport, Outcome
from hub.store.people import NewPerson
from hub.store.quarantine import PAYLOAD_BYTES_MAX, Held

AT_ONCE: Final = 200
"""Records taken in one transaction."""
HELD_SOURCE: Final = "import:"
"""How the source of a refused record begins in the quarantine."""
SAID_MAX: Final = 1_000
"""Most refusals, and most merges, that a report lists; all are counted."""

Progress = Callable[[int], None]
"""Is told how many more records are done."""


class Link(Struct, frozen=True):
    """Somebody new and the token of their page."""

    name: str
    email: str
    badge: str
    token: str
    person: str = ""


class Report(Struct, kw_only=True):
    """What came of a file, or in a dry run would come of it; lines are those of the file."""

    source: str
    dry_run: bool
    rows: int = 0
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    refused_rows: int = 0
    held: int = 0
    """Refused records that wait in the quarantine since now."""
    refused: list[tuple[int, str]] = []
    joins: list[Join] = []
    fields: list[FieldReport] = []
    unmapped: dict[str, int] = {}
    links: list[Link] = []

    @property
    def taken(self) -> int:
        """Rows that were not refused."""
        return self.new + self.updated + self.unchanged


class HeldRecord(Struct, frozen=True):
    """A refused record in the quarantine."""

    line: int
    record: dict[str, Any]


class Importer:
    """Takes one file of one source in."""

    def __init__(self, store: Store, chosen: Chosen, now_ms: int, *, dry_run: bool) -> None:
        venue = venue_of(store)
        self._store = store
        self._desk = DeskImport(store.database, store.event)
        self._chosen = chosen
        self._now_ms = now_ms
        self._ground: Ground = ground_of(venue)
        self._joining = Joining(store, kinds_of(venue), now_ms)
        self._seen: dict[str, int] = {}
        self._report = Report(source=chosen.source.name, dry_run=dry_run)

    def run(self, file: RecordFile, progress: Progress = lambda _: None) -> Report:
        """Take all records; each part is committed when the next one begins."""
        for start in range(0, len(file.records), AT_ONCE):
            some = file.records[start : start + AT_ONCE]
            self._some(some)
            progress(len(some))
        self._report.refused.sort()
        return self._report

    def take_one(self, one: Numbered) -> str | None:
        """Take a single record; returns why it is refused."""
        try:
            [came] = self._take([self._person(one)])
        except BadRow as reason:
            return f"line {one.line}: {reason}"
        return f"line {one.line}: {came.reason}" if came.reason else None

    def _some(self, records: Sequence[Numbered]) -> None:
        report = self._report
        report.rows += len(records)
        self._note_fields(records)
        good, refused = [], []
        for one in records:
            try:
                good.append((one, self._person(one)))
            except BadRow as reason:
                refused.append((one, str(reason)))
        known = self._desk.people_of([str(new.source_key) for _, new in good])
        came = self._take([new for _, new in good])
        for (one, new), outcome in zip(good, came, strict=True):
            self._note(one, new, outcome, refused)
        told = [(one.line, new, known.get(str(new.source_key), ""))
                for (one, new), outcome in zip(good, came, strict=True)
                if outcome.came in {"new", "updated"}]  # fmt: skip
        report.joins += self._joining.foresee(told)[: SAID_MAX - len(report.joins)]
        self._refuse(refused)

    def _person(self, one: Numbered) -> NewPerson:
        mapped = understood(self._chosen, one, self._ground)
        new = person_of(self._chosen, one, mapped, self._ground)
        for what, said in (("key", new.source_key), ("badge", new.badge)):
            if said is None:
                continue
            line = self._seen.setdefault(f"{what} {said}", one.line)
            if line != one.line:
                raise BadRow(f"the same {what} stands on line {line}")
        return new

    def _take(self, new: list[NewPerson]) -> list[Outcome]:
        if self._report.dry_run:
            return self._desk.plan(new, self._now_ms)
        return self._desk.take(new, self._now_ms)

    def _note(
        self, one: Numbered, new: NewPerson, came: Outcome, refused: list[tuple[Numbered, str]]
    ) -> None:
        report = self._report
        match came.came:
            case "new":
                report.new += 1
            case "updated":
                report.updated += 1
            case "unchanged":
                report.unchanged += 1
            case _:
                refused.append((one, came.reason))
        if came.link_token is not None:
            link = Link(new.name, new.email or "", new.badge or "", came.link_token, came.person)
            report.links.append(link)

    def _refuse(self, refused: list[tuple[Numbered, str]]) -> None:
        report = self._report
        report.refused_rows += len(refused)
        room = SAID_MAX - len(report.refused)
        report.refused += [(one.line, reason) for one, reason in refused][:room]
        if refused and not report.dry_run:
            source = f"{HELD_SOURCE}{self._chosen.source.name}"
            rows = [_held(source, self._ready(one), reason, self._now_ms)
                    for one, reason in refused]  # fmt: skip
            report.held += self._desk.hold(rows)

    def _ready(self, one: Numbered) -> Numbered:
        """A refused row of a plain file under the names of fields, as it is taken again later."""
        if not self._chosen.columns:
            return one
        fields = {field: one.record.get(column) for field, column in self._chosen.columns.items()}
        if self._chosen.given:
            said = str(fields.get("consents") or "")
            fields["consents"] = ";".join(filter(None, (said, *self._chosen.given)))
        return Numbered(one.line, {field: value for field, value in fields.items() if value})

    def _note_fields(self, records: Sequence[Numbered]) -> None:
        """Say of a mapped source what became of each of its fields."""
        if self._chosen.is_plain or not self._report.dry_run:
            return
        ready = list(_ready_of(self._chosen, records))
        some, report = dry_run(self._chosen.source, ready, self._ground), self._report
        pairs = zip(report.fields, some.fields, strict=True) if report.fields else ()
        report.fields = [_both(*pair) for pair in pairs] or list(some.fields)
        for name, count in some.unmapped.items():
            report.unmapped[name] = report.unmapped.get(name, 0) + count


def import_file(
    store: Store, file: RecordFile, chosen: Chosen, now_ms: int, *, dry_run: bool,
    progress: Progress = lambda _: None,
) -> Report:  # fmt: skip
    """Take a file in, or say what would come of it. Repeatable."""
    return Importer(store, chosen, now_ms, dry_run=dry_run).run(file, progress)


def held_of(store: Store, source: str = "") -> Iterator[Held]:
    """Yield the refused records that wait, of one source or all; those that came first, last."""
    before: int | None = None
    wanted = f"{HELD_SOURCE}{source}"
    while rows := store.quarantine.rows(before_id=before, limit=500):
        yield from (
            row
            for row in rows
            if (row.source == wanted if source else row.source.startswith(HELD_SOURCE))
        )
        before = rows[-1].id


def take_again(store: Store, held: Held, now_ms: int) -> str | None:
    """Take a refused record in with the mapping as it is now; returns why it is refused again."""
    name = held.source.removeprefix(HELD_SOURCE)
    try:
        record = msgspec.json.decode(held.payload, type=HeldRecord)
        columns = tuple(record.record)
        file = RecordFile("the record", [Numbered(record.line, record.record)], columns)
        importer = Importer(store, choose(venue_of(store), file, name), now_ms, dry_run=False)
        reason = importer.take_one(file.records[0])
    except msgspec.DecodeError as error:
        return f"the record was too long to be kept whole: {error}"
    except PeopleError as error:
        return str(error)
    if reason is None:
        store.quarantine.replayed(held.id, now_ms)
    return reason


def _ready_of(chosen: Chosen, records: Sequence[Numbered]) -> Iterator[dict[str, Any]]:
    for one in records:
        try:
            yield made_ready(chosen, one.record)
        except BadRow:
            continue


def _both(mine: FieldReport, more: FieldReport) -> FieldReport:
    return FieldReport(
        mine.to,
        mine.mapped + more.mapped,
        mine.missing + more.missing,
        mine.problems + more.problems,
        (*mine.examples, *more.examples)[:EXAMPLES_MAX],
    )


def _held(source: str, one: Numbered, reason: str, now_ms: int) -> QuarantineRow:
    payload = msgspec.json.encode(HeldRecord(one.line, one.record))
    return QuarantineRow(source, "", f"line {one.line}: {reason}", payload[:PAYLOAD_BYTES_MAX],
                         now_ms)  # fmt: skip
