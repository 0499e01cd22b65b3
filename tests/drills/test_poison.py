"""Whatever is sent, and whatever is down, costs only itself, with a reason a person can read."""

import os
import sys
import time
from base64 import urlsafe_b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from msgspec.structs import replace

from hub.config import Config, LightsConfig, PushConfig
from hub.core import document as doc
from hub.engine.rebuild import differences
from hub.store.inbox import Subscription
from hub.store.outbox import PendingAction
from hub.store.quarantine import Held
from integrations.lights.pairing import register
from tests import needs
from tests.drills import conftest, venues
from tests.harness import ledger
from tests.harness.device import Device
from tests.harness.installation import Installation
from tests.harness.ports import HOST, free_port
from tests.harness.program import Program
from tests.waiting import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("poison")]

LAMP, GHOST = "Photo corner", "Ballroom"
LONG_BYTES = 100_000
HUGE_BYTES = 2_000_000
IN_1970_MS = 86_400_000
BEYOND_MS = 10**15
"""No calendar reaches so far."""
IN_2099_MS = int(datetime(2099, 6, 1, 12, tzinfo=UTC).timestamp() * 1000)


def photo_venue() -> doc.Venue:
    """One stand, and a photo corner with a lamp that is there and one that is not."""
    venue = venues.stands(1, stock=100)
    lit = [doc.SetLight(lamp=name, colour="#00ff00", max_age="1h") for name in (LAMP, GHOST)]
    return replace(
        venue,
        places=[*venue.places, doc.Place(id="photo", name="Photo corner", visits_by="tap")],
        edges=[*venue.edges, doc.Edge(name="pi-photo", readers={"*": "photo"})],
        lamps=[LAMP, GHOST],
        rules=[
            *venue.rules,
            doc.Rule(name="photo", when=doc.OnTap(place="photo"), then=[*lit]),
            doc.Rule(
                name="greeting",
                when=doc.OnTap(place="photo"),
                then=[doc.SendPush(title="Smile", max_age="1h")],
            ),
        ],
    )


@dataclass(frozen=True, slots=True)
class Trouble:
    """A running installation, and a badge that is good."""

    installation: Installation
    persons: dict[str, str]

    def device(self, name: str = "pi-0") -> Device:
        home = self.installation.home
        return Device(home.config.broker.port, home.event, name, home.secret(name))

    def held(self, badge: str | None = None, words: str = "") -> list[Held]:
        rows = ledger.held(self.installation.store)
        return [row for row in rows if words in row.reason and badge in (None, row.badge)]

    def is_held(self, words: str, badge: str | None = None) -> Held:
        """Wait for one thing in quarantine whose reason has ``words``."""
        (row,) = wait_until(lambda: self.held(badge, words), what=f"{words!r} in quarantine")
        return row

    def all_else_goes_on(self, device: Device) -> None:
        """A good tap gets its decision."""
        tap = device.tap("good")
        device.publish("taps", device.batch(tap))
        key = f"point-0/{self.persons['good']}/{tap['boot_ms']}"
        wait_until(lambda: self._decided(key), what="the decision about a good tap")

    def _decided(self, key: str) -> bool:
        views = self.installation.store.views
        newest = views.decisions(rule="point-0", newest_first=True, limit=50)
        return any(one.decision.key == key for one in newest)


@pytest.fixture(scope="module", params=["embedded", "mosquitto"])
def running(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Trouble]:
    if request.param == "mosquitto":
        needs.mosquitto()
    folder = tmp_path_factory.mktemp("poison")
    bridge = _bridge(folder)
    config = Config(
        lights=LightsConfig(address=f"{HOST}:{bridge.port}"),
        push=PushConfig(subject="mailto:drill@example.org", allow_loopback=True),
    )
    data = folder / "data"
    installation = Installation(data, photo_venue(), broker_kind=request.param, config=config)
    try:
        bridge.program.wait_ready()
        register(f"{HOST}:{bridge.port}", data / "hue.json")
        installation.start()
        yield Trouble(installation, installation.register(["good", "smiling"]))
        assert differences(installation.store) == []
        assert installation.engine.starts == 1
        assert installation.engine.is_running
    finally:
        installation.stop()
        bridge.program.kill()


@pytest.fixture
def trouble(request: pytest.FixtureRequest, running: Trouble) -> Trouble:
    request.node.stash[conftest.INSTALLATIONS] = [running.installation]
    return running


@dataclass(frozen=True, slots=True)
class Bridge:
    program: Program
    port: int


def _bridge(folder: Path) -> Bridge:
    port = free_port()
    command = [sys.executable, "-m", "integrations.lights.emulator", "--port", str(port)]
    program = Program(
        "bridge", [*command, "--lights", LAMP, "--press"], folder / "bridge.log", ready="emulated"
    )
    program.start()
    return Bridge(program, port)


@pytest.mark.parametrize("lane", ["taps", "sightings", "health", "reported", "clock"])
def test_malformed_json_is_set_aside_on_every_lane(trouble: Trouble, lane: Any) -> None:
    with trouble.device() as device:
        payload = f'{{"v":1,"poison":"{lane}'.encode()
        device.publish(lane, payload)
        row = wait_until(
            lambda: [row for row in trouble.held() if row.payload == payload], what=lane
        )[0]
        assert row.edge == "pi-0"
        assert "Input data was truncated" in row.reason or "cannot be read" in row.reason
        trouble.all_else_goes_on(device)


def test_another_version_of_the_protocol_is_refused_by_its_number(trouble: Trouble) -> None:
    with trouble.device() as device:
        device.publish("taps", device.batch(device.tap("good"), v=2))
        trouble.is_held("protocol version 2 is not spoken here, only 1")
        trouble.all_else_goes_on(device)


def test_a_payload_over_the_limit_is_set_aside_with_both_figures(trouble: Trouble) -> None:
    with trouble.device() as device:
        device.publish("taps", b"x" * LONG_BYTES)
        row = trouble.is_held(f"payload of {LONG_BYTES} bytes is over the limit of 65536")
        assert len(row.payload) < LONG_BYTES
        trouble.all_else_goes_on(device)


def test_a_payload_of_two_megabytes_costs_its_sender_the_connection(trouble: Trouble) -> None:
    with trouble.device() as device:
        device.publish("taps", b"x" * HUGE_BYTES, acknowledged=False)
        wait_until(lambda: not device.is_connected, what="the connection to end")
    broker = trouble.installation.broker
    wait_until(lambda: "over 262144" in broker.said or "oversize" in broker.said.lower(),
               what="a line that says why")  # fmt: skip
    with trouble.device() as device:
        trouble.all_else_goes_on(device)


def test_an_unknown_device_does_not_get_in(trouble: Trouble) -> None:
    port = trouble.installation.config.broker.port
    with Device(port, venues.EVENT, "pi-99", "guessed") as stranger:
        assert stranger.refusal is not None
        assert "Not authorized" in stranger.refusal or "Bad user name" in stranger.refusal
    with trouble.device() as device:
        trouble.all_else_goes_on(device)


def test_a_device_that_is_no_part_of_the_venue_is_set_aside(trouble: Trouble) -> None:
    home, store = trouble.installation.home, trouble.installation.store
    home.ensure_device(store, "pi-ghost", "edge", home.clock().wall_ms())
    home.export_devices(store)
    ghost = wait_until(lambda: _admitted(trouble, "pi-ghost"), what="the broker to know it")
    with ghost:
        ghost.publish("taps", ghost.batch(ghost.tap("good")))
        trouble.is_held("unknown device: no edge 'pi-ghost' is part of this venue")
    with trouble.device() as device:
        trouble.all_else_goes_on(device)


def _admitted(trouble: Trouble, name: str) -> Device | None:
    with trouble.device(name) as device:
        return trouble.device(name) if device.refusal is None else None


@pytest.mark.parametrize(
    ("at_ms", "words"),
    [
        (IN_1970_MS, "dated 1970-01-02 01:00:00, long before the event begins at 2024-01-01"),
        (IN_2099_MS, "dated in the future: 2099-06-01 14:00:00, while it is 2"),
        (BEYOND_MS, f"dated in the future: {BEYOND_MS} ms, while it is 2"),
    ],
    ids=["1970", "2099", "no-calendar"],
)
@pytest.mark.parametrize("kind", ["tap", "sighting"])
@pytest.mark.parametrize("by", ["wall", "clock"])
def test_a_time_that_cannot_be_meant(
    trouble: Trouble, at_ms: int, words: str, kind: str, by: str
) -> None:
    badge = f"{kind}-by-{by}-in-{at_ms}"
    trouble.installation.register([badge])
    with trouble.device() as device:
        record = device.tap(badge) if kind == "tap" else device.sighting(badge)
        envelope: dict[str, Any] = {}
        if by == "wall":
            record["wall_ms"] = at_ms
        else:
            boot_ms = record["boot_ms"]
            envelope["clock"] = {"boot_ms": boot_ms, "wall_ms": at_ms, "quality": "ntp"}
        device.publish("taps" if kind == "tap" else "sightings", device.batch(record, **envelope))
        trouble.is_held(words, badge)
        trouble.all_else_goes_on(device)


def test_a_clock_that_was_never_set_is_not_believed(trouble: Trouble) -> None:
    """A Pi without a clock chip wakes up in 1970: the age on its boot clock is what counts."""
    with trouble.device() as device:
        unset = {"boot_ms": 5_000, "wall_ms": 5_000, "quality": "unset"}
        before_ms = time.time_ns() // 1_000_000
        device.publish(
            "taps",
            device.batch(device.tap("good", boot_ms=4_000), clock=unset, sent_boot_ms=6_000),
        )
        undated = device.batch(device.tap("undated", boot_ms=4_000), clock=unset)
        device.publish("taps", undated)
        trouble.is_held("cannot be dated: the edge's clock was never set that boot", "undated")
        trouble.all_else_goes_on(device)
    at = [tap.at_ms for tap in ledger.taps_in(trouble.installation.store) if tap.badge == "good"]
    assert any(before_ms - 2_500 <= at_ms <= before_ms + 20_000 - 2_000 for at_ms in at)


@pytest.mark.parametrize("lane", ["taps", "sightings"])
def test_sequence_numbers_that_no_database_holds_stop_nobody(trouble: Trouble, lane: Any) -> None:
    with trouble.device() as device:
        record = device.tap("good") if lane == "taps" else device.sighting("good")
        for first in (2**63 - 2, 2**63, 10**30):
            device.publish(lane, device.batch(record, record, record, first=first))
        trouble.all_else_goes_on(device)
    assert trouble.installation.store.load_engine()


def test_one_bad_record_among_good_ones_costs_only_itself(trouble: Trouble) -> None:
    badges = [f"among-{n}" for n in range(4)]
    trouble.installation.register(badges)
    with trouble.device() as device:
        good = [device.tap(badge) for badge in badges]
        bad = {"kind": "tap", "badge": "among-bad", "reader": "r", "boot_ms": "yesterday"}
        device.publish("taps", device.batch(*good[:2], bad, *good[2:]))
        row = trouble.is_held("record 3: Expected `int`, got `str` - at `$.boot_ms`")
        assert b"among-bad" in row.payload
        trouble.all_else_goes_on(device)
        _, position = _position(trouble, device.stream)
    taken = ledger.taps_in(trouble.installation.store)
    assert sum(n for tap, n in taken.items() if tap.badge in badges) == len(badges)
    assert position == (6, [])


def _position(trouble: Trouble, stream: str) -> tuple[str, tuple[int, list[tuple[int, int]]]]:
    streams = trouble.installation.store.load_engine().streams
    edge, found = next((e, p) for (e, name), p in streams.items() if name == stream)
    return edge, (found.upto, list(found.ranges))


def test_an_unknown_badge_is_taken_in_once_when_it_is_registered(trouble: Trouble) -> None:
    """The same tap came from two devices: each is set aside, and together they are one tap."""
    fact = "seen-by-two"
    with trouble.device() as device, trouble.device("pi-lounge") as other:
        tap = device.tap("walk-in", key=fact)
        device.publish("taps", device.batch(tap))
        other.publish("taps", other.batch(tap))
        wait_until(lambda: len(trouble.held("walk-in")) > 1, what="both to be held")
        rows = trouble.held("walk-in", "nobody holds badge 'walk-in' at ")
        assert [row.reason.endswith(": register it") for row in rows] == [True, True]
        assert {row.source for row in rows} == {"tap"}
        trouble.all_else_goes_on(device)

        now_ms = time.time_ns() // 1_000_000
        quarantine = trouble.installation.store.quarantine
        assert quarantine.requeue(rows[0].id, "a test", now_ms)
        again = wait_until(lambda: _held_again(trouble, rows[0].id), what="to be refused again")
        assert again.reason.startswith("nobody holds badge 'walk-in'")

        trouble.installation.register(["walk-in"])
        assert [quarantine.requeue(row.id, "a test", now_ms) for row in rows] == [True, True]
        wait_until(lambda: _are_replayed(trouble, rows), what="both to be taken in")
        assert not quarantine.requeue(rows[0].id, "a test", now_ms)
        device.publish("taps", device.batch(tap))
        trouble.all_else_goes_on(device)
    taken = ledger.taps_in(trouble.installation.store)
    assert sum(n for tap, n in taken.items() if tap.badge == "walk-in") == 1


def _held_again(trouble: Trouble, number: int) -> Held | None:
    row = trouble.installation.store.quarantine.get(number)
    return row if row is not None and row.status == "held" and row.settled_ms is not None else None


def _are_replayed(trouble: Trouble, rows: list[Held]) -> bool:
    found = [trouble.installation.store.quarantine.get(row.id) for row in rows]
    return all(row is not None and row.status == "replayed" for row in found)


def test_a_lamp_that_is_not_there_and_a_push_service_that_is_down(trouble: Trouble) -> None:
    """Both are in one tap with a lamp that is there, which is lit; the tap counts all the same."""
    store = trouble.installation.store
    person = trouble.persons["smiling"]
    store.inbox.subscribe(person, _nobody_listens(), 1)
    with trouble.device("pi-photo") as device:
        tap = device.tap("smiling")
        device.publish("taps", device.batch(tap))
        key = f"{person}/{tap['boot_ms']}#"
        lit = wait_until(lambda: _ended(trouble, f"photo/{key}0"), what="the lamp that is there")
        lost = wait_until(lambda: _ended(trouble, f"photo/{key}1"), what="the lamp that is not")
        push = wait_until(lambda: _tried(trouble, f"greeting/{key}0"), what="the push")
        assert lit.status == "done"
        assert lost.status == "dropped"
        assert lost.detail is not None
        assert GHOST in lost.detail
        assert push.status == "waiting"
        assert push.detail == f"no answer from {HOST}: ConnectError"
        wait_until(lambda: _tried(trouble, push.action.key, 2), what="another try")
        assert [message.title for message in store.inbox.of(person)][:1] == ["Smile"]
    with trouble.device() as device:
        trouble.all_else_goes_on(device)


def _nobody_listens() -> Subscription:
    """A browser's subscription, with true keys, at a push service that is down."""
    public = ec.generate_private_key(ec.SECP256R1()).public_key()
    point = public.public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
    keys = [urlsafe_b64encode(key).decode().rstrip("=") for key in (point, os.urandom(16))]
    return Subscription(f"http://{HOST}:{free_port()}/push/drill", *keys)


def _ended(trouble: Trouble, key: str) -> PendingAction | None:
    found = trouble.installation.store.views.action(key)
    return found if found is not None and found.status not in {"waiting", "leased"} else None


def _tried(trouble: Trouble, key: str, times: int = 1) -> PendingAction | None:
    found = trouble.installation.store.views.action(key)
    return found if found is not None and found.attempts >= times else None
