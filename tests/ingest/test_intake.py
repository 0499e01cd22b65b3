"""From payloads to readings: each once; what is malformed is set aside and stops nothing else."""

import json
from typing import Any

import pytest

from contract import topics
from contract.envelope import StreamPosition
from contract.errors import ContractError
from contract.limits import BATCH_RECORDS_MAX, COMMITTED_RANGES_MAX, PAYLOAD_BYTES_MAX
from hub.core.compiled import Compiled, compile_venue
from hub.ingest.intake import (
    QUARANTINED_PAYLOAD_BYTES_MAX,
    EdgeHealth,
    EdgeReported,
    GapSeen,
    Heard,
    Intake,
    Reading,
    Refused,
    Taken,
)
from tests.core.fold import document

STREAM, OTHER = "0" * 16, "1" * 16
NOW = 9_000_000
RULES = compile_venue(
    document(
        edges=[
            {"name": "pi", "readers": {"left": "coffee", "right": "bacon"}},
            {"name": "one", "readers": {"only": "juice"}},
            {"name": "any", "readers": {"door": "stage", "*": "floor"}},
        ]
    ),
    1,
)


def tap(boot_ms: Any = 5, **fields: Any) -> dict[str, Any]:
    return {"kind": "tap", "badge": "b1", "reader": "left", "boot_ms": boot_ms} | fields


def heard(**fields: Any) -> dict[str, Any]:
    return tap(**fields) | {"kind": "sighting", "rssi_dbm": -60}


def gap(first: int, last: int, **fields: Any) -> dict[str, Any]:
    return {
        "kind": "gap", "stream": OTHER, "first": first, "last": last,
        "from_boot_ms": 2, "until_boot_ms": 4, "boot_ms": 9,
    } | fields  # fmt: skip


def payload(*records: Any, **fields: Any) -> bytes:
    whole = {
        "v": 1, "stream": STREAM, "first": 1, "boot": "0" * 8,
        "clock": {"boot_ms": 0, "wall_ms": 1_000, "quality": "hub"}, "records": list(records),
    }  # fmt: skip
    return json.dumps(whole | fields).encode()


class Hub:
    """An intake with what it takes in."""

    def __init__(self) -> None:
        self.intake = Intake("fair")

    def take(
        self,
        body: bytes,
        lane: topics.UpLane = "taps",
        edge: str = "pi",
        rules: Compiled | None = RULES,
    ) -> list[Taken]:
        return list(self.intake.take(topics.up("fair", edge, lane), body, NOW, rules))

    def refusal(self, body: bytes, **where: Any) -> Refused:
        (refused,) = self.take(body, **where)
        assert isinstance(refused, Refused)
        return refused

    def position(self, edge: str = "pi", stream: str = STREAM) -> StreamPosition | None:
        return self.intake.positions.get((edge, stream))


@pytest.fixture
def hub() -> Hub:
    return Hub()


def keys(taken: list[Taken]) -> list[str]:
    assert all(isinstance(one, Reading) for one in taken)
    return [one.key for one in taken if isinstance(one, Reading)]


# Each once.


def test_a_tap_is_dated_placed_and_keyed(hub: Hub) -> None:
    (one,) = hub.take(payload(tap()))
    assert isinstance(one, Reading)
    assert (one.edge, one.place, one.key, one.at_ms) == ("pi", "coffee", f"pi/{STREAM}/1", 1_005)
    assert hub.position() == StreamPosition(1, [])
    assert hub.intake.touched == {("pi", STREAM)}


def test_the_sources_own_key_is_the_key(hub: Hub) -> None:
    assert keys(hub.take(payload(tap(key="scan-7")))) == ["tap:scan-7"]


@pytest.mark.parametrize(
    ("edge", "reader", "place"),
    [
        ("pi", "left", "coffee"),
        ("pi", "right", "bacon"),
        ("pi", "up", None),
        ("one", "only", "juice"),
        ("one", "whatever", "juice"),
        ("any", "door", "stage"),
        ("any", "whatever", "floor"),
    ],
)
def test_a_reader_stands_for_a_place(hub: Hub, edge: str, reader: str, place: str | None) -> None:
    (one,) = hub.take(payload(tap(reader=reader)), edge=edge)
    if place is None:
        assert isinstance(one, Refused)
        assert one.reason == f"edge {edge!r} has no reader {reader!r}"
    else:
        assert isinstance(one, Reading)
        assert one.place == place


def test_what_arrives_again_is_not_taken_again_and_the_edge_is_told(hub: Hub) -> None:
    body = payload(tap(), tap())
    assert len(hub.take(body)) == 2
    hub.intake.touched.clear()
    assert hub.take(body) == []
    assert hub.intake.touched == {("pi", STREAM)}
    assert keys(hub.take(payload(tap(), tap(), tap(), first=2))) == [
        f"pi/{STREAM}/3", f"pi/{STREAM}/4",
    ]  # fmt: skip
    assert hub.position() == StreamPosition(4, [])


def test_a_live_tap_may_overtake(hub: Hub) -> None:
    hub.take(payload(tap(), first=5))
    assert hub.position() == StreamPosition(0, [(5, 5)])
    taken = hub.take(payload(*[tap()] * 6, first=2))
    assert [key.rsplit("/")[-1] for key in keys(taken)] == ["2", "3", "4", "6", "7"]
    hub.take(payload(tap()))
    assert hub.position() == StreamPosition(7, [])


def test_streams_are_counted_apart(hub: Hub) -> None:
    for edge, stream in (("pi", STREAM), ("pi", OTHER), ("one", STREAM)):
        assert len(hub.take(payload(tap(), stream=stream), edge=edge)) == 1
    assert len(hub.intake.positions) == 3


def test_a_stream_with_too_many_holes_waits_until_they_are_filled(hub: Hub) -> None:
    for index in range(COMMITTED_RANGES_MAX):
        hub.take(payload(tap(), first=2 * index + 2))
    before = hub.position()
    assert hub.take(payload(tap(), first=1_000)) == []
    assert hub.position() == before
    hub.take(payload(tap()))
    assert len(hub.take(payload(tap(), first=1_000))) == 1


def test_it_goes_on_from_what_is_committed(hub: Hub) -> None:
    hub.take(payload(tap(), tap()))
    hub.intake.load({("pi", STREAM): StreamPosition(1, [])})
    assert hub.intake.touched == set()
    assert keys(hub.take(payload(tap(), tap()))) == [f"pi/{STREAM}/2"]


# Sightings pass together.


def test_sightings_pass_together_those_that_are_new(hub: Hub) -> None:
    hub.take(payload(heard(), first=2), lane="sightings")
    taken = hub.take(payload(heard(boot_ms=1), heard(), heard(boot_ms=3)), lane="sightings")
    assert all(isinstance(one, Heard) for one in taken)
    found = [one for one in taken if isinstance(one, Heard)]
    assert [s.boot_ms for one in found for s in one.sightings] == [1, 3]
    assert {(one.edge, one.base_ms) for one in found} == {("pi", 1_000)}
    assert hub.position() == StreamPosition(3, [])


def test_sightings_in_the_lane_of_taps_are_sightings(hub: Hub) -> None:
    (one,) = hub.take(payload(heard()))
    assert isinstance(one, Reading)
    assert one.place == "coffee"


def test_a_tap_or_gap_in_the_lane_of_sightings_is_not_lost(hub: Hub) -> None:
    """It is not to be there, and a fact all the same."""
    taken = hub.take(payload(heard(), tap(), gap(1, 3), heard()), lane="sightings")
    facts = [type(one) for one in taken if not isinstance(one, Heard)]
    sightings = [s for one in taken if isinstance(one, Heard) for s in one.sightings]
    readings = [one for one in taken if isinstance(one, Reading)]
    assert GapSeen in facts
    assert [one.key for one in readings if one.record.__struct_config__.tag == "tap"] == [
        f"pi/{STREAM}/2"
    ]
    assert all(one.__struct_config__.tag == "sighting" for one in sightings)
    assert hub.position() == StreamPosition(4, [])


def test_undated_sightings_are_set_aside(hub: Hub) -> None:
    clock = {"boot_ms": 0, "wall_ms": 0, "quality": "unset"}
    refused = hub.refusal(payload(heard(), clock=clock), lane="sightings")
    assert refused.reason == "record 1 cannot be dated: the edge's clock was never set that boot"
    assert refused.badge == "b1"


# Gaps.


def test_a_gap_fills_the_hole_that_it_explains(hub: Hub) -> None:
    hub.take(payload(heard(), stream=OTHER, first=9), lane="sightings")
    (seen,) = hub.take(payload(gap(1, 8)))
    assert isinstance(seen, GapSeen)
    assert (seen.at_ms, seen.until_ms, seen.rows, seen.reason) == (1_002, 1_004, 8, "outbox full")
    assert hub.position(stream=OTHER) == StreamPosition(9, [])
    assert ("pi", OTHER) in hub.intake.touched


def test_a_gap_that_ends_before_it_begins_is_set_aside(hub: Hub) -> None:
    (one,) = hub.take(payload(gap(10, 3)))
    assert isinstance(one, Refused)
    assert hub.position(stream=OTHER) in (None, StreamPosition(0, []))


# Malformed, and nothing else is stopped.


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "not a batch: Input data was truncated"),
        (b"\xff\xfe", "not a batch: JSON is malformed"),
        (b"[]", "not a batch: Expected `object`, got `array`"),
        (b"{}", "not a batch: Object missing required field"),
        (payload(), "not a batch: Expected `array` of length >= 1 - at `$.records`"),
        (payload(tap(), stream="xyz"), "$.stream"),
        (payload(tap(), first=0), "$.first"),
        (payload(tap(), first="1"), "$.first"),
        (payload(tap(), boot="!"), "$.boot"),
        (payload(tap(), clock=None), "$.clock"),
        (payload(tap(), v=2), "protocol version 2 is not spoken here, only 1"),
        (payload(1, v=2), "protocol version 2 is not spoken here, only 1"),
        (payload(1, first=-3), "$.first"),
        (payload(*[tap()] * (BATCH_RECORDS_MAX + 1)), "of length <= 500 - at `$.records`"),
        (
            payload(tap(), note="x" * PAYLOAD_BYTES_MAX),
            f"is over the limit of {PAYLOAD_BYTES_MAX}",
        ),
        (payload(tap())[:-1] + b',"x":' + b"[" * 30_000 + b"]" * 30_000 + b"}", "recursion depth"),
        (payload(tap()).replace(b'"records": [', b'"records": [' + b"[" * 30_000), ""),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_an_envelope_that_cannot_be_read_is_set_aside_whole(
    hub: Hub, body: bytes, reason: str
) -> None:
    refused = hub.refusal(body)
    assert reason in refused.reason
    assert (refused.edge, refused.payload) == ("pi", body[:QUARANTINED_PAYLOAD_BYTES_MAX])
    assert hub.intake.positions == {}
    assert hub.take(body) == [], "it is noted once"
    assert keys(hub.take(payload(tap()))) == [f"pi/{STREAM}/1"]


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (1, "record 2: Expected `object`, got `int`"),
        (None, "record 2: Expected `object`, got `null`"),
        (tap(badge=""), "record 2: Expected `str` of length >= 1 - at `$.badge`"),
        (tap(badge="x" * 129), "record 2: Expected `str` of length <= 128 - at `$.badge`"),
        (tap(kind="stamp"), "record 2: Invalid value 'stamp' - at `$.kind`"),
        (tap(boot_ms="now"), "record 2: Expected `int`, got `str` - at `$.boot_ms`"),
        (heard(rssi_dbm=-60) | {"rssi_dbm": 51}, "record 2: Expected `float` <= 50.0"),
    ],
)
@pytest.mark.parametrize("lane", ["taps", "sightings"])
def test_one_bad_record_costs_no_good_one(
    hub: Hub, bad: Any, reason: str, lane: topics.UpLane
) -> None:
    good = tap() if lane == "taps" else heard()
    body = payload(good, bad, good)
    first, refused, third = hub.take(body, lane=lane)
    assert isinstance(refused, Refused)
    assert refused.reason.startswith(reason)
    assert keys([first, third]) == [f"pi/{STREAM}/1", f"pi/{STREAM}/3"]
    assert hub.position() == StreamPosition(3, [])
    assert hub.take(body, lane=lane) == []


def test_bytes_that_are_no_text_in_one_record(hub: Hub) -> None:
    body = payload(tap(), tap(badge="?!?")).replace(b"?!?", b"\xff")
    taken = hub.take(body)
    assert [type(one) for one in taken] == [Reading, Refused]


@pytest.mark.parametrize("field", ["badge", "key"])
def test_control_characters_are_set_aside(hub: Hub, field: str) -> None:
    refused = hub.refusal(payload(tap(**{field: "a\x00b"})))
    assert refused.reason == "record 1: a badge or key with control characters"
    assert refused.badge is not None
    assert refused.badge.isprintable()


HUGE = 10**30


@pytest.mark.parametrize(
    "body",
    [
        payload(tap(), first=HUGE),
        payload(tap(boot_ms=HUGE)),
        payload(tap(boot_ms=-HUGE)),
        payload(tap(wall_ms=HUGE)),
        payload(gap(1, HUGE)),
        payload(gap(1, 2, from_boot_ms=-HUGE)),
        payload(gap(1, 2, until_boot_ms=HUGE)),
        payload(tap(), clock={"boot_ms": 0, "wall_ms": HUGE, "quality": "hub"}),
        payload(tap(), sent_boot_ms=HUGE),
    ],
)
def test_numbers_that_no_database_holds_are_set_aside(hub: Hub, body: bytes) -> None:
    assert isinstance(hub.refusal(body), Refused)
    for position in hub.intake.positions.values():
        assert max(position.upto, *(high for _, high in position.ranges), 0) < 2**63


@pytest.mark.parametrize("session", [HUGE, -HUGE])
def test_a_birth_with_such_a_number_is_set_aside(hub: Hub, session: int) -> None:
    body = json.dumps({"v": 1, "session": session, "alive": True}).encode()
    assert isinstance(hub.refusal(body, lane="health"), Refused)


# Who and where.


@pytest.mark.parametrize("rules", [RULES, None])
def test_an_unknown_device_is_set_aside(hub: Hub, rules: Compiled | None) -> None:
    refused = hub.refusal(payload(tap()), edge="spy", rules=rules)
    assert refused.reason == "unknown device: no edge 'spy' is part of this venue"
    assert (refused.lane, refused.edge) == ("taps", "spy")


@pytest.mark.parametrize("topic", ["", "a/b", "foyer/fair/pi/up/moon", "foyer/fair/pi/down/taps"])
def test_a_topic_that_is_none_of_ours_is_set_aside(hub: Hub, topic: str) -> None:
    (refused,) = hub.intake.take(topic, payload(tap()), NOW, RULES)
    assert isinstance(refused, Refused)
    assert topic in refused.reason


def test_health_and_reports(hub: Hub) -> None:
    (health,) = hub.take(b'{"v":1,"session":3,"alive":true}', lane="health")
    (reported,) = hub.take(b'{"v":1,"revision":7}', lane="reported")
    assert isinstance(health, EdgeHealth)
    assert isinstance(reported, EdgeReported)
    assert (health.health.session, reported.reported.revision) == (3, 7)
    assert "not a health" in hub.refusal(b"{}", lane="health").reason
    assert "cannot be read" in hub.refusal(b"{}", lane="clock").reason


def test_refusals_are_remembered_in_bounds(hub: Hub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hub.ingest.intake.REMEMBERED_REFUSALS_MAX", 2)
    for body in (b"1", b"2", b"3"):
        hub.refusal(body)
    assert hub.take(b"3") == []
    assert len(hub.take(b"1")) == 1


# From the quarantine, once more.


def test_a_refused_record_can_be_taken_in_again(hub: Hub) -> None:
    _, refused = hub.take(payload(tap(), tap(reader="up"), first=7))
    assert isinstance(refused, Refused)
    assert hub.intake.again("pi", refused.payload, NOW, RULES)[0].__class__ is Refused
    mended = compile_venue(
        document(edges=[{"name": "pi", "readers": {"left": "coffee", "up": "juice"}}]), 2
    )
    (one,) = hub.intake.again("pi", refused.payload, NOW, mended)
    assert isinstance(one, Reading)
    assert (one.key, one.place) == (f"pi/{STREAM}/8", "juice")


def test_again_says_why_not(hub: Hub) -> None:
    with pytest.raises(ContractError, match="no edge 'spy' is part of this venue"):
        hub.intake.again("spy", payload(tap()), NOW, RULES)
    with pytest.raises(ContractError, match="not a batch"):
        hub.intake.again("pi", b"{", NOW, RULES)
