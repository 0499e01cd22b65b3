"""``foyer people``, ``foyer badges`` and ``foyer notes`` on data folders, with a real engine."""

import csv
import json
import stat
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer import Typer
from typer.testing import CliRunner

from hub.cli import badge_commands, people_notes
from hub.cli.replay.processes import Process
from hub.cli.replay.processes import foyer as part
from hub.config import read_config
from hub.core.events import Tapped
from hub.core.outcome import Note
from hub.home import Home
from hub.store import Group
from tests.cli.recorded import VENUE, done, foyer, refused, said
from tests.waiting import wait_until

PEOPLE = Path(__file__).parents[2] / "examples" / "martech" / "people.csv"
pytestmark = pytest.mark.xdist_group("cli")


def _home(data: Path) -> Home:
    return Home(data, read_config(data))


def _of(app: Typer, *words: str | Path, code: int = 0) -> str:
    """Run a command of one app."""
    result = CliRunner().invoke(app, [str(word) for word in words])
    assert result.exit_code == code, result.output
    return str(result.output)


def badges(*words: str | Path, code: int = 0) -> str:
    return _of(badge_commands.app, *words, code=code)


@pytest.fixture
def running(morning: Path) -> Iterator[Path]:
    """The morning's installation with its engine running."""
    engine = Process("engine", part("engine", morning), morning / "engine.log", {})
    engine.start("engine runs")
    yield morning
    engine.stop()


class TestImport:
    def test_twice_changes_nothing(self, fresh: Path, tmp_path: Path) -> None:
        links = tmp_path / "links.csv"
        plan = said("people", "import", PEOPLE, "--dry-run", "-d", fresh)
        assert (plan["new"], plan["known"], plan["refused"], plan["dry_run"]) == (150, 0, [], True)
        assert said("people", "list", "-d", fresh) == []
        shown = done("people", "import", PEOPLE, "--links", links, "-d", fresh)
        assert "150 new, 0 updated, 0 known already, 0 refused" in shown
        again = said("people", "import", PEOPLE, "--links", tmp_path / "none.csv", "-d", fresh)
        assert (again["new"], again["known"], again["updated"]) == (0, 150, 0)
        with links.open() as file:
            pages = list(csv.DictReader(file))
        assert len({page["page"] for page in pages}) == 150
        assert stat.S_IMODE(links.stat().st_mode) == 0o600
        with _home(fresh).store() as store:
            assert store.people.by_link(pages[0]["page"].rpartition("/")[2]) is not None
            assert len(store.pending_commands()) == 301

    def test_refused_rows_are_said_and_wait(self, morning: Path, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("name,badge\nAdam,ada\n,b2\n")
        result = foyer("people", "import", file, "-d", morning)
        assert result.exit_code == 1
        assert "somebody else holds that badge" in result.output
        assert "2 wait in the quarantine" in result.output
        assert "import:import" in done("quarantine", "list", "-d", morning)
        again = foyer("people", "retry", "-d", morning)
        assert (again.exit_code, "2 are refused again" in again.output) == (1, True)

    def test_what_cannot_be_meant(self, fresh: Path, tmp_path: Path) -> None:
        file = tmp_path / "people.csv"
        file.write_text("name,email\nAda,ada@example.org\n")
        words = ("people", "import", file, "-d", fresh)
        assert "has no column Mail; it has name, email" in refused(*words, "--map", "email=Mail")
        assert "write FIELD=COLUMN" in refused(*words, "--map", "email")
        assert "no purpose spam" in refused(*words, "--consents", "spam")
        assert "the venue has no source 'crm'" in refused(*words, "--source", "crm")
        assert "files without a --source" in refused(*words, "--source", "crm", "--map", "a=b")
        assert "not 'evening'" in refused(*words, "--event", "evening")
        assert "is no format" in refused(*words, "--format", "xml")
        assert "No such file" in refused("people", "import", tmp_path / "none.csv", "-d", fresh)
        with _home(fresh).store() as store:
            assert store.people.count() == 0


class TestSheets:
    def test_list_and_link(self, fresh: Path) -> None:
        done("people", "import", PEOPLE, "-d", fresh)
        [one] = said("people", "list", "jakub.bondarenko@example.org", "-d", fresh)
        assert "Jakub Bondarenko" in done("people", "list", "jakub", "-d", fresh)
        page = done("people", "link", one["person"], "-d", fresh).strip()
        assert page.startswith("http://127.0.0.1:8000/a/")

    def test_a_sheet(self, morning: Path) -> None:
        found = said("people", "show", "ada", "-d", morning)
        assert found["visits"] == {"coffee": 3, "photo": 1}
        assert found["tags"] == ["coffee-lover"]
        assert found["rewards"] == [{"pool": "card", "index": 0, "status": "issued"}]
        assert "message: A coffee on the house" in done("people", "show", "ada", "-d", morning)

    def test_everything(self, morning: Path, tmp_path: Path) -> None:
        out = tmp_path / "ada.zip"
        assert str(out) in done("people", "everything", "ada", "--out", out, "-d", morning)
        with zipfile.ZipFile(out) as bundle:
            found = json.loads(bundle.read("everything.json"))
        assert len(found["taps"]) == 4
        assert found["rewards"][0]["pool"] == "card"
        assert "nobody has" in refused("people", "everything", "none", "--out", out, "-d", morning)


@pytest.mark.processes
def test_merging_and_parting(running: Path) -> None:
    ada, bob = (said("people", "show", who, "-d", running)["person"] for who in ("ada", "bob"))
    asked = CliRunner()
    from hub.cli.main import app

    no = asked.invoke(app, ["people", "merge", ada, bob, "-d", str(running)], input="n\n")
    assert (no.exit_code, "nothing was changed" in no.output) == (1, True)
    shown = done("people", "merge", ada, bob, "--yes", "-d", running)
    assert "What would come of it" in shown
    both = said("people", "show", ada, "-d", running)
    assert both == said("people", "show", bob, "-d", running)
    assert both["taps"]["coffee"] == 6
    assert "one already" in refused("people", "merge", ada, bob, "--yes", "-d", running)
    done("people", "unmerge", both["person"], *both["others"], "-d", running)
    assert said("people", "show", "ada", "-d", running)["taps"]["coffee"] == 3
    assert "are not one" in refused("people", "unmerge", ada, bob, "-d", running)


@pytest.mark.processes
def test_forgetting(running: Path) -> None:
    ada = said("people", "show", "ada", "-d", running)["person"]
    assert "--scrub 'soon'" in refused("people", "erase", ada, "--scrub", "soon", "-d", running)
    gone = done("people", "erase", "ada", "--yes", "-d", running)
    assert "they are forgotten: " in gone
    assert "none does" in gone
    assert "the database's files hold nothing of it any more" in gone
    assert "Ada" not in gone
    assert ada not in gone
    assert "nobody has" in refused("people", "show", "ada", "-d", running)
    assert said("people", "show", "bob", "-d", running)["taps"]["coffee"] == 3


@pytest.mark.processes
def test_badges_from_hand_to_hand(running: Path) -> None:
    bob = said("people", "show", "bob", "-d", running)["person"]
    assert "b-9 is lent to" in badges("lend", "b-9", "bob", "-d", running)
    assert badges("who", "b-9", "-d", running).strip() == bob
    assert f"{bob} had it until now" in badges("lend", "b-9", "ada", "-d", running)
    assert badges("who", "bob", "--at", "2026-10-08T12:00", "-d", running).strip() == bob
    # The clock of this installation stands still: of two leases at an instant the later counts.
    [lease] = json.loads(badges("history", "b-9", "--json", "-d", running))
    assert lease["name"] == "Badge ada"
    assert "is back from" in badges("return", "b-9", "-d", running)
    assert "nobody holds" in badges("return", "b-9", "-d", running, code=1)
    assert "nobody holds" in badges("who", "b-9", "-d", running, code=1)
    assert "in the drawer" in badges("history", "b-9", "-d", running)
    assert "ever held" in badges("history", "none", "-d", running, code=1)
    assert "was lost by" in badges("lost", "bob", "-d", running)
    wait_until(lambda: "nobody" in CliRunner().invoke(
        badge_commands.app, ["who", "bob", "-d", str(running)]).output)  # fmt: skip
    assert "is no badge" in badges("lend", " ", "ada", "-d", running, code=1)
    notes = json.loads(_of(people_notes.app, "list", "--json", "-d", running))
    assert [note["title"] for note in notes] == ["Badge bob is lost"]


@pytest.mark.processes
def test_walk_ins_are_claimed_and_purged(running: Path, tmp_path: Path) -> None:
    venue = tmp_path / "venue.yaml"
    venue.write_text(VENUE.replace("lamps:", "unknown_badges: walk_in\nlamps:"))
    done("venue", "apply", venue, "-d", running)
    with _home(running).store() as store:
        now_ms = _home(running).clock().wall_ms()
        for badge in ("w1", "w2"):
            store.add_command(f"t/{badge}", Tapped(badge, "coffee", now_ms), now_ms)
    wait_until(lambda: len(said("people", "walk-ins", "-d", running)) == 2)
    first, second = said("people", "walk-ins", "-d", running)
    assert "2 walk-ins" in done("people", "walk-ins", "-d", running)
    claimed = done("people", "claim", first["person"], "bob", "-d", running)
    assert f"{first['person']} is " in claimed
    [left] = said("people", "walk-ins", "-d", running)
    assert left["person"] == second["person"]
    assert "say --walk-ins and --before" in refused("people", "purge", "-d", running)
    words = ("people", "purge", "--walk-ins", "--yes", "-d", running, "--before")
    assert "no walk-in is that old" in done(*words, str(second["last_ms"]))
    shown = done(*words, str(second["last_ms"] + 1), "--scrub", "never")
    assert "1 walk-ins are forgotten" in shown
    assert said("people", "walk-ins", "-d", running) == []


def test_what_waits_for_an_engine_is_said(morning: Path) -> None:
    assert "the engine is not running" in badges("lend", "b-9", "ada", "-d", morning)
    gone = done("people", "erase", "ada", "--yes", "-d", morning)
    assert "they will be forgotten" in gone
    assert "the engine is not running" in gone


def test_duplicates(morning: Path, tmp_path: Path) -> None:
    file = tmp_path / "people.csv"
    file.write_text("name,key,email\nAnn Berg,1,ann@example.org\nAna Berg,2,ann@example.org\n")
    done("people", "import", file, "-d", morning)
    [pair] = said("people", "duplicates", "-d", morning)
    assert pair["same"] == "email"
    assert "1 pairs" in done("people", "duplicates", "-d", morning)


def test_notes_are_listed_and_read(morning: Path) -> None:
    with _home(morning).store() as store:
        store.commit(Group(notes=[Note("n1", 1_000, "People were not merged", "too many ids")]))
        [note] = store.notes.rows()
    assert "1 unread" in _of(people_notes.app, "list", "-d", morning)
    assert "1 are read" in _of(people_notes.app, "read", str(note.id), "-d", morning)
    assert "none of them" in _of(people_notes.app, "read", str(note.id), "-d", morning, code=1)
    assert "People were" in _of(people_notes.app, "list", "--all", "-d", morning)
