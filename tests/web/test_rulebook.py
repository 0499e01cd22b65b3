"""What pages ask of the rules, on both databases, without an engine: what it would say is given."""

from collections.abc import Iterator
from pathlib import Path

import msgspec
import pytest
from msgspec.structs import replace

from contract.clock import ManualClock
from hub.core import document as d
from hub.core.outcome import Decision
from hub.store import Group, PublishedVenue, Store
from hub.store.views_web import WebReads
from hub.web.calling import CALLS_A_MINUTE, MINUTE_MS, Calling, signals_of
from hub.web.errors import BadInput, NotFound, Outdated, TooManyTries
from hub.web.ports import WebParts
from hub.web.rule_counts import rule_counts
from hub.web.rulebook import Before, Rulebook
from hub.web.settings import WebSettings
from tests.web.rules_world import rich
from tests.web.world import EVENT, NOW_MS


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store(database_url, EVENT) as opened:
        yield opened


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(NOW_MS)


@pytest.fixture
def parts(store: Store, clock: ManualClock) -> WebParts:
    return WebParts(
        store=store, clock=clock, wall=clock, settings=WebSettings(Path()), nudge=lambda: None,
        lamps=list, why=lambda _person, _rule, _at_ms: pytest.fail("not asked here"),
    )  # fmt: skip


@pytest.fixture
def book(parts: WebParts) -> Rulebook:
    return Rulebook(parts, reads(parts))


def reads(parts: WebParts) -> WebReads:
    return WebReads(parts.store.database, EVENT)


def in_force(store: Store, version: int, venue: d.Venue) -> None:
    document = msgspec.json.encode(venue).decode()
    store.commit(Group(venue=PublishedVenue(version, document, NOW_MS + version, "test")))


def answered(store: Store, error: str | None) -> None:
    waiting = store.pending_commands()
    store.commit(Group(commands_done=[(row.id, error) for row in waiting]))


def test_without_any_version_the_first_one_is_asked_for(book: Rulebook, store: Store) -> None:
    with pytest.raises(NotFound, match="no venue is published yet"):
        book.venue()
    assert [one.kind for one in book.changes(rich()) if one.part == "rule"] == ["added"] * 9
    asked = book.publish(rich(), "olga", based_on=0)
    assert asked.version == 1
    answer = book.wait(asked, wait_s=0)
    assert (answer.done, answer.sentence) == (
        False, "it is asked for; the engine takes it when it can",
    )  # fmt: skip
    in_force(store, 1, rich())
    answered(store, None)
    assert book.wait(asked, wait_s=0).sentence == "version 1 is in force"
    assert book.publish(rich(), "olga").key == ""


def test_what_the_engine_refuses_is_told(book: Rulebook, store: Store) -> None:
    asked = book.publish(rich(), "olga")
    answered(store, "no such thing")
    with pytest.raises(BadInput, match="the engine refused it: no such thing"):
        book.wait(asked, wait_s=0)


def test_a_version_is_based_on_the_one_in_force(book: Rulebook, store: Store) -> None:
    in_force(store, 1, rich())
    in_force(store, 2, replace(rich(), holdout=5))
    with pytest.raises(Outdated, match="version 2 is in force by now"):
        book.publish(rich(), "olga", based_on=1)
    assert book.revert(1, "olga", based_on=2).version == 3
    with pytest.raises(NotFound, match="no version 7"):
        book.revert(7, "olga")
    with pytest.raises(BadInput, match="the document is of 'other'"):
        book.publish(replace(rich(), event=replace(rich().event, id="other")), "olga")
    event = store.pending_commands()[0].event
    assert getattr(event, "by", "") == "olga"


def test_the_past_is_asked_for_although_nothing_changes(book: Rulebook, store: Store) -> None:
    in_force(store, 1, rich())
    asked = book.publish(rich(), "olga", past=True)
    assert asked.key.endswith("/past")
    assert getattr(store.pending_commands()[0].event, "past", False)


def test_sizes_are_kept_of_audiences_that_change_and_stay(book: Rulebook, store: Store) -> None:
    in_force(store, 1, rich())
    store.commit(Group(memberships={("lovers", "p1"): 5, ("lovers", "p2"): 6}))
    assert book.before() == {}
    lovers = d.Audience(name="lovers", if_=d.HasTag(tag="other"))
    changed = replace(rich(), audiences=[lovers])
    book.publish(changed, "olga")
    assert book.before() == {"lovers": Before(2, 2)}
    in_force(store, 2, changed)
    book.publish(replace(changed, audiences=[]), "olga")
    assert book.before() == {"lovers": Before(2, 2)}


def test_a_document_is_checked_as_the_engine_would(book: Rulebook) -> None:
    other = replace(rich(), event=replace(rich().event, id="other"))
    found = book.check(msgspec.json.encode(other).decode())
    assert found.findings[0].message == "this is 'martech', the document is of 'other'"
    assert not found.is_right
    assert book.check("- 1").venue is None


def test_what_rules_came_to_is_counted_by_reason(parts: WebParts, store: Store) -> None:
    def decided(key: str, outcome: str, because: str = "") -> Decision:
        return Decision(key, "r", 1, "p", None, NOW_MS, outcome, "so", because=because)  # type: ignore[arg-type]

    store.commit(
        Group(
            decisions=[
                decided("1", "fired"), decided("2", "fired"), decided("3", "shadow"),
                decided("4", "suppressed", "cap"), decided("5", "suppressed", "cap"),
                decided("6", "suppressed"),
            ]
        )
    )  # fmt: skip
    came = rule_counts(parts)["r"]
    assert (came.fired, came.shadow, came.last_fired_ms) == (2, 1, NOW_MS)
    assert (came.suppressed, came.suppressed_total) == ({"cap": 2, "other": 1}, 3)


def test_buttons_and_calls_are_those_of_the_rules() -> None:
    twice = d.Rule(name="again", when=d.OnButton(button="thank"), then=[])
    venue = replace(rich(), rules=[*rich().rules, twice])
    buttons = {one.name: one for one in signals_of(venue, "button")}
    assert list(buttons) == ["last-round", "thank"]
    assert [rule.name for rule in buttons["thank"].rules] == ["thank", "again"]
    assert (buttons["thank"].about_person, buttons["thank"].about_venue) == (True, True)
    assert [one.name for one in signals_of(venue, "call")] == ["till-opened"]


def test_nobody_calls_without_end(parts: WebParts, clock: ManualClock) -> None:
    calling = Calling(parts, reads(parts))
    for _ in range(CALLS_A_MINUTE):
        with pytest.raises(NotFound, match="no rule waits for the call 'x'; there is: none"):
            calling.call("call", "x", "", "till")
    with pytest.raises(TooManyTries):
        calling.call("call", "x", "", "till")
    with pytest.raises(NotFound):
        calling.call("call", "x", "", "another")
    clock.advance(MINUTE_MS)
    with pytest.raises(NotFound):
        calling.call("call", "x", "", "till")
