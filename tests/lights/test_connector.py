from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from contract.clock import ManualClock, PacedClock, SystemClock
from integrations.lights import limits
from integrations.lights.colour import to_lamp
from integrations.lights.connector import LampView, Pending
from integrations.lights.errors import KeyFileInvalid, KeyRefused
from integrations.lights.pairing import pair
from integrations.port import Connector, Done, Drop, RetryLater, StopConnector
from tests.lights.venue import (
    LAMPS,
    REST,
    START_MS,
    Venue,
    changes_by_lamp,
    most_in_a_second,
    venue,
)
from tests.waiting import wait_until


@pytest.fixture
def corner(tmp_path: Path) -> Iterator[Venue]:
    with venue(tmp_path, venue_lamps=("Dance 1", "Dance 2")) as found:
        wait_until(lambda: rests(found, "Dance 1", "Dance 2"))
        yield found


def rests(place: Venue, *lamps: str) -> bool:
    return all(shows(place, lamp, REST.colour) for lamp in lamps)


def xy(colour: str) -> list[float]:
    return list(to_lamp(colour).xy)


def shows(place: Venue, lamp: str, colour: str) -> bool:
    state = place.state(lamp)
    return bool(state["on"]) and state["xy"] == xy(colour)


def test_it_is_a_connector(place: Venue) -> None:
    connector: Connector = place.lights
    assert connector.name == "lights"


def test_a_claimed_lamp_turns_its_colour_and_the_others_rest(place: Venue) -> None:
    assert place.claim("Photo corner", "#ff8800", brightness=0.5) == Done()
    assert place.state("Photo corner")["bri"] == 127
    assert shows(place, "Photo corner", "#ff8800")
    wait_until(lambda: rests(place, *LAMPS[1:]))
    assert place.lights.view()[-1] == LampView("Photo corner", "#ff8800", 0.5, "rule", None)
    assert place.lights.view()[0] == LampView("Dance 1", REST.colour, REST.brightness, "", None)


def test_priority_settles_and_the_lamp_falls_back_when_time_is_up(place: Venue) -> None:
    clock = place.clock
    assert isinstance(clock, ManualClock)
    mood: dict[str, Any] = {"op": "claim", "lamp": "Dance 1", "source": "mood", "priority": 10}
    place.deliver(**mood, colour="#0000ff")
    place.claim("Dance 1", "#ff0000", priority=90, hold_ms=8000)
    assert shows(place, "Dance 1", "#ff0000")
    assert place.lights.view()[0].until_ms == START_MS + 8000
    assert place.deliver(**mood, colour="#00ff00") == Done("Dance 1: rule comes first")
    assert shows(place, "Dance 1", "#ff0000")
    clock.advance(7999)
    assert shows(place, "Dance 1", "#ff0000")
    clock.advance(1)
    wait_until(lambda: shows(place, "Dance 1", "#00ff00"))
    assert place.deliver(op="release", lamp="Dance 1", source="mood") == Done()
    assert shows(place, "Dance 1", REST.colour)


def test_a_hold_is_venue_time(tmp_path: Path) -> None:
    real_ms = SystemClock().wall_ms()
    with venue(tmp_path, PacedClock(START_MS, real_ms, 1000.0)) as place:
        place.claim("Dance 1", "#ff0000", hold_ms=3_000_000)
        wait_until(lambda: shows(place, "Dance 1", "#ff0000"))
        wait_until(lambda: shows(place, "Dance 1", REST.colour), 15.0)


def test_a_mood_spreads_its_palette(place: Venue) -> None:
    floor = list(LAMPS[1:])
    said = place.deliver(op="mood", lamps=floor, source="f", colours=["#ff0000", "#0000ff"])
    assert said == Done()
    seen = [place.state(lamp)["xy"] for lamp in floor]
    assert seen == [xy("#ff0000"), xy("#0000ff")] * 2


def test_one_colour_for_a_group_is_one_command(tmp_path: Path) -> None:
    with venue(tmp_path, grouped=True, venue_lamps=()) as place:
        said = place.deliver(op="mood", lamps=LAMPS[1:], source="f", colours=["#00ff00"])
        assert said == Done()
        assert place.history()["commands"] == {"light": 0, "group": 1, "refused": 0}
        assert all(shows(place, lamp, "#00ff00") for lamp in LAMPS[1:])


def test_two_hundred_commands_end_in_the_last_values(place: Venue) -> None:
    last = {}
    accepted = []
    for i in range(200):
        lamp = LAMPS[i % 5]
        last[lamp] = f"#{(i * 7919) % 0xFFFFFF:06x}"
        body = {"op": "claim", "lamp": lamp, "source": "r", "colour": last[lamp]}
        pending = place.lights.submit(place.delivery(body))
        assert isinstance(pending, Pending)
        accepted.append(pending)
    with ThreadPoolExecutor(50) as pool:
        assert set(pool.map(place.lights.outcome, accepted)) == {Done()}
    assert all(shows(place, lamp, colour) for lamp, colour in last.items())
    history = place.history()
    assert history["commands"]["refused"] == 0
    assert history["commands"]["light"] <= 20
    instants = [change["at_ms"] for change in history["changes"]]
    assert most_in_a_second(instants) <= limits.LIGHT_COMMANDS_PER_S_MAX


def test_nobody_is_flashed_at(place: Venue) -> None:
    for i in range(6):
        for lamp in LAMPS[:3]:
            body = {"op": "claim", "lamp": lamp, "source": "strobe"}
            colour = "#ffffff" if i % 2 else "#000000"
            pending = place.lights.submit(place.delivery({**body, "colour": colour}))
        assert isinstance(pending, Pending)
        assert place.lights.outcome(pending) == Done()
    history = place.history()
    instants = [change["at_ms"] for change in history["changes"]]
    assert most_in_a_second(instants) <= limits.AREA_CHANGES_PER_S_MAX
    for seen in changes_by_lamp(history).values():
        assert most_in_a_second(seen) <= limits.LAMP_CHANGES_PER_S_MAX
    assert history["commands"]["refused"] == 0


def test_a_breath_is_drawn_once(place: Venue) -> None:
    assert place.claim("Dance 1", "#ff0000", key="once", effect="flash") == Done()
    place.claim("Dance 1", "#0000ff", priority=90, source="other")
    place.deliver(op="release", lamp="Dance 1", source="other")
    assert shows(place, "Dance 1", "#ff0000")
    changes = place.history()["changes"]
    assert sum(change["state"].get("alert") == "select" for change in changes) == 1


def test_black_is_off_and_colour_is_on_again(place: Venue) -> None:
    assert place.claim("Dance 1", "#000000") == Done()
    assert not place.state("Dance 1")["on"]
    assert place.claim("Dance 1", "#00ff00") == Done()
    assert shows(place, "Dance 1", "#00ff00")


def test_the_same_delivery_again_is_harmless(place: Venue) -> None:
    assert place.claim("Dance 1", "#ff0000", key="k") == Done()
    assert place.claim("Dance 1", "#ff0000", key="k") == Done("was done before")


def test_a_lamp_that_does_not_exist_is_dropped_with_a_reason(place: Venue) -> None:
    verdict = place.claim("Dancefloor 9", "#ff0000")
    assert isinstance(verdict, Drop)
    assert "'Dancefloor 9'" in verdict.reason
    assert all(lamp in verdict.reason for lamp in LAMPS)
    assert "False" not in verdict.reason
    mixed = place.deliver(op="mood", lamps=["Dance 1", "No"], source="m", colours=["#0000ff"])
    assert isinstance(mixed, Done)
    assert "'No'" in mixed.detail
    assert "No" not in {seen.lamp for seen in place.lights.view()}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"op": "explode"},
        {"op": "claim", "lamp": "Dance 1", "source": "r", "colour": "orange"},
        {"op": "claim", "lamp": "Dance 1", "source": "r", "colour": "#ff0000", "brightness": 2},
        {"op": "claim", "lamp": "Dance 1", "source": "r", "colour": "#ff0000", "hold_ms": 0},
        {"op": "claim", "lamp": "", "source": "r", "colour": "#ff0000"},
        {"op": "mood", "lamps": [], "source": "r", "colours": ["#ff0000"]},
        {"op": "release", "lamp": "Dance 1", "source": "r", "more": 1},
    ],
)
def test_a_malformed_body_is_dropped_with_a_reason(place: Venue, body: dict[str, object]) -> None:
    verdict = place.lights.deliver(place.delivery(body))
    assert isinstance(verdict, Drop)
    assert "not a request to lamps" in verdict.reason
    assert place.lights.coalesce_key(body) is None


def test_what_expired_is_dropped(place: Venue) -> None:
    late = place.delivery({"op": "release", "lamp": "Dance 1", "source": "r"})
    assert isinstance(place.clock, ManualClock)
    place.clock.advance(late.expires_ms - late.now_ms)
    assert isinstance(place.lights.deliver(late), Drop)


def test_only_the_same_source_is_coalesced(place: Venue) -> None:
    def key(**body: object) -> str | None:
        return place.lights.coalesce_key(body)

    red = key(op="claim", lamp="A", source="r", colour="#ff0000")
    assert red == key(op="claim", lamp="A", source="r", colour="#00ff00", priority=3)
    assert red == key(op="release", lamp="A", source="r")
    assert red != key(op="release", lamp="A", source="another")
    assert red != key(op="mood", lamps=["A", "B"], source="r", colours=["#ff0000"])


def test_a_refused_key_stops_the_connector(tmp_path: Path) -> None:
    with venue(tmp_path) as place:
        place.claim("Dance 1", "#ff0000")
        place.emulator.api.house.keys.clear()
        verdict = place.claim("Dance 1", "#00ff00")
        assert isinstance(verdict, StopConnector)
        assert "pair" in verdict.reason
        with pytest.raises(KeyRefused):
            place.lights.verify()
        place.emulator.press()
        pair(place.emulator.address, place.key_file, timeout_s=5)
        wait_until(lambda: place.claim("Dance 1", "#0000ff", key="again") == Done())
        assert shows(place, "Dance 1", "#0000ff")


def test_without_a_key_it_says_what_to_do(tmp_path: Path) -> None:
    with venue(tmp_path) as place:
        place.lights.stop()
        place.key_file.unlink()
        place.lights.start()
        verdict = place.claim("Dance 1", "#ff0000")
        assert isinstance(verdict, StopConnector)
        assert "pair with the bridge first" in verdict.reason
        with pytest.raises(KeyFileInvalid):
            place.lights.verify()


def test_a_bridge_that_is_down_is_tried_again_and_lamps_are_told_anew(place: Venue) -> None:
    place.claim("Dance 1", "#ff0000")
    wait_until(lambda: rests(place, *LAMPS[2:]))
    place.emulator.stop()
    verdict = place.claim("Dance 2", "#0000ff", key="late")
    assert isinstance(verdict, RetryLater)
    assert "cannot be reached" in verdict.reason
    for lamp in place.emulator.api.house.lamps.values():
        lamp.state.update(on=False)
    place.emulator.api.house.save()
    place.emulator.start()
    wait_until(lambda: place.claim("Dance 2", "#0000ff", key="late") == Done())
    wait_until(lambda: shows(place, "Dance 1", "#ff0000"))
    assert shows(place, "Dance 2", "#0000ff")


def test_a_claim_that_comes_too_late_lights_nothing(corner: Venue) -> None:
    corner.emulator.stop()
    assert isinstance(corner.claim("Dance 2", "#0000ff"), RetryLater)
    assert isinstance(corner.clock, ManualClock)
    corner.clock.advance(3_600_000)
    corner.emulator.start()
    wait_until(lambda: corner.history()["commands"]["light"] >= 2)
    assert all(change["state"]["xy"] == xy(REST.colour) for change in corner.history()["changes"])


@pytest.mark.parametrize("status", [429, 503])
def test_a_busy_bridge_is_tried_again(corner: Venue, status: int) -> None:
    corner.fault(refuse=status)
    verdict = corner.claim("Dance 1", "#ff0000")
    assert isinstance(verdict, RetryLater)
    assert "too many commands" in verdict.reason
    corner.fault()
    wait_until(lambda: corner.claim("Dance 1", "#ff0000") == Done())


def test_the_bridges_own_trouble_is_tried_again(corner: Venue) -> None:
    corner.fault(internal_error=1)
    assert isinstance(corner.claim("Dance 1", "#ff0000"), RetryLater)
    wait_until(lambda: corner.claim("Dance 1", "#ff0000") == Done())


def test_a_lost_answer_is_tried_again_and_ends_well(corner: Venue) -> None:
    corner.fault(timeout_after_acting=1)
    assert isinstance(corner.claim("Dance 1", "#ff0000", key="k"), RetryLater)
    assert shows(corner, "Dance 1", "#ff0000")
    wait_until(lambda: corner.claim("Dance 1", "#ff0000", key="k") == Done())
    assert shows(corner, "Dance 1", "#ff0000")


def test_a_slow_bridge_does_not_hold_a_delivery_for_long(tmp_path: Path) -> None:
    with venue(tmp_path, venue_lamps=("Dance 1",), answer_wait_s=0.2) as place:
        wait_until(lambda: rests(place, "Dance 1"))
        place.fault(slow_ms=800)
        verdict = place.claim("Dance 1", "#ff0000", key="k")
        assert verdict == RetryLater("the bridge has not answered yet")
        wait_until(lambda: place.claim("Dance 1", "#ff0000", key="k") == Done())


def test_partial_success_is_success_that_says_what_is_missing(corner: Venue) -> None:
    corner.fault(refuse_parameter="xy")
    verdict = corner.claim("Dance 1", "#ff0000", brightness=1.0)
    assert isinstance(verdict, Done)
    assert "Dance 1: parameter, xy, not available (error 6)" in verdict.detail
    assert corner.state("Dance 1")["bri"] == 254


def test_a_lamp_out_of_reach_is_named_and_told_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.lights.sender.LISTING_S", 0.3)
    with venue(tmp_path, venue_lamps=("Dance 1",)) as place:
        wait_until(lambda: rests(place, "Dance 1"))
        place.fault(unreachable_light="Dance 1")
        details = (place.claim("Dance 1", colour).detail for colour in ["#ff0000", "#00ff00"] * 20)
        wait_until(lambda: "cannot reach it" in next(details))
        assert shows(place, "Dance 1", REST.colour)
        place.fault()
        wait_until(lambda: not shows(place, "Dance 1", REST.colour))


def test_a_lamp_that_was_added_later_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.lights.driver.LISTING_RETRY_S", 0.1)
    with venue(tmp_path, venue_lamps=()) as place:
        place.emulator.api.house.lamps["2"].name = "New lamp"
        wait_until(lambda: place.claim("New lamp", "#00ff00") == Done())
        assert [seen.lamp for seen in place.lights.view()] == ["New lamp"]


def test_a_lamp_that_was_taken_away_is_dropped(corner: Venue) -> None:
    del corner.emulator.api.house.lamps["2"]
    verdict = corner.claim("Dance 1", "#ff0000")
    assert isinstance(verdict, Drop)
    assert "resource, /lights/2/state, not available (error 3)" in verdict.reason
    assert corner.claim("Dance 2", "#ff0000") == Done()


def test_names_of_lamps_that_never_were_are_not_kept_for_ever(
    corner: Venue, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("integrations.lights.ledger.LAMP_NAMES_MAX", 5)
    for i in range(20):
        assert isinstance(corner.claim(f"Lamp {i}", "#ff0000"), Drop)
    assert len(corner.lights._driver.ledger.wishes()) <= 6
    assert corner.claim("Dance 2", "#ff0000") == Done()


def test_a_lamp_that_too_many_want_is_dropped_with_a_reason(corner: Venue) -> None:
    for i in range(limits.CLAIMS_PER_LAMP_MAX):
        corner.claim("Dance 1", "#ff0000", source=f"rule {i}")
    verdict = corner.claim("Dance 1", "#ff0000", source="one more")
    assert isinstance(verdict, Drop)
    assert "Dance 1 is claimed by 64 sources" in verdict.reason


def test_start_and_stop_are_repeatable_and_leave_lamps_alone(place: Venue) -> None:
    place.claim("Dance 1", "#ff0000")
    place.lights.start()
    place.lights.stop()
    place.lights.stop()
    assert shows(place, "Dance 1", "#ff0000")
    assert place.claim("Dance 1", "#00ff00") == RetryLater("the lights are stopped")
    place.lights.start()
    wait_until(lambda: place.claim("Dance 1", "#0000ff") == Done())
