"""What is exported is read back as it was, in each format, and holds nobody who is gone."""

import csv
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.clock import ManualClock
from hub.insight.errors import BadSpan, ParquetMissing, UnknownName
from hub.insight.export import parquet, tables
from hub.insight.export.columns import RISKY, Export, Row, columns, csv_cell, harmless
from hub.insight.export.files import write
from hub.insight.export.people import UNFIT, fitted
from hub.insight.export.writing import csv_parts, jsonl_parts
from hub.insight.service import Insight
from hub.insight.spans import Asked
from hub.store import Group, Store
from hub.store.insight import pages
from tests import needs
from tests.insight.made import GONE, OTHER, START_MS, SURVIVOR, Made, register

COLUMNS = columns(a="text", b="integer", c="number", d="boolean", e="instant", f="texts", g="json")
ROWS: list[Row] = [
    ("=1+1", -5, 1.5, True, START_MS, ("x;y", "-z"), '{"n":1}'),
    (None, None, None, None, None, None, None),
    ('"q",\nline', 0, -0.25, False, 0, (), "[]"),
]


def sample() -> Export:
    return Export("sample", COLUMNS, iter(ROWS))


def export(made: Made, name: str, asked: Asked | None = None, **more: Any) -> Export:
    return tables.export(Insight(made.store, ManualClock(0)), name, asked or Asked(), **more)


def as_csv(made: Export) -> list[dict[str, str]]:
    text = b"".join(csv_parts(made)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def as_json(made: Export) -> list[dict[str, Any]]:
    return [json.loads(line) for line in b"".join(jsonl_parts(made)).splitlines()]


def test_csv() -> None:
    first, second, third = as_csv(sample())
    assert first == {
        "a": "'=1+1", "b": "-5", "c": "1.5", "d": "true", "e": "2026-10-19T07:00:00.000Z",
        "f": "x\\;y;-z", "g": '{"n":1}',
    }  # fmt: skip
    assert set(second.values()) == {""}
    assert (third["a"], third["c"], third["e"]) == (
        '"q",\nline', "-0.25", "1970-01-01T00:00:00.000Z",
    )  # fmt: skip


@given(st.text(max_size=9))
def test_no_text_is_taken_for_a_formula_or_changed_otherwise(text: str) -> None:
    cell = csv_cell("text", text)
    assert not cell.startswith(RISKY)
    assert cell in {text, f"'{text}"}
    assert not csv_cell("texts", (text,)).startswith(RISKY)
    assert harmless(cell) == cell


def test_jsonl() -> None:
    first, second, third = as_json(sample())
    assert first == {
        "a": "=1+1", "b": -5, "c": 1.5, "d": True, "e": "2026-10-19T07:00:00.000Z",
        "f": ["x;y", "-z"], "g": {"n": 1},
    }  # fmt: skip
    assert list(first) == list("abcdefg")
    assert set(second.values()) == {None}
    assert third["f"] == []


def pyarrow_or_skip() -> Any:
    if find_spec("pyarrow") is None:
        needs._missing("pyarrow", "pip install 'foyer[parquet]'")
    return import_module("pyarrow.parquet")


def test_parquet_is_read_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read = pyarrow_or_skip()
    monkeypatch.setattr(parquet, "GROUP_ROWS", 2)
    out = tmp_path / "sample.parquet"
    assert write(sample(), out, "parquet") == 3
    table = read.read_table(out)
    assert [str(field.type) for field in table.schema] == [
        "string", "int64", "double", "bool", "timestamp[ms, tz=UTC]",
        "list<element: string>", "string",
    ]  # fmt: skip
    first, second, third = table.to_pylist()
    at = datetime.fromtimestamp(START_MS / 1000, UTC)
    assert first == {
        "a": "=1+1", "b": -5, "c": 1.5, "d": True, "e": at, "f": ["x;y", "-z"], "g": '{"n":1}',
    }  # fmt: skip
    assert set(second.values()) == {None}
    assert third["f"] == []
    assert read.ParquetFile(out).num_row_groups == 2


def test_without_the_library_it_is_said_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(parquet, "import_module", gone)
    with pytest.raises(ParquetMissing, match=r"foyer\[parquet\]"):
        write(sample(), tmp_path / "x.parquet", "parquet")
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_there_whole_or_as_it_was(tmp_path: Path) -> None:
    out, told = tmp_path / "x.csv", list[int]()
    assert write(sample(), out, "csv", told.append) == 3
    assert told == [1, 2, 3]
    assert out.stat().st_mode & 0o777 == 0o600
    before = out.read_bytes()

    def broken() -> Iterator[Row]:
        yield ROWS[0]
        raise OSError("the database went away")

    with pytest.raises(OSError, match="went away"):
        write(Export("sample", COLUMNS, broken()), out, "csv")
    assert out.read_bytes() == before
    with pytest.raises(UnknownName, match="csv, jsonl, parquet"):
        write(sample(), out, "xlsx")
    assert write(sample(), out, "jsonl") == 3
    assert [path.name for path in tmp_path.iterdir()] == ["x.csv"]
    assert len(out.read_bytes().splitlines()) == 3


def test_people(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 3)
    register(made.store, 6)
    rows = as_json(export(made, "people"))
    ids = [row["person"] for row in rows]
    assert ids == sorted(set(ids))
    assert len(ids) == 10
    assert not {OTHER, GONE} & set(ids)
    one = rows[1]
    assert (one["name"], one["phone"], one["company"]) == ("=Name 1", "+49 30 1", "@Acme")
    assert (one["points"], one["status"], one["tags"]) == (-1, "gold", ["early", "fan"])
    assert (one["consents"], one["audiences"]) == (["profile"], ["fans"])
    assert one["attribute.city"] == "=cmd()"
    assert one["attribute.age"] == 31
    assert one["attribute.hobbies"] == ["chess", "go;ban"]
    assert one["attribute.since"] == "2026-10-19T07:00:00.001Z"
    assert one["attribute.artists"] == {"Nena": 2}
    assert one["more_attributes"] == {"shoes": 41}
    assert rows[0]["attribute.hobbies"] is None, "they do not consent to it"
    assert rows[2]["more_attributes"] == {"age": "many", "since": "soon"}
    assert rows[2]["attribute.age"] is None
    assert rows[9]["name"] is None
    assert rows[9]["registered"] is None


def test_what_is_sensitive_is_asked_for(made: Made) -> None:
    plain = b"".join(csv_parts(export(made, "people"))).decode()
    assert "vegan" not in plain
    assert "diet" not in plain
    asked = as_csv(export(made, "people", sensitive=True))
    assert asked[0]["attribute.diet"] == "vegan"
    columns_ = [column.name for column in export(made, "people", sensitive=True).columns]
    assert [name for name in columns_ if name != "attribute.diet"] == [
        column.name for column in export(made, "people").columns
    ]


def test_csv_of_people_is_harmless(made: Made) -> None:
    register(made.store, 3)
    row = as_csv(export(made, "people"))[1]
    assert (row["name"], row["phone"], row["company"]) == ("'=Name 1", "'+49 30 1", "'@Acme")
    assert (row["attribute.city"], row["points"]) == ("'=cmd()", "-1")


def test_audiences(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 4)
    register(made.store, 2)
    rows = as_json(export(made, "audiences", audience="fans"))
    assert [row["person"] for row in rows] == [f"p{n:02}" for n in range(10)]
    assert rows == as_json(export(made, "audiences"))
    assert rows[1] == {
        "audience": "fans", "person": "p01", "name": "=Name 1", "email": "n1@example.org",
        "since": "2026-10-19T07:00:00.001Z",
    }  # fmt: skip
    assert as_json(export(made, "audiences", audience="nobody")) == []


def test_visits(made: Made) -> None:
    rows = as_json(export(made, "visits"))
    found = sorted((row["person"], row["place"], row["start"], row["end"] or "") for row in rows)
    assert found == sorted(
        (v.person, v.place, _iso(v.at_ms), _iso(v.until_ms) if v.until_ms else "")
        for v in made.visits
    )
    dwelt = [row for row in rows if row["end"]]
    assert {row["visits_by"] for row in dwelt} == {"presence"}
    assert sorted(row["dwell_s"] for row in dwelt) == sorted(
        (v.until_ms - v.at_ms) / 1000 for v in made.visits if v.until_ms
    )


def _iso(at_ms: int) -> str:
    text = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z")


def test_decisions(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 70)
    rows = as_json(export(made, "decisions"))
    assert [(r["rule"], r["outcome"], r["because"], r["arm"]) for r in rows] == [
        (d.rule, d.outcome, d.because or None, d.arm or None) for d in made.decisions
    ]
    assert {r["person"] for r in rows} == {"p01", SURVIVOR, None}
    middle = Asked(START_MS, START_MS + 3_600_000)
    some = [d for d in made.decisions if START_MS <= d.at_ms < START_MS + 3_600_000]
    assert len(as_json(export(made, "decisions", middle))) == len(some)
    assert as_csv(export(made, "decisions"))[0]["actions"] == "'-did;a\\;b"


def test_rewards_never_say_a_code(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pages, "PAGE_ROWS", 7)
    rows = as_json(export(made, "rewards"))
    assert len(rows) == len(made.issued) + made.reserved
    by_number = {row["number"]: row for row in rows}
    for number, at_ms in made.issued.items():
        row = by_number[number]
        used = made.redeemed.get(number)
        assert row["issued"] == _iso(at_ms)
        assert row["redeemed"] == (_iso(used[0]) if used else None)
        assert row["redeemed_by"] == (used[1] if used else None)
        reward = made.store.rewards.at("card", number)
        assert reward is not None
        assert reward.code not in json.dumps(rows)


def test_what_cannot_be_exported(made: Made, empty: Store) -> None:
    assert empty is made.store
    with pytest.raises(UnknownName, match="people, audiences, visits"):
        export(made, "secrets")
    with pytest.raises(BadSpan, match="as they are now"):
        export(made, "people", Asked(since_ms=1))
    with pytest.raises(UnknownName, match="there is: fans, nobody"):
        export(made, "audiences", audience="fan")
    with pytest.raises(UnknownName, match="not of visits"):
        export(made, "visits", audience="fans")


def test_values_fit_their_column_or_are_said_elsewhere() -> None:
    assert fitted("text", "x") == "x"
    assert fitted("boolean", True) is True
    assert fitted("instant", "2026-10-19T07:00:00+00:00") == START_MS
    for kind, value in (
        ("text", 1), ("number", True), ("boolean", 1), ("instant", "2026-10-19T07:00"),
        ("instant", True), ("instant", [""]), ("texts", "x"),
    ):  # fmt: skip
        assert fitted(kind, value) is UNFIT  # type: ignore[arg-type]


def test_nobody_who_is_forgotten_appears(made: Made) -> None:
    register(made.store, 3)
    made.store.commit(Group(forgotten={"p01", SURVIVOR, OTHER}))
    for name in tables.NAMES:
        rows = as_json(export(made, name))
        assert rows
        assert not {"p01", SURVIVOR, OTHER} & {row["person"] for row in rows}, name
        assert "Name 1" not in json.dumps(rows)
