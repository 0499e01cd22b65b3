"""The whole way of a tap: reader, outbox, broker, hub, and back as a watermark."""

from pathlib import Path

import pytest

from contract.clock import ManualClock, SystemClock
from contract.envelope import Desired, Reported
from edge.readers.port import Read
from edge.settings import Tunable
from tests.edge.agents import SECRETS, RunningAgent, running
from tests.edge.broker import Mosquitto
from tests.edge.hub import ScriptedHub, Stream
from tests.waiting import wait_until

pytestmark = pytest.mark.needs_mosquitto


def outbox_empty(hub: ScriptedHub) -> None:
    def empty() -> bool:
        return bool(hub.health) and hub.health[-1].alive and hub.health[-1].outbox_rows == 0

    hub.health.clear()
    wait_until(empty, what="an empty outbox")


def stored(hub: ScriptedHub, rows: int) -> None:
    wait_until(lambda: hub.health and hub.health[-1].outbox_rows == rows, what="stored records")


def test_a_tap_arrives_and_is_forgotten_once_committed(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        outbox_empty(hub)
    assert hub.batches[0].sent_boot_ms is not None


def test_sightings_travel_as_summaries(broker: Mosquitto, hub: ScriptedHub, tmp_path: Path) -> None:
    clock = SystemClock()
    with running(broker.port, tmp_path / "pi", clock=clock) as pi:
        second = (clock.boot_ms() // 1_000 - 3) * 1_000
        for rssi_dbm in (-60, -62, -70):
            pi.reader.see("b1", rssi_dbm, second + 5)
        wait_until(hub.sightings, what="the summary")
    (sighting,) = hub.sightings()
    assert (sighting.rssi_dbm, sighting.count) == (-64.0, 3)


def test_nothing_is_deleted_for_a_puback(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.committing = False
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.batches, what="the batch")
        hub.health.clear()
        wait_until(lambda: hub.health, what="health")
        assert hub.health[-1].outbox_rows == 1
    with running(broker.port, tmp_path / "pi"):
        hub.committing = True
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap again")
        outbox_empty(hub)


def test_what_is_not_committed_in_time_is_sent_again(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.committing = False
    with running(broker.port, tmp_path / "pi", tunable=Tunable(resend_s=1)) as pi:
        pi.reader.tap("b1")
        wait_until(lambda: len(hub.batches) >= 2, what="the second sending")
    assert hub.batches[0].first == hub.batches[1].first == 1


def test_nothing_drains_to_a_dead_hub(broker: Mosquitto, hub: ScriptedHub, tmp_path: Path) -> None:
    hub.say(alive=False)
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.health and hub.health[-1].outbox_rows, what="a stored tap")
        hub.health.clear()
        wait_until(lambda: len(hub.health) > 2, what="more health")
        assert not hub.batches
        hub.say(alive=True)
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")


def test_another_session_of_the_hub_is_sent_everything_again_at_once(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.committing = False
    with running(broker.port, tmp_path / "pi", tunable=Tunable(resend_s=3_600)) as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.batches, what="the batch")
        hub.committing = True
        hub.say(alive=True)
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the batch again")


def test_a_live_tap_overtakes_the_backlog_of_an_outage(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.say(alive=False)
    hub.committing = False
    with running(broker.port, tmp_path / "pi") as pi:
        for start in range(0, 10_000, 500):
            pi.reader.taps([f"old{start + n}" for n in range(500)])
        wait_until(lambda: hub.health and hub.health[-1].outbox_rows == 10_000, what="a backlog")
        hub.say(alive=True)
        wait_until(lambda: len(hub.batches) == 12, what="all of the backlog that may be sent")
        pi.reader.tap("live")
        wait_until(lambda: len(hub.batches) == 13, what="the live tap")
        assert hub.batches[12].first == 10_001
        assert [batch.first for batch in hub.batches[:12]] == sorted(
            batch.first for batch in hub.batches[:12]
        )
        hub.committing = True
        hub.say(alive=True)
        wait_until(lambda: len(hub.badges()) == 10_001, what="all of it")
        outbox_empty(hub)
    assert set(hub.badges().values()) == {1}


def test_a_cut_network_loses_nothing_and_the_old_will_does_no_harm(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        wait_until(lambda: hub.health, what="birth")
        born = hub.health[-1].session
        pi.agent.link.cut()
        pi.reader.tap("b1")
        will = wait_until(lambda: [h for h in hub.health if not h.alive], what="the will")[-1]
        assert will.session == born
        assert not hub.taps()
        pi.agent.link.restore()
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        assert hub.health[-1].alive
        assert hub.health[-1].session > born


def test_a_clean_stop_says_so_with_its_session(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi"):
        wait_until(lambda: hub.health, what="birth")
    wait_until(lambda: not hub.health[-1].alive, what="the farewell")
    assert len({health.session for health in hub.health}) == 1
    first = hub.health[-1].session
    with running(broker.port, tmp_path / "pi"):
        wait_until(lambda: hub.health[-1].alive, what="birth")
    assert hub.health[-1].session > first


def test_a_broker_that_is_killed_loses_nothing(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        for number in range(300):
            pi.reader.tap(f"b{number}")
            if number in (100, 200):
                broker.kill()
            if number in (150, 250):
                broker.start()
                wait_until(hub._client.is_connected, what="the hub again")
                hub.say(alive=True)
        wait_until(lambda: len(hub.badges()) == 300, what="all taps")
        outbox_empty(hub)
    assert set(hub.badges().values()) == {1}


def test_a_former_boot_is_sent_with_its_own_anchor(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.say(alive=False)
    hub.clock_offset_ms = None
    for number, boot in enumerate(("aaaaaaaa", "bbbbbbbb"), 1):
        clock = ManualClock(number * 1_000_000, booted_ms=number * 1_000_000 - 5, quality="rtc")
        with running(broker.port, tmp_path / "pi", clock=clock, boot=boot) as pi:
            pi.reader.taps([f"b{number}"])
            stored(hub, number)
            if boot == "bbbbbbbb":
                hub.say(alive=True)
                wait_until(lambda: len(hub.badges()) == 2, what="both taps")
    old, new = hub.batches
    assert (old.boot, old.clock.wall_ms, old.clock.boot_ms) == ("aaaaaaaa", 1_000_000, 5)
    assert old.sent_boot_ms is None
    assert (new.boot, new.clock.wall_ms, new.sent_boot_ms) == ("bbbbbbbb", 2_000_000, 5)
    assert new.clock.quality == "rtc"


def test_the_hub_is_asked_for_the_time_and_believed(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.clock_offset_ms = 86_400_000
    clock = SystemClock(quality="unset")
    with running(broker.port, tmp_path / "pi", clock=clock) as pi:
        wait_until(lambda: hub.health and hub.health[-1].clock_quality == "hub", what="an anchor")
        pi.reader.tap("b1")
        wait_until(lambda: hub.batches, what="the tap")
    anchor = hub.batches[-1].clock
    assert anchor.quality == "hub"
    offset_ms = clock.wall_ms() - clock.boot_ms()
    assert abs(anchor.wall_ms - anchor.boot_ms - offset_ms - 86_400_000) < 2_000


def test_a_clock_that_is_the_hubs_is_not_asked_for(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi", clock=SystemClock(quality="hub")):
        wait_until(lambda: len(hub.health) > 1, what="health")
    assert not hub.clock_requests


def test_a_hub_that_forgot_all_still_gets_what_is_left(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        outbox_empty(hub)
        hub.streams.clear()
        hub.commit()
        pi.reader.tap("b2")
        wait_until(lambda: hub.badges() == {"b2": 1}, what="the next tap")
        outbox_empty(hub)


def test_an_outbox_older_than_the_hubs_memory_begins_a_new_stream(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.say(alive=False)
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.health and hub.health[-1].outbox_rows == 1, what="stored")
        hub.say(alive=True)
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        (known,) = hub.streams
        hub.streams[known] = Stream(gaps=set(range(1, 50)))
        hub.commit()
        pi.reader.tap("b2")
        wait_until(lambda: "b2" in hub.badges(), what="the new tap")
    assert len(hub.streams) == 2


def test_gaps_tell_exactly_what_was_given_up(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    hub.say(alive=False)
    tunable = Tunable(outbox_bytes_max=100_000)
    with running(broker.port, tmp_path / "pi", tunable=tunable) as pi:
        for block in range(10):
            reads = [
                Read(f"b{n % 7}", "hall", (block * 500 + n) * 1_000, -60.0) for n in range(500)
            ]
            pi.reader.feed(*reads, position=str(block))
        pi.reader.tap("last")
        wait_until(lambda: hub.health and hub.health[-1].evicted_rows, what="evictions")
        hub.say(alive=True)
        wait_until(lambda: "last" in hub.badges(), what="the tap")
        outbox_empty(hub)
        evicted = hub.health[-1].evicted_rows
    (sightings,) = (s for s in hub.streams.values() if s.gaps)
    assert len(sightings.gaps) == evicted
    assert sightings.gaps | set(sightings.records) == set(range(1, 5_001))
    assert not sightings.gaps & set(sightings.records)
    for number, record in sightings.records.items():
        assert record.boot_ms == (number - 1) * 1_000
    for gap in hub.gaps():
        assert gap.from_boot_ms == (gap.first - 1) * 1_000
        assert gap.until_boot_ms == (gap.last - 1) * 1_000


def test_the_hub_may_tune_and_is_told_when_it_may_not(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        hub.desire(Desired(revision=1, config={"tap_bounce_s": 0}))
        wait_until(lambda: hub.reported == [Reported(revision=1)], what="revision 1")
        pi.reader.tap("b1")
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 2}, what="two taps")
        hub.desire(Desired(revision=2, config={"tap_bounce_s": 5, "colour": 1}))
        wait_until(lambda: len(hub.reported) == 2, what="revision 2")
        assert "colour cannot be set" in (hub.reported[-1].error or "")
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 3}, what="still no bounce")


def test_a_reader_that_dies_is_started_again_and_named(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.feed(Read("b1", "door", 0), position="17")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        pi.reader.fault = OSError("unplugged")
        wait_until(lambda: hub.health[-1].notes == ["reader fed: unplugged"], what="a note")
        wait_until(lambda: pi.reader.starts == 2, what="another start")
        assert pi.reader.position == "17"


def test_a_broken_outbox_is_told_in_health(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    folder = tmp_path / "pi"
    folder.mkdir()
    (folder / "outbox.db").write_bytes(b"x" * 9_000)
    with running(broker.port, folder) as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        assert "outbox.db.broken-1" in hub.health[-1].notes[0]


def test_what_cannot_be_read_from_the_hub_stops_nothing(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        wait_until(lambda: hub.health, what="birth")
        for lane in ("committed", "desired", "clock", "nonsense"):
            for payload in (b"{", b'{"v": 2}', b"\xff\xfe", b"x" * 70_000):
                hub._publish(f"foyer/conf/pi/down/{lane}", payload)
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")


def test_a_wrong_secret_is_refused_and_the_tap_kept(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as wrong:
        wrong.setitem(SECRETS, "pi", "wrong")
        stranger = RunningAgent(broker.port, tmp_path / "pi")
    stranger.start()
    stranger.reader.tap("b1")
    wait_until(lambda: stranger.agent._caller._said.startswith("no connection"), what="refusal")
    assert "refused" in stranger.agent._caller._said
    stranger.stop()
    assert not hub.health
    with running(broker.port, tmp_path / "pi"):
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")


def test_a_read_that_the_hub_would_refuse_spoils_no_other(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        fit, boot_ms = Read("b1", "door", 0), 0
        unfit = [Read("", "door", boot_ms), Read("b2", "x" * 65, boot_ms)]
        unfit += [Read("b3", "door", boot_ms, rssi) for rssi in (51.0, -151.0, float("nan"))]
        pi.reader.feed(*unfit, fit, position="6")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        hub.health.clear()
        wait_until(lambda: hub.health, what="health")
        assert hub.health[-1].notes == ["5 reads left out, one for: strength of nan dBm"]
    assert len(hub.records()) == 1
