"""The data folder: who may read what, one process for each part, settings that are checked."""

import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest

from contract.clock import PacedClock
from hub.bootstrap import apply_venue, prepare, read_venue
from hub.broker.devices import read_device_file
from hub.broker.secrets import secret_matches
from hub.config import BrokerConfig, Config, ConfigFault, WebConfig, read_config, write_config
from hub.home import HUB_NAMES, Home
from hub.store import Store
from tests.core.fold import document
from tests.engine.parts import EDGES, GREETING, Hub

EVENT = "fair"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.startswith("FOYER_")]:
        monkeypatch.delenv(name)


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "data", Config(event=EVENT))


@pytest.fixture
def opened(home: Home) -> Iterator[Store]:
    store = home.store()
    store.start(migrate=True)
    with store:
        yield store


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


# The folder.


def test_secrets_are_for_the_owners_eyes(home: Home, opened: Store) -> None:
    home.ensure_device(opened, "pi", "edge", 1)
    secret = home.secret("pi")
    home.ensure_device(opened, "pi", "edge", 2)
    assert home.secret("pi") == secret
    assert mode(home.secret_file("pi")) == 0o600
    assert mode(home.secret_file("pi").parent) == 0o700


def test_a_device_whose_secret_was_lost_gets_another(home: Home, opened: Store) -> None:
    home.ensure_device(opened, "pi", "edge", 1)
    before = home.secret("pi")
    home.secret_file("pi").unlink()
    with pytest.raises(ConfigFault, match=r"no secret for 'pi' .* run foyer init"):
        home.secret("pi")
    home.ensure_device(opened, "pi", "edge", 2)
    assert home.secret("pi") != before


def test_the_broker_reads_who_may_come_in(home: Home, opened: Store) -> None:
    for name, role in (("engine", "hub"), ("pi", "edge"), ("gone", "edge")):
        home.ensure_device(opened, name, role, 1)
    opened.devices.revoke("gone")
    home.export_devices(opened)
    table = read_device_file(home.devices_file)
    assert mode(home.devices_file) == 0o600
    assert table.event == EVENT
    assert {d.name: (d.role, d.revoked) for d in table.devices} == {
        "engine": ("hub", False), "pi": ("edge", False), "gone": ("edge", True),
    }  # fmt: skip
    hashed = next(device.secret_hash for device in table.devices if device.name == "pi")
    assert secret_matches(home.secret("pi"), hashed)


def test_a_part_runs_once(home: Home) -> None:
    with home.only_one("engine"), home.only_one("web"):
        with (
            pytest.raises(ConfigFault, match=r"engine is running on .* already"),
            home.only_one("engine"),
        ):
            pytest.fail("two of them")
        script = (
            "import sys; from pathlib import Path; from hub.config import Config, ConfigFault;"
            "from hub.home import Home\n"
            "try:\n with Home(Path(sys.argv[1]), Config()).only_one('engine'): sys.exit(3)\n"
            "except ConfigFault: sys.exit(0)"
        )
        where = Path(__file__).parents[2]
        found = subprocess.run([sys.executable, "-c", script, home.data], check=False, cwd=where)
        assert found.returncode == 0
    with home.only_one("engine"):
        pass


def test_what_a_home_says_of_itself(home: Home) -> None:
    assert home.event == EVENT
    assert home.database_url == f"sqlite:///{home.data.resolve()}/foyer.db"
    assert home.public_url == "http://127.0.0.1:8000"
    other = Home(
        home.data,
        Config(
            database="postgresql://db/foyer",
            web=WebConfig(public_url="https://foyer.example/"),
            clock="paced:1:2:3",
        ),
    )
    assert other.database_url == "postgresql://db/foyer"
    assert other.public_url == "https://foyer.example"
    assert other.clock() == PacedClock(1, 2, 3.0)
    with pytest.raises(ConfigFault, match="no event is chosen"):
        _ = other.event


@pytest.mark.parametrize(
    ("clock", "words"),
    [
        ("sundial", "write system, fixed:"),
        ("paced:1:2:0", "time must pass"),
        ("paced:1:2:-3", "time must pass"),
        ("paced:1:2:nan", "time must pass"),
    ],
)
def test_a_clock_that_is_none(home: Home, clock: str, words: str) -> None:
    with pytest.raises(ConfigFault, match=words):
        Home(home.data, Config(clock=clock)).clock()


# The settings.


def test_settings_are_kept_and_read_again(tmp_path: Path) -> None:
    config = Config(event="fair", broker=BrokerConfig(port=1884), music={"file": "x.json"})
    path = write_config(tmp_path, config)
    assert mode(path) == 0o600
    assert read_config(tmp_path) == config


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert read_config(tmp_path) == Config()
    with pytest.raises(ConfigFault, match=r"there is no configuration file .*other\.yaml"):
        read_config(tmp_path, tmp_path / "other.yaml")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"evnt: fair", "evnt"),
        (b"broker: {kind: rabbit}", "kind"),
        (b"web: {port: many}", "port"),
        (b"- a\n- list", "object"),
        (b"event: [unclosed\nweb: {", "line"),
        (b"event: \xff\xfe", "utf-8"),
        (b"event: a\0b", "special characters"),
    ],
)
def test_what_cannot_be_meant_is_said_in_one_sentence(
    tmp_path: Path, content: bytes, words: str
) -> None:
    (tmp_path / "foyer.yaml").write_bytes(content)
    with pytest.raises(ConfigFault) as caught:
        read_config(tmp_path)
    assert words in str(caught.value)
    assert "foyer.yaml" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_the_environment_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write_config(tmp_path, Config(event="fair", broker=BrokerConfig(host="a", port=1)))
    settings = {
        "FOYER_EVENT": "gala", "FOYER_DATABASE": "sqlite:///x.db", "FOYER_CLOCK": "fixed:5",
        "FOYER_BROKER": "broker.example:1999", "FOYER_BIND": "0.0.0.0",
        "FOYER_LIGHTS": "bridge:80", "FOYER_PUBLIC_URL": "https://x.example",
    }  # fmt: skip
    for name, value in settings.items():
        monkeypatch.setenv(name, value)
    config = read_config(tmp_path)
    assert (config.event, config.database, config.clock) == ("gala", "sqlite:///x.db", "fixed:5")
    assert (config.broker.host, config.broker.port) == ("broker.example", 1999)
    assert (config.broker.bind, config.web.bind) == ("0.0.0.0", "0.0.0.0")
    assert (config.lights.address, config.web.public_url) == ("bridge:80", "https://x.example")


@pytest.mark.parametrize(
    ("value", "where"), [("b", ("b", 7)), (":8", ("a", 8)), ("b:8", ("b", 8)), ("", ("a", 7))]
)
def test_half_an_address_of_the_broker(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, where: tuple[str, int]
) -> None:
    write_config(tmp_path, Config(broker=BrokerConfig(host="a", port=7)))
    monkeypatch.setenv("FOYER_BROKER", value)
    broker = read_config(tmp_path).broker
    assert (broker.host, broker.port) == where


@pytest.mark.parametrize("value", ["b:many", "b:-1", "b:65536", "b:²", "::1"])
def test_an_address_of_the_broker_that_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("FOYER_BROKER", value)
    with pytest.raises(ConfigFault, match="FOYER_BROKER is HOST or HOST:PORT, not"):
        read_config(tmp_path)


# Making it ready.


def test_making_ready_twice_changes_nothing(home: Home) -> None:
    said: list[str] = []
    venue = document(GREETING, edges=EDGES)
    prepare(home, venue, said.append)
    with home.store() as store:
        secrets = {name: home.secret(name) for name in [*HUB_NAMES, "pi", "pi-stage", "pi-floor"]}
        devices, accounts = store.devices.all(), store.accounts.verify("organiser", "?", 1)
        assert accounts is not None
        (command,) = store.pending_commands()
    assert any("one-time password" in sentence for sentence in said)
    said.clear()
    prepare(home, venue, said.append)
    assert said == []
    with home.store() as store:
        assert {name: home.secret(name) for name in secrets} == secrets
        assert store.devices.all() == devices
        assert store.pending_commands() == [command]


def test_a_venue_that_is_in_force_is_not_asked_for_again(opened: Store) -> None:
    venue = document(GREETING, edges=EDGES)
    assert apply_venue(opened, venue, "eva", 5) is not None
    hub = Hub(opened)
    hub.engine._intake = type(hub.engine._intake)(EVENT)
    hub.run()
    assert apply_venue(opened, venue, "eva", 6) is None
    other = document(edges=EDGES)
    for wanted in (other, venue, other):
        assert apply_venue(opened, wanted, "eva", 7) is not None
        hub.run()
    current = opened.venue_at()
    assert current is not None
    assert current.document == msgspec.json.encode(other).decode()
    assert current.version == 4


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("{", ":2:1: error: this is no YAML"),
        ("event: 3", ":1:8: error: event: expected fields"),
        ("[]", ":1:1: error: expected fields"),
        ("\x00", ":1:1: error: this is no YAML"),
    ],
)
def test_a_venue_that_cannot_be_meant_is_refused_with_its_file(
    tmp_path: Path, content: str, words: str
) -> None:
    path = tmp_path / "venue.yaml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(ConfigFault) as caught:
        read_venue(path)
    assert words in str(caught.value)
    assert str(path) in str(caught.value)


def test_a_venue_is_read_from_yaml(tmp_path: Path) -> None:
    venue = document(GREETING, edges=EDGES)
    path = tmp_path / "venue.yaml"
    path.write_bytes(msgspec.yaml.encode(venue))
    assert read_venue(path) == venue
    with pytest.raises(ConfigFault, match=r"other\.yaml"):
        read_venue(tmp_path / "other.yaml")
