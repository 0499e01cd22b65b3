"""Recordings: what is understood, in which order it comes, and what is put aside."""

import gzip
import hashlib
import json
from pathlib import Path

import pytest

from contract.clock import Clock, ManualClock, PacedClock
from edge.errors import ReaderError
from edge.readers.port import Chunk, Read
from edge.readers.replay import Mapping, ReplayReader, parse_mapping
from edge.readers.replay.reader import CHUNK_READS
from tests import needs
from tests.waiting import wait_until

SCANS = "badge=Name,reader=session,time=updated_at"
HEADER = "Name,session,kind,updated_at\n"


class Taken:
    """Chunks that a reader emitted."""

    def __init__(self) -> None:
        self.chunks: list[Chunk] = []

    def __call__(self, chunk: Chunk) -> None:
        self.chunks.append(chunk)

    @property
    def reads(self) -> list[Read]:
        return [read for chunk in self.chunks for read in chunk.reads]


@pytest.fixture
def taken() -> Taken:
    return Taken()


def replay(
    path: Path,
    mapping: Mapping,
    taken: Taken,
    *,
    clock: Clock | None = None,
    columns: list[str] | None = None,
    position: str | None = None,
    paced: bool = False,
) -> ReplayReader:
    """Replay all of a file."""
    clock = clock or ManualClock(0)
    folder = path.parent / "edge"
    reader = ReplayReader(clock, path, mapping, folder, columns=columns, paced=paced)
    reader.start(taken, position)
    wait_until(lambda: reader.progress.done or reader.fault, what="the end of the file")
    reader.stop()
    return reader


def scans(folder: Path, *rows: str) -> Path:
    path = folder / "scans.csv"
    path.write_text(HEADER + "".join(f"{row}\n" for row in rows))
    return path


def test_a_row_becomes_a_tap_with_a_time_and_a_key(tmp_path: Path, taken: Taken) -> None:
    path = scans(tmp_path, "b1,bar,Join,2019-05-06 08:30:28")
    replay(path, parse_mapping(SCANS, zone="America/Sao_Paulo"), taken)
    (read,) = taken.reads
    assert (read.badge, read.reader, read.wall_ms) == ("b1", "bar", 1_557_142_228_000)
    assert read.rssi_dbm is None
    assert read.key == hashlib.sha256(b"bar|b1|1557142228000").hexdigest()[:32]


def test_only_rows_that_are_wanted_are_counted(tmp_path: Path, taken: Taken) -> None:
    rows = [f"b{n},bar,{kind},2019-05-06 08:30:28" for n, kind in enumerate("JQJX")]
    path = scans(tmp_path, *rows)
    reader = replay(path, parse_mapping(SCANS, ["kind=J|X", "session=bar"]), taken)
    assert [read.badge for read in taken.reads] == ["b0", "b2", "b3"]
    assert (reader.progress.read, reader.progress.total) == (3, 3)


def test_bad_rows_are_listed_with_line_and_reason_and_stop_nothing(
    tmp_path: Path, taken: Taken
) -> None:
    path = scans(
        tmp_path,
        "b1,bar,Join,2019-05-06 08:30:28",
        ",bar,Join,2019-05-06 08:30:28",
        "b3,bar,Join,yesterday",
        "b4,,Join,2019-05-06 08:30:28",
        f"{'x' * 129},bar,Join,2019-05-06 08:30:28",
        "b6,bar",
        "b7,bar,Join,2019-05-06 08:30:28,more,cells",
        "b8,bar,Join,2019-05-06 08:30:29",
    )
    with path.open("ab") as file:
        file.write(b"b\xff9,bar,Join,2019-05-06 08:30:28\n")
    reader = replay(path, parse_mapping(SCANS), taken)
    assert [read.badge for read in taken.reads] == ["b1", "b8"]
    assert (reader.progress.refused, reader.progress.read, reader.progress.total) == (7, 9, 9)
    refused = [json.loads(line) for line in reader.quarantine.read_text().splitlines()]
    assert [(row["line"], row["reason"]) for row in refused] == [
        (3, "no badge"),
        (4, "time 'yesterday' is not of the form iso"),
        (5, "no reader"),
        (6, "badge of 129 characters is over the limit of 128"),
        (7, "no time"),
        (8, "more cells than columns"),
        (10, "not UTF-8"),
    ]
    assert refused[1]["row"]["Name"] == "b3"


def test_sightings_by_columns_and_constants(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "rssi.csv"
    path.write_text("name,timestamp,one\nb1,1551367500637,-79\nb1,1551367500700,-999\nb1,x,-70\n")
    mapping = parse_mapping("badge=name,reader==outside,time=timestamp,rssi=one", (), "ms")
    reader = replay(path, mapping, taken)
    (read,) = taken.reads
    assert (read.reader, read.rssi_dbm, read.wall_ms) == ("outside", -79, 1_551_367_500_637)
    assert read.key is None
    assert reader.progress.refused == 2


def test_kind_says_tap_or_sighting(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "mixed.csv"
    path.write_text("b,k,t,s\nb1,tap,1,\nb1,sighting,2,-60\nb1,song,3,-60\nb1,sighting,4,\n")
    mapping = parse_mapping("badge=b,reader==hall,time=t,rssi=s,kind=k", (), "s", origin_ms=500)
    replay(path, mapping, taken)
    assert [(read.wall_ms, read.rssi_dbm) for read in taken.reads] == [(1_500, None), (2_500, -60)]


def test_columns_separated_by_blanks_and_packed(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "contacts.dat.gz"
    path.write_bytes(gzip.compress(b"20\t1\t2\n\n40 3 2 surplus\n60  2  9\n80 4\n"))
    mapping = parse_mapping("badge=i,reader=j,time=t,rssi==-60", ["j=2|4"], "s")
    reader = replay(path, mapping, taken, columns=["t", "i", "j"])
    assert [(read.badge, read.reader, read.wall_ms) for read in taken.reads] == [("1", "2", 20_000)]
    assert reader.progress.refused == 1


def test_a_time_pattern_with_and_without_a_zone(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "times.csv"
    path.write_text("b,t\nb1,06.05.2019 08:00\n")
    replay(path, parse_mapping("badge=b,reader==r,time=t", (), "%d.%m.%Y %H:%M"), taken)
    path.write_text("b,t\nb1,06.05.2019 08:00 +0200\n")
    replay(path, parse_mapping("badge=b,reader==r,time=t", (), "%d.%m.%Y %H:%M %z"), taken)
    assert [read.wall_ms for read in taken.reads] == [1_557_129_600_000, 1_557_122_400_000]


@pytest.mark.parametrize(
    ("columns", "sentence"),
    [
        ("badge=Name,reader=session", "says no time"),
        ("badge=Name,colour=x", "there are badge, reader, time, rssi, kind"),
        ("badge", "write name=value"),
    ],
)
def test_a_mapping_that_makes_no_sense(columns: str, sentence: str) -> None:
    with pytest.raises(ReaderError, match=sentence):
        parse_mapping(columns)


def test_a_zone_that_there_is_not() -> None:
    with pytest.raises(ReaderError, match="no time zone 'Mars/Olympus'"):
        parse_mapping(SCANS, zone="Mars/Olympus")


@pytest.mark.parametrize(
    ("text", "mapping", "sentence"),
    [
        (HEADER, "badge=Nome,reader=session,time=updated_at", "no column 'Nome'"),
        ("", SCANS, "is empty"),
        (None, SCANS, "No such file"),
    ],
)
def test_a_file_that_is_not_what_was_promised(
    tmp_path: Path, taken: Taken, text: str | None, mapping: str, sentence: str
) -> None:
    path = tmp_path / "scans.csv"
    if text is not None:
        path.write_text(text)
    reader = replay(path, parse_mapping(mapping), taken)
    assert isinstance(reader.fault, ReaderError)
    assert sentence in str(reader.fault)


def test_a_packed_file_that_is_none(tmp_path: Path, taken: Taken) -> None:
    path = tmp_path / "scans.csv.gz"
    path.write_bytes(b"not packed")
    assert isinstance(replay(path, parse_mapping(SCANS), taken).fault, ReaderError)


def test_at_full_pace_the_order_is_that_of_the_file(tmp_path: Path, taken: Taken) -> None:
    path = scans(tmp_path, "b2,bar,J,1970-01-01 00:00:09", "b1,bar,J,1970-01-01 00:00:01")
    replay(path, parse_mapping(SCANS), taken)
    assert [read.badge for read in taken.reads] == ["b2", "b1"]


def test_paced_it_is_that_of_time_and_each_comes_when_it_is_due(
    tmp_path: Path, taken: Taken
) -> None:
    path = scans(tmp_path, "b2,bar,J,1970-01-01 00:00:09", "b1,bar,J,1970-01-01 00:00:01")
    clock = ManualClock(0)
    reader = ReplayReader(clock, path, parse_mapping(SCANS), tmp_path / "edge")
    reader.start(taken, None)
    wait_until(lambda: reader.progress.total == 2, what="the file")
    assert not taken.chunks
    clock.advance(1_000)
    wait_until(lambda: [r.badge for r in taken.reads] == ["b1"], what="the first")
    assert not reader.progress.done
    clock.advance(8_000)
    wait_until(lambda: reader.progress.done, what="the second")
    assert [r.badge for r in taken.reads] == ["b1", "b2"]
    reader.stop()


def test_it_goes_on_where_it_stopped_and_another_file_from_the_beginning(
    tmp_path: Path, taken: Taken
) -> None:
    rows = [f"b{n},bar,J,2019-05-06 08:30:28" for n in range(2 * CHUNK_READS + 50)]
    path = scans(tmp_path, *rows)
    replay(path, parse_mapping(SCANS), taken)
    assert [len(chunk.reads) for chunk in taken.chunks] == [CHUNK_READS, CHUNK_READS, 50]
    rest = Taken()
    replay(path, parse_mapping(SCANS), rest, position=taken.chunks[0].position)
    assert rest.reads == taken.reads[CHUNK_READS:]
    scans(tmp_path, *rows[1:])
    anew = Taken()
    replay(path, parse_mapping(SCANS), anew, position=taken.chunks[0].position)
    assert len(anew.reads) == len(rows) - 1


def test_nothing_is_left_beside_the_outbox_but_the_refused(tmp_path: Path, taken: Taken) -> None:
    path = scans(tmp_path, "b1,bar,J,2019-05-06 08:30:28", ",,,")
    replay(path, parse_mapping(SCANS), taken)
    left = [file.name for file in (tmp_path / "edge").iterdir()]
    assert left == ["scans.csv.refused.jsonl"]


@pytest.mark.needs_shared
def test_the_recorded_conference_keeps_pace(taken: Taken, tmp_path: Path) -> None:
    source = needs.shared_data("sbrc2019_badge_scans.csv")
    path = tmp_path / source.name
    path.write_bytes(source.read_bytes())
    mapping = parse_mapping(SCANS, ["participation=Join"], zone="America/Sao_Paulo")
    clock = PacedClock(1_557_142_000_000, 0, 1e6)
    reader = replay(path, mapping, taken, clock=clock, paced=True)
    times = [read.wall_ms or 0 for read in taken.reads]
    assert times == sorted(times)
    assert reader.progress.refused == 0
    assert len(times) == reader.progress.total > 800
