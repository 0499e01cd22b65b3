"""The two commands, as they are typed."""

import json
import multiprocessing
import os
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import typer
import yaml
from msgspec.structs import replace
from typer.testing import CliRunner, Result

from hub.backtest import running
from hub.backtest.errors import FoldFault
from hub.backtest.sources import FileSource, of_file
from hub.cli import backtest_command
from hub.config import read_config
from hub.home import Home
from hub.store.people import NewPerson
from tests.backtest.files import Script
from tests.backtest.made import EVER_MS, POINT, REWARD, Lived, venue_of
from tests.core.fold import CONSENTS, rule, visits
from tests.databases import EVENT
from tests.engine.parts import OPENS_MS, FaultyStore

SVG = "{http://www.w3.org/2000/svg}"
LIVE = rule(visits(3), REWARD, name="card", limit={"once": True})
app = typer.Typer()
backtest_command.register(app)


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def event(tmp_path: Path) -> Path:
    """Ann taps three times, Bob twice; three visits give a card."""
    script = Script("ann", "bob").tap("ann", "coffee", 10, 20, 30).tap("bob", "coffee", 40, 50)
    return script.write(tmp_path / "event.jsonl", venue_of(LIVE))


def rules(folder: Path, *rules: dict[str, object]) -> Path:
    path = folder / "rules.yaml"
    path.write_text(yaml.safe_dump({"rules": list(rules)}), encoding="utf-8")
    return path


@pytest.fixture
def proposed(tmp_path: Path) -> Path:
    return rules(tmp_path, LIVE | {"when": visits(2)})


def test_who_gains_in_tables_and_a_sentence(event: Path, proposed: Path) -> None:
    done = run("backtest", proposed, "--event", event, "--fail-on-loss")
    assert done.exit_code == 0, done.output
    for said in ("Who would gain", "bob", "1 → 2", "Of card 2 would have been given instead of 1",
                 "1 person would gain, nobody would lose"):  # fmt: skip
        assert said in " ".join(done.output.split())
    assert "Who would lose" not in done.output


def test_a_loss_can_fail(event: Path, tmp_path: Path) -> None:
    path = rules(tmp_path, LIVE | {"when": visits(4)})
    assert run("backtest", path, "--event", event).exit_code == 0
    done = run("backtest", path, "--event", event, "--fail-on-loss")
    assert done.exit_code == 1
    assert "1 would lose something" in done.output
    assert "ann" in done.output


def test_json_for_machines(event: Path, proposed: Path) -> None:
    done = run("backtest", proposed, "--event", event, "--format", "json")
    found = json.loads(done.stdout)
    assert [change["person"] for change in found["gains"]] == ["bob"]
    assert found["losses"] == []
    assert found["pools"]["card"]["proposed"]["given"] == 2
    assert found["summary"].startswith("Over 9 facts of 2 people, card comes to something else")


def test_a_time_before_counts_for_state_alone(event: Path, proposed: Path) -> None:
    words = ("backtest", proposed, "--event", event, "--format", "json")
    since = json.loads(run(*words, "--since", "2026-10-08T08:45").stdout)
    assert [rule["fired"] for rule in since["rules"]] == [{"live": 0, "proposed": 1}]
    until = json.loads(run(*words, "--until", "2026-10-08T08:25").stdout)
    assert [rule["fired"] for rule in until["rules"]] == [{"live": 0, "proposed": 1}]
    assert [change["person"] for change in until["gains"]] == ["ann"]
    back = json.loads(run(*words, "--since", "9h").stdout)
    assert [rule["fired"] for rule in back["rules"]] == [{"live": 0, "proposed": 0}]


def test_a_draft_as_if_it_were_live(event: Path, tmp_path: Path) -> None:
    path = rules(tmp_path, LIVE, rule(visits(1), POINT, name="idea", stage="draft"))
    words = ("backtest", path, "--event", event, "--format", "json")
    assert json.loads(run(*words).stdout)["gains"] == []
    gains = json.loads(run(*words, "--as-live").stdout)["gains"]
    assert [(one["rule"], one["person"]) for one in gains] == [("idea", "ann"), ("idea", "bob")]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rules: [", "rules.yaml"),
        ("rulez: []", "there is no part 'rulez'"),
        ("[]", "write a venue's document"),
        ("rules: [{name: r}]", "rules[0]"),
        ("rules: [{name: r, when: {kind: tap, place: moon}}]", "moon"),
    ],
)
def test_what_cannot_be_meant_is_said(event: Path, tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text, encoding="utf-8")
    done = run("backtest", path, "--event", event)
    assert done.exit_code == 1
    assert said in done.output
    assert "Traceback" not in done.output


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--since", "noon"), "--since 'noon'"),
        (("--until", "noon"), "--until 'noon'"),
        (("--since", "1h", "--until", "2h"), "lies after"),
    ],
)
def test_times_that_cannot_be_read(
    event: Path, proposed: Path, more: tuple[str, ...], said: str
) -> None:
    done = run("backtest", proposed, "--event", event, *more)
    assert done.exit_code == 1
    assert said in done.output


def test_a_file_that_is_no_event(tmp_path: Path, proposed: Path) -> None:
    done = run("backtest", proposed, "--event", proposed)
    assert done.exit_code == 1
    assert "line 1" in done.output
    assert run("backtest", proposed, "--event", tmp_path / "none").exit_code == 1


def test_the_picture_says_what_it_shows(event: Path, proposed: Path, tmp_path: Path) -> None:
    path = tmp_path / "picture.svg"
    done = run("backtest", proposed, "--event", event, "--format", "svg", "--picture", path)
    assert done.stdout == path.read_text(encoding="utf-8")
    svg = ET.fromstring(done.stdout)  # noqa: S314 - of our own making
    assert svg.get("role") == "img"
    title, said = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert title.text == "Fair: firings with rules.yaml"
    assert said is not None
    assert str(said.text).endswith("1 live, 2 proposed.")
    lines = [one for one in svg.iter(f"{SVG}path") if one.get("stroke-width")]
    assert [one.get("stroke-dasharray") is None for one in lines] == [False, True]


def test_a_picture_of_nothing(tmp_path: Path) -> None:
    event = Script("ann").write(tmp_path / "event.jsonl", venue_of(LIVE))
    done = run("backtest", rules(tmp_path), "--event", event, "--format", "svg")
    assert "0 live, 0 proposed" in done.stdout


# An installation.


@pytest.fixture
def home(tmp_path: Path) -> Home:
    """An installation whose event has begun, with Ann's name in it."""
    data = tmp_path / "data"
    data.mkdir()
    (data / "foyer.yaml").write_text(
        f"event: {EVENT}\nclock: fixed:{OPENS_MS + 3_600_000}\n", encoding="utf-8"
    )
    found = Home(data, read_config(data))
    store = found.store()
    store.start(migrate=True)
    store.stop()
    return found


def lively(home: Home) -> None:
    with FaultyStore(home.database_url, EVENT) as store:
        hub = Lived(store)
        hub.publish(LIVE)
        for name in ("Ann", "Bob"):
            new = NewPerson(name=f"{name} Lee", person=name.lower(), badge=name.lower(),
                            consents=list(CONSENTS))  # fmt: skip
            store.people.register(new, OPENS_MS)
        hub.settle()
        for minute in (10, 20):
            hub.tap(minute)


def test_people_of_the_installation_have_names(home: Home, proposed: Path, tmp_path: Path) -> None:
    lively(home)
    done = run("backtest", proposed, "--data", home.data)
    assert done.exit_code == 0, done.output
    assert "Ann Lee" in done.output
    out = tmp_path / "event.jsonl.gz"
    assert run("record", "--out", out, "--data", home.data).exit_code == 0
    again = json.loads(
        run("backtest", proposed, "--event", out, "--format", "json").stdout
    )  # fmt: skip
    assert [change["person"] for change in again["gains"]] == ["ann"]
    assert run("record", "--out", out, "--pseudonyms", "--data", home.data).exit_code == 0
    other = json.loads(run("backtest", proposed, "--event", out, "--format", "json").stdout)
    assert other["gains"][0]["person"].startswith("p-")
    with home.store() as store:
        assert store.views.decision_counts() == {}


def test_without_a_venue_it_says_what_to_do(home: Home, proposed: Path) -> None:
    done = run("backtest", proposed, "--data", home.data)
    assert done.exit_code == 1
    assert "foyer venue apply" in done.output


# How it is run.


def test_one_core_does_both(event: Path, proposed: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = ("backtest", proposed, "--event", event, "--format", "json")
    apart = run(*words).stdout
    monkeypatch.setattr(os, "cpu_count", lambda: 1)
    assert run(*words).stdout == apart


def test_a_process_that_fails_says_why(event: Path) -> None:
    setting = of_file(event)
    live = running.Task(setting, setting.live, 1, 0, EVER_MS)
    gone = FileSource(str(event.with_name("gone")))
    task = running.Task(replace(setting, source=gone), setting.live, 2, 0, EVER_MS)
    with pytest.raises(FoldFault, match="gone"):
        running.fold_both(live, task)


def test_the_keyboard_stops_it_cleanly(
    event: Path, proposed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def pressed(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(running, "fold", pressed)
    done = run("backtest", proposed, "--event", event)
    assert (done.exit_code, done.stdout) == (0, "")
    assert "stopped: nothing was compared" in done.stderr
    assert run("backtest", proposed, "--event", event, "--fail-on-loss").exit_code == 130
    assert multiprocessing.active_children() == []
