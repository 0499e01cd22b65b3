"""Every other command on real data folders: what it does, and what it refuses in one sentence."""

import json
import stat
import threading
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
import yaml

from hub.broker.devices import read_device_file
from hub.cli.common import WIDTH_CHARS
from hub.cli.main import app
from hub.cli.replay.processes import Process
from hub.cli.replay.processes import foyer as part
from hub.config import read_config
from hub.core.document import Venue
from hub.home import Home
from integrations.lights.emulator.server import Emulator
from tests.cli.recorded import VENUE, done, foyer, refused, said
from tests.waiting import wait_until

EXAMPLE = Path(__file__).parents[2] / "examples" / "martech"
PEOPLE = EXAMPLE / "people.csv"
pytestmark = pytest.mark.xdist_group("cli")


def _home(data: Path) -> Home:
    return Home(data, read_config(data))


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_every_command_says_what_it_does() -> None:
    for command in app.registered_commands:
        name = str(command.name or command.callback.__name__ if command.callback else "")
        if name != "edge":
            assert "Usage" in done(name, "--help")
    for group in app.registered_groups:
        assert "Commands" in done(str(group.name), "--help")


class TestVenue:
    def test_check(self, tmp_path: Path) -> None:
        assert "12 places, 12 edges, " in done("venue", "check", EXAMPLE / "venue.yaml")
        wrong = tmp_path / "wrong.yaml"
        wrong.write_text(VENUE.replace("place: photo}", "place: foto}"))
        assert "there is no place 'foto'; there is: coffee, photo" in refused(
            "venue", "check", wrong
        )
        wrong.write_text(VENUE.replace("rules:", "rulez:"))
        assert "unknown field 'rulez'" in refused("venue", "check", wrong)
        wrong.write_text("event: [")
        assert str(wrong) in refused("venue", "check", wrong)
        assert "No such file" in refused("venue", "check", tmp_path / "none.yaml")

    def test_schema_is_that_of_the_document(self) -> None:
        schema = json.loads(done("venue", "schema"))
        rule = schema["$defs"]["Rule"]["properties"]
        assert "if" in rule
        assert "if_" not in rule
        assert schema["$defs"]["Venue"]["additionalProperties"] is False

    def test_show_is_the_document(self, morning: Path) -> None:
        shown = yaml.safe_load(done("venue", "show", "-d", morning))
        venue = msgspec.convert(shown, Venue)
        assert venue.rules == msgspec.convert(yaml.safe_load(VENUE), Venue).rules
        assert said("venue", "show", "-d", morning) == shown
        assert [one["fired"] for one in said("venue", "rules", "-d", morning)] == [1, 0]
        assert "coffee-lover" in done("venue", "rules", "-d", morning)

    def test_nothing_is_published_yet(self, fresh: Path) -> None:
        assert "no venue is published" in refused("venue", "show", "-d", fresh)

    def test_apply_while_the_engine_is_stopped(self, morning: Path, tmp_path: Path) -> None:
        file = tmp_path / "new.yaml"
        file.write_text(VENUE)
        assert "takes the document when it starts" in done("venue", "apply", file, "-d", morning)
        file.write_text(VENUE.replace("id: morning", "id: evening"))
        assert "the document is of 'evening'" in refused("venue", "apply", file, "-d", morning)


@pytest.fixture
def running(morning: Path) -> Iterator[Path]:
    """The morning's installation with its engine running."""
    engine = Process("engine", part("engine", morning), morning / "engine.log", {})
    engine.start("engine runs")
    yield morning
    engine.stop()


@pytest.mark.processes
def test_apply_waits_for_the_engine(running: Path, tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(
        VENUE.replace("stock: 5}]", "stock: 9}]\nedges: [{name: pi, readers: {r: photo}}]")
    )
    assert "version 2 is in force, with 2 rules" in done("venue", "apply", file, "-d", running)
    assert "in force already" in done("venue", "apply", file, "-d", running)
    assert "pi" in {device["name"] for device in said("devices", "list", "-d", running)}
    assert _home(running).secret_file("pi").exists()
    with _home(running).store() as store:
        [pool] = store.views.pools()
    assert pool.left == 8


@pytest.mark.processes
def test_quarantined_taps_are_taken_in_once_somebody_holds_the_badge(running: Path) -> None:
    home = _home(running)
    from hub.core.events import Tapped
    from hub.engine.floor import HeldTap
    from hub.store import Group, QuarantineRow

    with home.store() as store:
        held = msgspec.json.encode(HeldTap("tap:x", Tapped("b-9", "photo", home.clock().wall_ms())))
        row = QuarantineRow("tap", "replay", "nobody holds badge 'b-9'", held, 1, "b-9")
        store.commit(Group(quarantine=[row, row]))
    listed = said("quarantine", "list", "-d", running)
    assert [one["badge"] for one in listed] == ["b-9", "b-9"]
    number = listed[0]["id"]
    assert "b-9" in done("quarantine", "list", "-d", running)
    assert "HeldTap" not in done("quarantine", "show", str(number), "-d", running)
    done("quarantine", "discard", str(number), "-d", running)
    assert "nothing with the id" in refused("quarantine", "discard", str(number), "-d", running)
    people = running / "people.csv"
    people.write_text("name,badge\nZoe,b-9\n")
    done("people", "import", people, "-d", running)
    wait_until(lambda: foyer("people", "show", "b-9", "-d", running).exit_code == 0)
    done("quarantine", "replay", "--all", "-d", running)
    wait_until(lambda: said("people", "show", "b-9", "-d", running)["taps"] == {"photo": 1})
    assert "not held: 999" in refused("quarantine", "replay", "999", "-d", running)
    assert "say either ids or --all" in refused("quarantine", "replay", "-d", running)
    assert "nothing in quarantine" in refused("quarantine", "show", "999", "-d", running)


class TestDevices:
    def test_add_shows_the_secret_once(self, fresh: Path) -> None:
        home = _home(fresh)
        secret = said("devices", "add", "pi-new", "-d", fresh)["secret"]
        table = {device.name: device for device in read_device_file(home.devices_file).devices}
        assert table["pi-new"].role == "edge"
        assert secret not in home.devices_file.read_text()
        assert secret not in done("devices", "list", "-d", fresh)
        assert done("devices", "add", "pi-coffee", "-d", fresh).splitlines()[-1] == home.secret(
            "pi-coffee"
        )

    def test_revoke_and_export(self, fresh: Path) -> None:
        home = _home(fresh)
        done("devices", "revoke", "pi-coffee", "-d", fresh)
        table = {device.name: device for device in read_device_file(home.devices_file).devices}
        assert table["pi-coffee"].revoked
        home.devices_file.unlink()
        assert "15 devices are in" in done("devices", "export", "-d", fresh)
        assert _mode(home.devices_file) == 0o600
        assert "there is no device 'pi-none'" in refused(
            "devices", "revoke", "pi-none", "-d", fresh
        )
        assert "the hub's own" in refused("devices", "revoke", "engine", "-d", fresh)
        assert "the hub's own" in refused("devices", "add", "engine", "-d", fresh)
        assert "a device is called in a-z" in refused("devices", "add", "Pi New", "-d", fresh)
        assert "a device is one of" in refused("devices", "add", "pi", "--role", "x", "-d", fresh)


class TestUpkeep:
    def test_database(self, tmp_path: Path, fresh: Path) -> None:
        assert "is up to date" in done("db", "upgrade", "-d", fresh)
        (fresh / "foyer.db").unlink()
        assert "run `foyer db upgrade`" in refused("people", "list", "-d", fresh)
        done("db", "upgrade", "-d", fresh)
        assert said("people", "list", "-d", fresh) == []
        assert "no event is chosen" in refused("db", "upgrade", "-d", tmp_path / "none")

    def test_accounts(self, fresh: Path) -> None:
        password = done("accounts", "add", "olga", "--role", "organiser", "-d", fresh).split()[-1]
        with _home(fresh).store() as store:
            account = store.accounts.verify("olga", password, 1)
            assert (getattr(account, "role", ""), getattr(account, "must_change", None)) == (
                "organiser",
                True,
            )
        assert "olga" in done("accounts", "list", "-d", fresh)
        assert "foyer: " in refused("accounts", "add", "olga", "-d", fresh)
        assert "an account is one of" in refused("accounts", "add", "x", "--role", "y", "-d", fresh)
        token = done("accounts", "token", "bar", "-d", fresh).split()[-1]
        with _home(fresh).store() as store:
            known = store.accounts.by_token(token)
            assert known is not None
            assert known.name == "bar"
        done("accounts", "token", "bar", "--revoke", "-d", fresh)
        assert "no token 'foo'" in refused("accounts", "token", "foo", "--revoke", "-d", fresh)

    def test_actions(self, morning: Path) -> None:
        [dropped] = said("actions", "list", "--status", "done", "-d", morning)[:1]
        assert dropped["rule"] == "coffee-lover"
        assert "done" in done("actions", "list", "-d", morning)
        assert "has come to a bad end" in refused(
            "actions", "replay", dropped["key"], "-d", morning
        )
        with _home(morning).store() as store, store.database.write() as connection:
            connection.exec_driver_sql("UPDATE action SET status = 'dead'")
        rewards = said("actions", "list", "--status", "dead", "--limit", "500", "-d", morning)
        reward = next(one for one in rewards if one["connector"] == "reward")
        assert "went back to its pool" in refused("actions", "replay", reward["key"], "-d", morning)
        assert "is started again" in done("actions", "replay", dropped["key"], "-d", morning)
        assert (
            said("actions", "list", "--status", "waiting", "-d", morning)[0]["key"]
            == dropped["key"]
        )

    def test_a_folder_without_an_installation(self, tmp_path: Path) -> None:
        for words in (["people", "list"], ["devices", "list"], ["why", "a", "b"], ["rebuild"]):
            assert "no event is chosen in" in refused(*words, "-d", tmp_path / "none")
        assert "there is no configuration file" in refused(
            "people", "list", "-c", tmp_path / "c.yaml"
        )


class TestLights:
    def test_pair_and_verify(self, morning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bridge = Emulator(["Photo", "Other"], port=0)
        bridge.start()
        try:
            monkeypatch.setenv("FOYER_LIGHTS", bridge.address)
            assert "pair with the bridge first" in refused("lights", "verify", "-d", morning)
            assert "nobody pressed" in refused("lights", "pair", "--timeout-s", "0", "-d", morning)
            bridge.press()
            assert "paired with" in done("lights", "pair", "-d", morning)
            shown = done("lights", "verify", "-d", morning)
            assert "Photo" in shown
            assert len(shown.splitlines()[0]) <= WIDTH_CHARS
        finally:
            bridge.stop()

    def test_which_bridge(self, morning: Path) -> None:
        assert "which bridge?" in refused("lights", "pair", "-d", morning)
        assert "no bridge is set" in refused("lights", "verify", "-d", morning)

    def test_a_missing_lamp(self, morning: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        bridge = Emulator(["Other"], port=0)
        bridge.start()
        try:
            monkeypatch.setenv("FOYER_LIGHTS", bridge.address)
            threading.Thread(target=bridge.press).start()
            done("lights", "pair", bridge.address, "-d", morning)
            assert "the bridge has no lamp Photo" in refused("lights", "verify", "-d", morning)
        finally:
            bridge.stop()

    def test_emulator_is_passed_its_words(self) -> None:
        assert "--press" in done("lights", "emulator", "--help")
