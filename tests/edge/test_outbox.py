"""What is on disk after all that can happen to it."""

import sqlite3
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contract.codec import encode
from contract.envelope import Batch
from contract.limits import BATCH_RECORDS_MAX, PAYLOAD_BYTES_MAX
from contract.readings import Gap, Record, Sighting, Tap
from edge.anchors import Anchor
from edge.errors import OutboxError, OutboxInUse
from edge.limits import OUTBOX_BYTES_MIN, SHRINK_ROWS
from edge.outbox import Lane, Outbox, Span
from edge.outbox.file import SCHEMA_VERSION

ANCHOR = Anchor(0, 1_000_000, "ntp")
ALL = Span(1, 10**9)


def opened(folder: Path, boot: str = "b007b007", bytes_max: int = 1 << 26) -> Outbox:
    outbox = Outbox(folder, bytes_max)
    outbox.start(boot, ANCHOR)
    return outbox


@pytest.fixture
def outbox(tmp_path: Path) -> Iterator[Outbox]:
    box = opened(tmp_path)
    yield box
    box.stop()


def tap(number: int) -> Tap:
    return Tap(f"b{number}", "door", number)


def sighting(number: int, boot_ms: int | None = None, badge: str | None = None) -> Sighting:
    boot_ms = number * 20_000 if boot_ms is None else boot_ms
    return Sighting(badge or f"b{number}", "hall", boot_ms, -60.0)


def add(outbox: Outbox, lane: Lane, *records: Record) -> None:
    with outbox.transaction():
        outbox.append(lane, records)
        outbox.make_room()


def kept(outbox: Outbox, lane: Lane) -> list[int]:
    return [row[0] for row in outbox.records.rows_from(lane, 1, 10**9)]


def test_what_is_committed_is_there_after_opening_again(tmp_path: Path) -> None:
    first = opened(tmp_path)
    add(first, "taps", tap(1), tap(2))
    with first.transaction():
        first.set_position("replay", "2")
    stream = first.records["taps"].id
    first.stop()
    again = opened(tmp_path)
    assert again.records["taps"].id == stream
    assert again.position("replay") == "2"
    part = again.slice("taps", ALL)
    assert part is not None
    assert (part.first, part.records) == (1, (tap(1), tap(2)))
    again.stop()


def test_starting_and_stopping_may_be_repeated(outbox: Outbox) -> None:
    outbox.start("0" * 8, ANCHOR)
    assert outbox.boots.get(outbox.boot)[0] == "b007b007"
    outbox.stop()
    outbox.stop()


def test_numbers_go_on_after_everything_was_forgotten(tmp_path: Path) -> None:
    first = opened(tmp_path)
    add(first, "taps", tap(1), tap(2))
    with first.transaction():
        first.records.drop("taps", [Span(1, 2)])
    first.stop()
    again = opened(tmp_path)
    add(again, "taps", tap(3))
    assert kept(again, "taps") == [3]
    again.stop()


def test_a_turn_that_fails_leaves_nothing(outbox: Outbox) -> None:
    add(outbox, "taps", tap(1))

    def fail() -> None:
        with outbox.transaction():
            outbox.append("taps", [tap(2)])
            outbox.set_position("replay", "2")
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert outbox.position("replay") is None
    assert outbox.records["taps"].rows == outbox.records["taps"].last == 1
    add(outbox, "taps", tap(3))
    assert kept(outbox, "taps") == [1, 2]


def test_a_disk_that_refuses_is_an_error_of_the_outbox(outbox: Outbox) -> None:
    outbox._open.execute("PRAGMA max_page_count = 16")
    with pytest.raises(OutboxError, match="full"):
        add(outbox, "taps", *map(tap, range(5_000)))
    outbox._open.execute("PRAGMA max_page_count = 100000")
    assert outbox.records.rows == 0
    add(outbox, "taps", tap(1))
    assert kept(outbox, "taps") == [1]


def test_a_second_agent_on_the_same_file_is_refused(outbox: Outbox) -> None:
    with pytest.raises(OutboxInUse, match="another agent"):
        Outbox(outbox.path.parent).start("b", ANCHOR)


@pytest.mark.parametrize("what", ["garbage", "truncated", "other version", "foreign"])
def test_an_unusable_file_is_moved_aside(tmp_path: Path, what: str) -> None:
    first = opened(tmp_path)
    add(first, "taps", *map(tap, range(2_000)))
    old = first.records["taps"].id
    first.stop()
    _spoil(first.path, what)
    again = opened(tmp_path)
    assert again.note is not None
    assert "outbox.db.broken-1" in again.note
    assert (tmp_path / "outbox.db.broken-1").exists()
    assert again.records["taps"].id != old
    add(again, "taps", tap(1))
    again.stop()


def _spoil(path: Path, what: str) -> None:
    if what == "garbage":
        path.write_bytes(b"not a database" * 1_000)
    elif what == "truncated":
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    else:
        version = SCHEMA_VERSION + 1 if what == "other version" else 0
        database = sqlite3.connect(path)
        database.execute(f"PRAGMA user_version = {version}")
        database.close()


def test_every_broken_file_is_kept(tmp_path: Path) -> None:
    for number in (1, 2):
        (tmp_path / "outbox.db").write_bytes(b"x" * 5_000)
        opened(tmp_path).stop()
        assert (tmp_path / f"outbox.db.broken-{number}").exists()


def test_a_folder_that_cannot_be_made_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(OutboxError, match="cannot write"):
        opened(tmp_path / "file" / "below")


def test_a_batch_never_mixes_boots_and_keeps_the_anchor_of_its_own(tmp_path: Path) -> None:
    first = opened(tmp_path, "aaaaaaaa")
    add(first, "taps", tap(1), tap(2))
    first.stop()
    again = Outbox(tmp_path)
    again.start("bbbbbbbb", Anchor(7, 7_000_000, "rtc"))
    add(again, "taps", tap(3))
    old, new = again.slice("taps", ALL), again.slice("taps", Span(3, 9))
    assert old is not None
    assert new is not None
    assert old.span == Span(1, 2)
    assert again.boots.get(old.boot) == ("aaaaaaaa", ANCHOR)
    assert again.boots.get(new.boot) == ("bbbbbbbb", Anchor(7, 7_000_000, "rtc"))
    again.stop()


def test_a_boot_without_records_is_forgotten_and_a_known_one_resumed(tmp_path: Path) -> None:
    for boot in ("aaaaaaaa", "bbbbbbbb"):
        opened(tmp_path, boot).stop()
    again = opened(tmp_path, "bbbbbbbb")
    assert [row[0] for row in again._open.execute("SELECT id FROM boots")] == ["bbbbbbbb"]
    with again.transaction():
        again.note_anchor(Anchor(5, 6, "hub", 1.5))
    again.stop()
    once_more = opened(tmp_path, "bbbbbbbb")
    assert once_more.anchor == Anchor(5, 6, "hub", 1.5)
    once_more.stop()


records = st.builds(
    Tap,
    badge=st.text(min_size=1, max_size=128),
    reader=st.text(min_size=1, max_size=64),
    boot_ms=st.integers(-(2**40), 2**40),
    key=st.none() | st.text(max_size=128),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(records, min_size=1, max_size=700))
def test_a_slice_always_fits_into_a_payload(some: list[Tap]) -> None:
    with TemporaryDirectory() as folder:
        outbox = opened(Path(folder))
        add(outbox, "taps", *some)
        part = outbox.slice("taps", ALL)
        assert part is not None
        batch = Batch(
            stream=outbox.records["taps"].id,
            first=2**53,
            boot="b" * 32,
            clock=Anchor(-(2**53), 2**53, "unset").on_wire(),
            sent_boot_ms=-(2**53),
            records=list(part.records),
        )
        assert len(encode(batch)) <= PAYLOAD_BYTES_MAX
        assert 1 <= len(part.records) <= BATCH_RECORDS_MAX
        assert list(part.records) == some[: len(part.records)]
        outbox.stop()


def test_taps_are_accepted_over_the_bound(tmp_path: Path) -> None:
    outbox = opened(tmp_path, bytes_max=OUTBOX_BYTES_MIN)
    add(outbox, "taps", *map(tap, range(3_000)))
    add(outbox, "sightings", sighting(1))
    assert outbox.records["taps"].rows == 3_000
    assert outbox.room.over
    outbox.stop()


def test_thinning_keeps_one_of_a_badge_and_reader_in_ten_seconds(tmp_path: Path) -> None:
    outbox = opened(tmp_path, bytes_max=OUTBOX_BYTES_MIN)
    seen = [sighting(0, s * 1_000, badge) for s in range(300) for badge in ("b1", "b2")]
    add(outbox, "sightings", *seen)
    while not outbox.evicted_rows:
        seen.append(sighting(0, len(seen) * 500, "b1"))
        add(outbox, "sightings", seen[-1])
    thinned = kept(outbox, "sightings")
    heads = [n for n in thinned if n <= 600]
    assert [seen[n - 1].boot_ms // 10_000 for n in heads] == [i // 2 for i in range(60)]
    assert not outbox.room.over
    outbox.stop()


def test_after_thinning_the_oldest_are_given_up_and_gaps_grow_together(tmp_path: Path) -> None:
    outbox = opened(tmp_path, bytes_max=OUTBOX_BYTES_MIN)
    for start in range(0, 6_000, 500):
        add(outbox, "sightings", *(sighting(n) for n in range(start, start + 500)))
    left = kept(outbox, "sightings")
    (gap,) = outbox.gaps.before(10**9, 10)
    assert (gap.first, gap.last) == (1, left[0] - 1)
    assert (gap.from_boot_ms, gap.until_boot_ms) == (0, (left[0] - 2) * 20_000)
    assert left == list(range(left[0], 6_001))
    outbox.stop()


numbers = st.integers(0, 40)
steps = st.lists(
    st.one_of(
        st.tuples(st.just("sightings"), st.integers(1, 400), st.booleans()),
        st.tuples(st.just("taps"), st.integers(1, 50), st.booleans()),
        st.tuples(st.just("commit"), numbers, st.booleans()),
        st.tuples(st.just("release"), numbers, st.booleans()),
        st.tuples(st.just("reopen"), numbers, st.booleans()),
    ),
    max_size=25,
)


@settings(max_examples=25, deadline=None)
@given(steps)
def test_every_sighting_is_kept_committed_or_in_exactly_one_gap(
    history: list[tuple[str, int, bool]],
) -> None:
    with TemporaryDirectory() as folder:
        box = _Checked(Path(folder))
        for what, count, dense in history:
            box.do(what, count, dense=dense)
            box.check()
        box.outbox.stop()


class _Checked:
    """An outbox beside plain sets of what should be in it."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.outbox = opened(folder, bytes_max=OUTBOX_BYTES_MIN)
        self.committed: set[int] = set()
        self.now_ms = 0

    def do(self, what: str, count: int, *, dense: bool) -> None:
        if what in ("taps", "sightings"):
            self._add(what, count, 100 if dense else 15_000)
        elif what == "commit":
            self._commit(count, from_front=dense)
        elif what == "release":
            with self.outbox.transaction():
                self.outbox.release_gaps(count * 50)
        else:
            self.outbox.stop()
            self.outbox = opened(self._folder, f"{count:08x}", OUTBOX_BYTES_MIN)

    def _add(self, what: str, count: int, step_ms: int) -> None:
        for _ in range(count):
            self.now_ms += step_ms
        times = range(self.now_ms - count * step_ms, self.now_ms, step_ms)
        if what == "taps":
            add(self.outbox, "taps", *(tap(ms) for ms in times))
        else:
            add(self.outbox, "sightings", *(sighting(0, ms, f"b{ms % 3}") for ms in times))

    def _commit(self, count: int, *, from_front: bool) -> None:
        rows = kept(self.outbox, "sightings")
        chosen = rows[:count] if from_front else rows[count : 2 * count]
        with self.outbox.transaction():
            self.outbox.records.drop("sightings", [Span(n, n) for n in chosen])
        self.committed.update(chosen)

    def check(self) -> None:
        outbox = self.outbox
        given_up: list[int] = []
        for row in outbox.records.rows_from("taps", 1, 10**9):
            part = outbox.slice("taps", Span(row[0], row[0]))
            assert part is not None
            (record,) = part.records
            if isinstance(record, Gap):
                given_up += range(record.first, record.last + 1)
        for gap in outbox.gaps.before(10**9, 10**9):
            given_up += range(gap.first, gap.last + 1)
        left = kept(outbox, "sightings")
        everything = sorted([*given_up, *left, *self.committed])
        assert everything == list(range(1, outbox.records["sightings"].last + 1))
        assert len(given_up) == outbox.evicted_rows
        assert not left or outbox.room.used_bytes <= OUTBOX_BYTES_MIN + 400
        self._figures_are_true()

    def _figures_are_true(self) -> None:
        before = self.outbox.room.used_bytes, self.outbox.records.rows
        self.outbox.records.reload()
        self.outbox.gaps.reload()
        assert before == (self.outbox.room.used_bytes, self.outbox.records.rows)


def test_gaps_wait_until_their_turn_comes(outbox: Outbox) -> None:
    add(outbox, "sightings", *map(sighting, range(10)))
    rows = outbox.records.rows_from("sightings", 1, 10)
    with outbox.transaction():
        outbox.room._give_up([*rows[0:2], *rows[5:7]])
    with outbox.transaction():
        assert outbox.release_gaps(3) == 1
    part = outbox.slice("taps", ALL)
    assert part is not None
    stream = outbox.records["sightings"].id
    assert part.records == (Gap(stream, 1, 2, 0, 20_000, 20_000),)
    assert [gap.first for gap in outbox.gaps.before(99, 9)] == [6]


def test_a_file_older_than_the_hub_remembers_begins_a_new_stream(tmp_path: Path) -> None:
    first = opened(tmp_path)
    add(first, "taps", *map(tap, range(5)))
    old = first.records["taps"].id
    first.stop()
    again = opened(tmp_path)
    add(again, "taps", tap(98), tap(99))
    with again.transaction():
        again.renew("taps")
    assert again.records["taps"].id != old
    part = again.slice("taps", ALL)
    assert part is not None
    assert (part.first, part.records) == (1, (tap(98), tap(99)))
    add(again, "taps", tap(100))
    assert kept(again, "taps") == [1, 2, 3]
    with again.transaction():
        again.renew("sightings")
    again.stop()


def test_the_file_does_not_grow_with_what_went_through_it(tmp_path: Path) -> None:
    outbox = opened(tmp_path, bytes_max=1 << 20)
    for start in range(0, 12 * SHRINK_ROWS, SHRINK_ROWS):
        add(outbox, "sightings", *(sighting(start + n) for n in range(SHRINK_ROWS)))
    outbox.stop()
    assert outbox.path.stat().st_size < 2 << 20
