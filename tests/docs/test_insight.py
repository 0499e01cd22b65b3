"""Reports, exports and metrics of the page are those that there are."""

import re
from typing import Final

import typer

from hub.cli.export_commands import app as exports
from hub.cli.insight_commands import app as reports
from hub.experiments.intervals import CONFIDENCE, POWER
from hub.experiments.wording import WANTED
from hub.insight.metrics import KEPT_MS, METRICS, OTHER, VALUES_MAX
from hub.web.access import OPEN_PATHS
from tests.docs.pages import page

INSIGHT: Final = page("docs/insight.md")
TEXT: Final = re.sub(r"\s+", " ", INSIGHT.text)


def commands_of(app: typer.Typer) -> list[str]:
    return list(typer.main.get_command(app).commands)  # type: ignore[attr-defined]


def test_reports_are_those_of_the_command_line() -> None:
    assert sorted(row[0] for row in INSIGHT.table("Reports")) == sorted(commands_of(reports))


def test_every_export_has_an_example() -> None:
    (example,) = [one for one in INSIGHT.examples("sh") if "foyer export" in one.text]
    assert re.findall(r"foyer export (\w+)", example.text) == commands_of(exports)


def test_metrics_are_those_that_are_answered() -> None:
    real = {}
    for name, (kind, labels, _) in METRICS.items():
        real[f"{name}_total" if kind == "counter" else name] = (kind, labels)
    rows = INSIGHT.table("Metrics")
    told = {row[0]: (row[1], tuple(re.findall(r"`?(\w+)`?", row[2]))) for row in rows}
    assert told == real
    for name in re.findall(r"`(foyer_\w+)`", INSIGHT.section("Metrics")):
        assert name in real


def test_figures_in_sentences_are_those_of_the_code() -> None:
    assert f"kept for {KEPT_MS // 1000} s" in TEXT
    assert f"of connectors {VALUES_MAX} are told apart" in TEXT
    assert f"together as `{OTHER}`" in TEXT
    assert f"{CONFIDENCE * 100:.0f} times out of 100" in TEXT
    assert POWER == 0.8
    assert "four times out of five" in TEXT
    assert f"one of {WANTED * 100:.0f} percentage points" in TEXT
    assert "/metrics" in OPEN_PATHS
