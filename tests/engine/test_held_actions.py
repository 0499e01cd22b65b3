"""What quiet hours hold goes out when they end, not before, once, and only if it still may."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import pytest

from hub.core import events as ev
from hub.outbox.dispatcher import Dispatcher
from tests.core.fold import CONSENTS, TAP, rule
from tests.engine.day import Day, at_ms
from tests.engine.parts import FaultyStore
from tests.outbox.recording import RecordingConnector
from tests.waiting import wait_until

SHARING: Final = [*CONSENTS, "sharing"]
HELLO: Final = rule(TAP, {"do": "push", "title": "Hello", "max_age": "2h"}, name="hello")
LIGHT: Final = rule(
    TAP, {"do": "light", "lamp": "Left", "colour": "#00ff00", "max_age": "2h"}, name="light"
)
TELL: Final = rule(
    TAP,
    {"do": "webhook", "target": "crm", "needs": ["sharing", "music"], "max_age": "2h"},
    name="tell",
)
QUIET: Final[dict[str, Any]] = {
    "quiet": [{"from": "08:10", "until": "08:30", "channels": ["push", "light", "webhook"]}]
}


def quiet_day(store: FaultyStore, *rules: dict[str, Any], minute: float = 15) -> Day:
    """Ann has tapped while it is quiet."""
    day = Day(store, *rules, **QUIET)
    day.join("ann", "bob", consents=SHARING)
    day.at(minute).happens(day.taps("ann"))
    return day


@contextmanager
def delivering(day: Day, *names: str) -> Iterator[dict[str, RecordingConnector]]:
    """The engine on its thread, with a real dispatcher."""
    connectors = {name: RecordingConnector(name) for name in names}
    engine = day.engine
    dispatcher = Dispatcher(connectors.values(), day.clock, engine.report, engine.consents)
    engine.connect(day.publisher, dispatcher, day.waker)
    dispatcher.start()
    engine.start()
    try:
        yield connectors
    finally:
        engine.stop()
        dispatcher.stop()
        engine.connect(day.publisher, day.deliverer, day.waker)


def statuses(day: Day) -> dict[str, tuple[str, str | None]]:
    """How far every action is, and why, by its key."""
    found = (day.store.views.actions(status) for status in ("waiting", "leased", "done", "dropped",
             "expired", "superseded", "dead"))  # fmt: skip
    return {one.action.key: (one.status, one.detail) for some in found for one in some}


def settled(day: Day) -> dict[str, tuple[str, str | None]]:
    """The same, once nothing is open any more."""
    wait_until(lambda: not {"waiting", "leased"} & {s for s, _ in statuses(day).values()})
    return statuses(day)


@pytest.mark.parametrize("restart", [False, True])
def test_it_goes_out_when_they_end_and_not_before(store: FaultyStore, restart: bool) -> None:
    day = quiet_day(store, HELLO)
    (key,) = statuses(day)
    for minute in (15, 20, 30 - 1 / 60_000):
        if restart:
            day.make_engine()
        day.at(minute).happens()
        assert day.deliverer.keys == []
    if restart:
        day.make_engine()
    day.at(30).happens()
    day.happens()
    assert day.deliverer.keys == [key]
    day.happens(*day.settlements())
    assert statuses(day)[key][0] == "done"
    day.agrees()
    day.folds_again()


def test_the_engine_wakes_up_for_it(store: FaultyStore) -> None:
    day = quiet_day(store, HELLO)
    with delivering(day, "push") as connectors:
        day.at(30)
        (key,) = settled(day)
    assert connectors["push"].keys == [key]


def test_consent_that_is_withdrawn_meanwhile_stops_it(store: FaultyStore) -> None:
    day = quiet_day(store, HELLO)
    day.at(20).registers("ann", consents=["presence"])
    day.happens()
    with delivering(day, "push") as connectors:
        day.at(30)
        ((outcome, detail),) = settled(day).values()
    assert (outcome, detail) == ("dropped", "consent to push was withdrawn")
    assert connectors["push"].keys == []
    day.agrees()


@pytest.mark.parametrize("withdrawn", ["sharing", "music"])
def test_all_that_it_needs_is_asked_for_again(store: FaultyStore, withdrawn: str) -> None:
    day = quiet_day(store, TELL)
    day.happens(day.taps("bob"))
    left = [purpose for purpose in SHARING if purpose != withdrawn]
    day.at(20).registers("ann", consents=left)
    day.happens()
    with delivering(day, "webhook") as connectors:
        day.at(30)
        ended = {key.split("/")[1]: status for key, (status, _) in settled(day).items()}
    assert ended == {"ann": "dropped", "bob": "done"}
    assert len(connectors["webhook"].keys) == 1


def test_of_what_overwrites_only_the_newest_goes_out(store: FaultyStore) -> None:
    day = quiet_day(store, LIGHT)
    day.at(16).happens(day.taps("bob"))
    day.make_engine()
    with delivering(day, "lights") as connectors:
        connectors["lights"].open.clear()
        day.at(30)
        wait_until(lambda: {s for s, _ in statuses(day).values()} & {"superseded", "leased"})
        connectors["lights"].open.set()
        ended = {key.split("/")[1]: status for key, (status, _) in settled(day).items()}
    assert ended["bob"] == "done"
    assert connectors["lights"].keys[-1].startswith("light/bob/")
    day.agrees()


def test_merged_meanwhile_the_stricter_consent_counts(store: FaultyStore) -> None:
    day = quiet_day(store, HELLO)
    day.at(20).registers("bob", consents=["presence"])
    day.ask(ev.Merged("bob", "ann", day.clock.now_ms))
    day.happens()
    with delivering(day, "push") as connectors:
        day.at(30)
        ((outcome, _),) = settled(day).values()
    assert outcome == "dropped"
    assert connectors["push"].keys == []
    day.agrees()


def test_who_is_forgotten_meanwhile_is_sent_nothing(store: FaultyStore) -> None:
    day = quiet_day(store, HELLO)
    day.happens(day.taps("bob"))
    day.at(20).tell(ev.Erased("ann", day.clock.now_ms))
    with delivering(day, "push") as connectors:
        day.at(30)
        ended = settled(day)
    assert [key.split("/")[1] for key in ended] == ["bob"]
    assert connectors["push"].keys == list(ended)
    day.agrees()
    day.folds_again()


def test_the_hours_of_the_person_are_kept_as_well(store: FaultyStore) -> None:
    day = Day(store, HELLO, **QUIET)
    day.join("ann")
    day.registers("ann", quiet_from="08:20", quiet_until="08:45")
    day.at(15).happens()
    day.happens(day.taps("ann"))
    day.at(44.9).happens()
    assert day.deliverer.keys == []
    day.at(45).happens()
    assert len(day.deliverer.keys) == 1


def test_what_cannot_wait_so_long_is_not_sent_at_all(store: FaultyStore) -> None:
    short = rule(TAP, {"do": "push", "title": "Now", "max_age": "10min"}, name="short")
    day = quiet_day(store, short)
    (decision,) = day.decided("short")
    assert (decision.outcome, decision.because) == ("suppressed", "quiet")
    assert store.inbox.of("ann") == []
    assert statuses(day) == {}
    assert at_ms(15) == decision.at_ms
