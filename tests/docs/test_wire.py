"""The protocol's page is enough for somebody who writes an edge in another language."""

import re
from typing import Any, Final, get_args

import msgspec
import pytest

from contract import envelope, limits, readings, topics
from contract.codec import decode, encode
from contract.readings import Tap
from hub.broker.limits import PACKET_BYTES_MAX
from hub.broker.rights import ANNOUNCED, publish_filters, subscribe_filters
from hub.core import document as doc
from hub.core.compiled import Compiled, compile_venue
from hub.core.errors import CoreError
from hub.core.events import Tapped
from hub.core.state import Lease
from hub.core.step import step
from hub.core.world import World
from hub.engine.engine import STREAMS_TOLD_MAX
from hub.ingest.intake import Intake, Reading, Refused
from integrations.announce.announcement import read_announcement
from integrations.announce.announcement import written as announced
from integrations.announce.settings import PAYLOAD_BYTES_MAX, PREFIX
from tests.docs.pages import Example, column, page

WIRE: Final = page("docs/wire.md")
PAYLOADS: Final = (
    "Batch", "Committed", "Health", "HubState", "ClockRequest", "ClockReply", "Desired", "Reported",
)  # fmt: skip
PARTS: Final = ("Clock", "Tap", "Sighting", "Gap", "StreamPosition")
EXAMPLES: Final = [one for one in WIRE.examples("json") if one.kind != "json announcement"]


def kind_of(name: str) -> Any:
    return getattr(envelope, name, None) or getattr(readings, name)


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.where)
def test_every_example_is_read_by_the_codec_and_loses_nothing(example: Example) -> None:
    kind = kind_of(example.kind.split()[1])
    written = msgspec.json.decode(example.text)
    read = decode(example.text.encode(), kind)
    again = msgspec.json.decode(encode(read))
    assert _within(written, again), f"{example.where} holds fields that are not read"


def _within(written: Any, read: Any) -> bool:
    """Whether everything that was written came back; defaults may be left out of what is read."""
    if isinstance(written, dict):
        return all(
            (key in read and _within(value, read[key])) or (key == "v" and value == 1)
            for key, value in written.items()
        )
    if isinstance(written, list):
        pairs = zip(written, read, strict=True)
        return all(_within(one, other) for one, other in pairs)
    return bool(written == read)


def test_every_payload_has_an_example() -> None:
    assert {example.kind.split()[1] for example in EXAMPLES} == set(PAYLOADS)


@pytest.mark.parametrize("name", [*PAYLOADS, *PARTS])
def test_every_table_of_fields_is_the_struct(name: str) -> None:
    rows = WIRE.table("Desired", "Desired and Reported") if name == "Desired" else WIRE.table(name)
    kind = kind_of(name)
    fields = {f.encode_name: f for f in msgspec.structs.fields(kind)}
    tag = kind.__struct_config__.tag_field
    wanted = {tag: "yes"} if tag else {}
    wanted |= {name: "yes" if field.required else "no" for name, field in fields.items()}
    assert {row[0]: row[1] for row in rows} == wanted


def test_no_struct_of_the_contract_is_left_out() -> None:
    found = {
        name
        for module in (envelope, readings)
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, msgspec.Struct)
        and value is not msgspec.Struct
    }
    assert found == {*PAYLOADS, *PARTS}


def test_limits_are_those_of_the_contract() -> None:
    written = {row[0]: row[1] for row in WIRE.table("Limits")}
    real = {name: str(value) for name, value in vars(limits).items() if name.isupper()}
    assert written == real


def test_figures_in_sentences_are_those_of_the_code() -> None:
    assert f"At most {limits.TAP_BATCHES_OUTSTANDING_MAX} batches of taps" in WIRE.text
    assert f"{limits.SIGHTING_BATCHES_OUTSTANDING_MAX} of sightings are outstanding" in WIRE.text
    assert f"at most {limits.PAYLOAD_BYTES_MAX:,} bytes" in WIRE.text
    assert f"at most {limits.COMMITTED_RANGES_MAX} ranges" in WIRE.text
    assert f"({PACKET_BYTES_MAX:,} bytes)" in WIRE.text
    assert f"The newest {STREAMS_TOLD_MAX}\nstreams" in WIRE.text


def test_topics_are_those_of_the_contract() -> None:
    event, edge = "<event>", "<edge>"
    real = [topics.up(event, edge, lane) for lane in topics.UP_LANES]
    real += [topics.down(event, edge, lane) for lane in topics.DOWN_LANES]
    real += [topics.hub_state(event), topics.hub_nudge(event)]
    real += [f"foyer/{event}/{ANNOUNCED}/<topic>"]
    assert sorted(column(WIRE.table("Who may say what"))) == sorted(real)
    assert topics.down_all(event, edge) in WIRE.spans()


def test_names_that_no_edge_may_have_are_said() -> None:
    for name in (topics.HUB_NAME, topics.OUT_NAME):
        assert not topics.valid_name(name)
        assert f"`{name}`" in WIRE.section("Who may say what")
    assert topics.OUT_NAME == ANNOUNCED == PREFIX


def test_what_listeners_read_is_said() -> None:
    said = WIRE.section("Who may say what")
    for one in subscribe_filters("<event>", "screen", "listener"):
        assert f"`{one}`" in said
    assert publish_filters("<event>", "screen", "listener") == ()


def test_the_example_of_an_announcement_is_what_is_published() -> None:
    (example,) = WIRE.examples("json announcement")
    said = msgspec.json.decode(example.text)
    assert column(WIRE.table("What rules announce")) == list(said)
    body = {**said, "topic": "stands/north"}
    found = read_announcement({key: value for key, value in body.items() if key != "key"})
    assert msgspec.json.decode(announced(found, said["key"], PAYLOAD_BYTES_MAX)) == said


def test_links_within_the_page_lead_somewhere() -> None:
    for link in WIRE.links():
        if link.startswith("#"):
            assert link[1:] in WIRE.anchors(), link


# What the hub refuses: every sentence of the table is produced, and every production is in it.

VENUE: Final = doc.Venue(
    event=doc.EventInfo("expo", "Expo", "UTC", "2026-10-08T08:00", "2026-10-08T20:00"),
    places=[doc.Place("coffee", "Coffee", visits_by="tap"), doc.Place("stage", "Stage")],
    edges=[doc.Edge("pi-hall", {"coffee": "coffee", "stage": "stage"})],
)
NOW_MS: Final = 1_791_446_500_000
GOOD: Final = {"kind": "tap", "badge": "mt-1", "reader": "coffee", "boot_ms": 5000}


def batch(*records: dict[str, Any], quality: str = "hub", **more: Any) -> bytes:
    body = {
        "v": 1, "stream": "8f14e45fceea167a", "first": 7, "boot": "6c3a0f9d2b7e4581",
        "clock": {"boot_ms": 0, "wall_ms": NOW_MS - 10_000, "quality": quality},
        "records": list(records or [GOOD]), **more,
    }  # fmt: skip
    return msgspec.json.encode({key: value for key, value in body.items() if value is not None})


def refused(payload: bytes, edge: str = "pi-hall", topic: str = "") -> list[str]:
    rules = compile_venue(VENUE, 1)
    topic = topic or topics.up("expo", edge, "taps")
    found = []
    for one in Intake("expo").take(topic, payload, NOW_MS, rules):
        if isinstance(one, Refused):
            found.append(one.reason)
        elif isinstance(one, Reading) and isinstance(one.record, Tap):
            found += _decided(rules, one)
    return found


def _decided(rules: Compiled, one: Reading) -> list[str]:
    world = World(rules, {}, {}, {}, {"mt-1": (Lease(0, "person"),)}, {})
    try:
        step(world, Tapped(one.record.badge, one.place, one.at_ms), 1, NOW_MS)
    except CoreError as error:
        return [str(error)]
    return []


WRONG: Final = {
    "a payload that is no JSON": lambda: refused(b"{nonsense"),
    "a field that is missing or of another type": lambda: refused(batch(stream=None)),
    "another version": lambda: refused(batch(v=2)),
    "a payload that is too long": lambda: refused(batch(pad="x" * limits.PAYLOAD_BYTES_MAX)),
    "an edge that is not in the venue's document": lambda: refused(batch(), edge="pi-nowhere"),
    "a topic that is none of these": lambda: refused(batch(), topic="foyer/expo/other"),
    "one bad record among good ones": lambda: refused(batch(GOOD, {**GOOD, "badge": 3}, GOOD)),
    "a reader that the venue's document does not name": lambda: refused(
        batch({**GOOD, "reader": "cellar"})
    ),
    "a record that cannot be dated": lambda: refused(batch(quality="unset")),
    "a badge with control characters": lambda: refused(batch({**GOOD, "badge": "a\tb"})),
    "a badge that nobody holds": lambda: refused(batch({**GOOD, "badge": "stray"})),
    "a time in the future": lambda: refused(batch({**GOOD, "wall_ms": 4_070_908_800_000})),
    "a time long ago (over 30 days before the event)": lambda: refused(
        batch({**GOOD, "wall_ms": 86_400_000 - 86_400_000})
    ),
}


def test_the_table_of_refusals_is_complete() -> None:
    assert column(WIRE.table("What the hub refuses")) == list(WRONG)


@pytest.mark.parametrize("what", list(WRONG))
def test_what_is_refused_is_refused_with_that_sentence(what: str) -> None:
    sentence = {row[0]: row[1] for row in WIRE.table("What the hub refuses")}[what]
    reasons = WRONG[what]()
    assert len(reasons) == 1, reasons
    assert re.sub(r"\s+", " ", sentence) in reasons[0]


def test_a_good_batch_is_not_refused() -> None:
    assert refused(batch()) == []


def test_a_record_is_dated_as_the_page_says() -> None:
    rules = compile_venue(VENUE, 1)

    def dated(payload: bytes) -> int:
        taken = list(
            Intake("expo").take(topics.up("expo", "pi-hall", "taps"), payload, NOW_MS, rules)
        )
        assert isinstance(taken[0], Reading)
        return taken[0].at_ms

    assert dated(batch({**GOOD, "wall_ms": 1234})) == 1234
    for quality in ("hub", "ntp"):
        assert dated(batch(quality=quality)) == NOW_MS - 10_000 + 5000
    for quality in ("rtc", "unset"):
        assert dated(batch(quality=quality, sent_boot_ms=6000)) == NOW_MS - 6000 + 5000


def test_qualities_are_named_best_first() -> None:
    row = next(row for row in WIRE.table("Clock", "Batch") if row[0] == "quality")
    assert tuple(re.findall(r"`(\w+)`", row[2])) == get_args(envelope.ClockQuality)
