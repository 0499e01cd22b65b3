"""``foyer insight`` and ``foyer export`` on a data folder: what they say, and what they refuse."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from typer.testing import CliRunner

from hub.cli import export_commands, insight_commands
from hub.store import Store
from tests.databases import EVENT, make_tables
from tests.insight.made import Made, made_event

_runner = CliRunner()
app = typer.Typer()
app.add_typer(insight_commands.app, name="insight")
app.add_typer(export_commands.app, name="export")


@pytest.fixture
def data(tmp_path: Path) -> Iterator[tuple[Path, Made]]:
    """A data folder with the made event in it."""
    folder = tmp_path / "data"
    folder.mkdir()
    (folder / "foyer.yaml").write_text(f"event: {EVENT}\n")
    url = f"sqlite:///{folder / 'foyer.db'}"
    make_tables(url)
    with Store(url, EVENT) as store:
        yield folder, made_event(store)


def said(*words: str | Path, fails: bool = False) -> str:
    result = _runner.invoke(app, [str(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code == int(fails), result.output
    return result.stderr.strip().splitlines()[-1] if fails else result.stdout


def test_every_report_in_every_format(data: tuple[Path, Made]) -> None:
    folder, made = data
    for name in ("rules", "rewards", "places", "flows", "journeys"):
        assert "\u2503" in said("insight", name, "-d", folder)
        rows = list(csv.reader(said("insight", name, "-d", folder, "-f", "csv").splitlines()))
        assert {len(row) for row in rows} == {len(rows[0])}
        assert json.loads(said("insight", name, "-d", folder, "-f", "json"))
    found: dict[str, Any] = json.loads(said("insight", "places", "-d", folder, "-f", "json"))
    assert sum(place["visits"] for place in found["places"]) == len(made.visits)
    assert said("insight", "journeys", "-d", folder, "-f", "svg").startswith("<svg")
    assert "Made up: from place to place" in said("insight", "flows", "-d", folder, "-f", "svg")


def test_stretches_are_in_the_venues_time(data: tuple[Path, Made]) -> None:
    folder, made = data
    words = ("insight", "rules", "-d", folder, "-f", "json", "--bucket", "1d")
    found = json.loads(said(*words, "--since", "2026-10-20T00:00", "--until", "1792533600000"))
    midnight_ms = 1_792_447_200_000
    assert found["starts_ms"] == [midnight_ms]
    assert found["rules"][0]["fired"] == sum(
        (d.rule, d.outcome) == ("thirsty", "fired") and midnight_ms <= d.at_ms < 1_792_533_600_000
        for d in made.decisions
    )


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("insight", "rules", "-f", "svg"), "there is: table, json, csv"),
        (("insight", "rules", "--since", "soon"), "is no instant"),
        (("insight", "places", "--part", "x", "-f", "csv"), "there is: totals, over-time"),
        (("insight", "journeys", "--steps", "99"), "1 to 20 steps"),
        (("export", "visits", "-f", "xml", "-o", "x"), "there is: csv, jsonl, parquet"),
        (("export", "audiences", "--audience", "x", "-o", "x"), "there is: fans, nobody"),
        (("export", "people", "-o", "no-folder/x"), "No such file"),
    ],
)
def test_what_is_refused(
    data: tuple[Path, Made], words: tuple[str, ...], sentence: str, tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    monkeypatch.chdir(tmp_path)
    line = said(*words, "-d", data[0], fails=True)
    assert line.startswith("foyer: ")
    assert sentence in line
    assert not (tmp_path / "x").exists()


def test_exports(data: tuple[Path, Made], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_commands, "TOLD_EVERY_ROWS", 1)
    folder, made = data
    out = tmp_path / "out.jsonl"
    assert said("export", "visits", "-d", folder, "-o", out, "-f", "jsonl") == ""
    assert len(out.read_text().splitlines()) == len(made.visits)
    for name in ("people", "audiences", "decisions", "rewards"):
        said("export", name, "-d", folder, "-o", out)
        assert len(out.read_text().splitlines()) > 1
    said("export", "people", "--sensitive", "-d", folder, "-o", out)
    assert "vegan" in out.read_text()
    said("export", "decisions", "--until", "2026-10-19T08:00", "-d", folder, "-o", out)
    assert len(out.read_text().splitlines()) == 1
