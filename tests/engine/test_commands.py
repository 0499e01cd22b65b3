"""What people ask for is decided like all else, once, and answered with a reason when refused."""

import json
from typing import Any

import pytest
from msgspec.structs import replace

from contract.codec import encode
from contract.envelope import Reported
from contract.topics import up
from hub.core import events as ev
from hub.core.presence import PresenceSettings
from hub.engine.items import Arrived
from tests.databases import EVENT
from tests.engine.parts import (
    GREETING,
    OPENS_MS,
    QUICK,
    STREAM,
    FaultyStore,
    Hub,
    heard,
    message,
    sighting,
    tap,
)

DWELL_MS = 45 * 60_000
NOWHERE = json.dumps(
    {
        "event": {
            "id": "demo", "name": "D", "zone": "Mars/Olympus",
            "starts": "2026-10-08T08:00", "ends": "2026-10-09T10:00",
        },
        "places": [],
        "rules": [],
    }
)  # fmt: skip
STAY: dict[str, Any] = {
    "name": "stay",
    "when": {"kind": "visit", "place": "stage", "at_least": "45min"},
    "then": [{"do": "points", "points": 10}],
}


# The venue.


def test_a_venue_is_put_in_force_with_the_next_version(store: FaultyStore) -> None:
    hub = Hub(store)
    assert hub.publish(GREETING) is None
    assert hub.publish(GREETING, STAY) is None
    venue = store.venue_at()
    assert venue is not None
    assert venue.version == 2
    hub.make_engine()
    assert hub.publish(GREETING) is None
    venue = store.venue_at()
    assert venue is not None
    assert (venue.version, len(hub.log("venue"))) == (3, 3)


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ("{", "truncated"),
        ('{"event": 3}', "event"),
        (
            NOWHERE,
            "Mars/Olympus",
        ),
    ],
)
def test_a_document_that_cannot_be_meant_leaves_the_former_in_force(
    quick_hub: Hub, document: str, words: str
) -> None:
    before = quick_hub.store.venue_at()
    reason = quick_hub.tell(ev.VenuePublished(0, OPENS_MS, document))
    assert reason is not None
    assert words in reason
    assert quick_hub.store.venue_at() == before
    quick_hub.run(message(tap()))
    assert quick_hub.points() == 1
    assert quick_hub.publish(GREETING) is None
    after = quick_hub.store.venue_at()
    assert after is not None
    assert after.version == 2


def test_two_versions_asked_for_at_once_are_both_written(quick_hub: Hub) -> None:
    keys = [quick_hub.ask(quick_hub.venue_event(GREETING, *more)) for more in ([STAY], [])]
    quick_hub.run()
    quick_hub.run()
    results = [quick_hub.store.command_result(key) for key in keys]
    assert [result is not None and result.done for result in results] == [True, True]
    venue = quick_hub.store.venue_at()
    assert venue is not None
    assert venue.version == 3
    assert "stay" not in venue.document


def test_each_edge_is_told_how_the_venue_wants_it(quick_hub: Hub) -> None:
    told = {edge: (one.revision, one.config) for edge, one in quick_hub.publisher.desired}
    assert told == {"pi": (1, {}), "pi-stage": (1, {"volume": 3}), "pi-floor": (1, {})}
    edges = [{"name": "pi-stage", "readers": {"*": "stage"}, "config": {"volume": 5}}]
    quick_hub.publish(GREETING, edges=edges)
    edge, desired = quick_hub.publisher.desired[-1]
    assert (edge, desired.revision, desired.config) == ("pi-stage", 2, {"volume": 5})


def test_what_an_edge_reports_is_kept(quick_hub: Hub) -> None:
    reported = Reported(revision=4, error="no such volume")
    quick_hub.run(Arrived(up(EVENT, "pi-stage", "reported"), encode(reported), OPENS_MS))
    body = quick_hub.store.status.get("reported/pi-stage")
    assert body is not None
    assert b"no such volume" in body


def test_a_venue_asked_for_just_before_a_stay_is_long_enough_fires_it_once(quick_hub: Hub) -> None:
    quick_hub.publish(STAY)
    quick_hub.run(heard(sighting()))
    quick_hub.clock.advance(DWELL_MS - 500)
    for at_ms in range(0, DWELL_MS, 30_000):
        first = 2 + at_ms // 30_000
        quick_hub.run(heard(sighting(boot_ms=at_ms), first=first))
    late = quick_hub.venue_event(STAY, GREETING)
    quick_hub.clock.advance(500)
    quick_hub.run()
    assert (quick_hub.points(), len(quick_hub.log("due"))) == (10, 1)
    assert quick_hub.tell(late) is None
    for _ in range(3):
        quick_hub.run()
    assert quick_hub.points() == 10
    assert quick_hub.engine.is_alive is False


# People.


def test_people_and_badges(hub: Hub) -> None:
    assert hub.tell(ev.Registered("cy", OPENS_MS, {"first_name": "Cy"}, ["rewards"])) is None
    assert hub.tell(ev.Leased("b7", "cy", OPENS_MS)) is None
    hub.run(message(tap("b7")))
    assert hub.points("cy") == 1
    assert hub.tell(ev.Leased("b7", None, OPENS_MS + 5)) is None
    hub.run(message(tap("b7", boot_ms=9), first=2))
    assert hub.points("cy") == 1
    assert "nobody holds badge" in hub.held()[-1]


def test_a_badge_heard_before_it_was_handed_out_is_tracked_from_then_on(quick_hub: Hub) -> None:
    quick_hub.run(heard(sighting("b7")))
    assert quick_hub.tell(ev.Leased("b7", "bob", OPENS_MS)) is None
    quick_hub.run(heard(sighting("b7", boot_ms=1_000), first=2))
    assert quick_hub.where("bob") == "stage"


def test_who_withdraws_consent_to_presence_is_nowhere_at_once(quick_hub: Hub) -> None:
    quick_hub.run(heard(sighting()))
    assert quick_hub.where() == "stage"
    assert quick_hub.tell(ev.Registered("ann", OPENS_MS + 10, {}, ["rewards"])) is None
    assert quick_hub.where() is None
    quick_hub.run(heard(sighting(boot_ms=2_000), first=2))
    assert quick_hub.where() is None
    assert quick_hub.held() == []
    assert not quick_hub.engine.consents("ann", "presence")
    assert quick_hub.engine.consents("ann", "rewards")


def test_who_was_heard_and_then_withdraws_consent_enters_nowhere(
    sqlite_store: FaultyStore,
) -> None:
    presence = PresenceSettings(settle_ms=1_000, reorder_ms=0)
    hub = Hub(sqlite_store, GREETING, settings=replace(QUICK, presence=presence))
    hub.join("ann")
    hub.run(heard(sighting()))
    assert hub.where() is None
    assert hub.tell(ev.Registered("ann", OPENS_MS + 10, {}, ["rewards"])) is None
    hub.clock.advance(5_000)
    hub.run()
    assert hub.log("moved") == []
    assert hub.where() is None


def test_consent_is_known_of_people_who_are_not_in_memory(quick_hub: Hub) -> None:
    quick_hub.make_engine()
    assert quick_hub.engine.consents("ann", "push")
    assert not quick_hub.engine.consents("nobody", "push")


def test_a_reward_of_a_pool_that_is_unknown_is_refused(quick_hub: Hub) -> None:
    reason = quick_hub.tell(ev.Redeemed("ann", "nothing", 0, OPENS_MS))
    assert reason is not None
    assert "nothing" in reason
    assert quick_hub.log("redeemed") == []


def test_nothing_can_be_asked_for_before_there_is_a_venue(sqlite_store: FaultyStore) -> None:
    reason = Hub(sqlite_store).tell(ev.Registered("ann", OPENS_MS))
    assert reason == "no venue is published yet: foyer venue apply FILE"


def test_a_command_is_decided_once_even_if_its_answer_was_not_kept(quick_hub: Hub) -> None:
    key = quick_hub.ask(ev.Registered("cy", OPENS_MS, {}, []), "same")
    quick_hub.run()
    assert quick_hub.log("registered").count(key) == 1
    assert not quick_hub.store.add_command(key, ev.Registered("cy", OPENS_MS), OPENS_MS)
    quick_hub.run()
    assert quick_hub.log("registered").count(key) == 1


# The quarantine.


def test_what_was_set_aside_is_taken_in_once(hub: Hub) -> None:
    hub.run(message(tap("stray")))
    (row,) = hub.store.quarantine.rows()
    assert hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
    hub.run()
    (again,) = hub.store.quarantine.rows()
    assert again.id == row.id
    assert "nobody holds badge 'stray'" in again.reason
    hub.tell(ev.Leased("stray", "bob", OPENS_MS))
    for _ in range(2):
        hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
        hub.run()
    assert hub.log("tapped") == [f"pi/{STREAM}/1"]
    assert hub.points("bob") == 1
    assert [one.id for one in hub.store.quarantine.rows("replayed")] == [row.id]


def test_what_was_taken_in_just_before_the_power_went_is_not_taken_twice(quick_hub: Hub) -> None:
    quick_hub.run(message(tap("stray")))
    quick_hub.tell(ev.Leased("stray", "bob", OPENS_MS))
    (row,) = quick_hub.store.quarantine.rows()
    quick_hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
    work = quick_hub.engine.new_work()
    quick_hub.engine._requests.quarantined(work)
    assert quick_hub.engine.commit(work)
    quick_hub.make_engine()
    quick_hub.run()
    assert len(quick_hub.log("tapped")) == 1
    assert [one.id for one in quick_hub.store.quarantine.rows("replayed")] == [row.id]


def test_what_nobody_can_take_in_is_refused_with_a_reason(quick_hub: Hub) -> None:
    quick_hub.run(Arrived("foyer/nonsense", b"\xff", OPENS_MS))
    (row,) = quick_hub.store.quarantine.rows()
    quick_hub.store.quarantine.requeue(row.id, "eva", OPENS_MS)
    quick_hub.run()
    (again,) = quick_hub.store.quarantine.rows()
    assert "cannot be taken in again" in again.reason
