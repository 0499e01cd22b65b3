"""Why and why not, asked of a store: as somebody was known, and what was around them, then."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

from contract.clock import ManualClock
from hub.answers import Answers
from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.engine.group import Work
from hub.store import Store
from hub.store.people import NewPerson
from tests.core.fold import TAP, document, rule, visits
from tests.databases import database_url, postgres, sqlite_template
from tests.engine.hub import EVENT, Hub, at_ms, stored
from tests.engine.parts import Hub as Engine
from tests.engine.parts import message as batch
from tests.engine.parts import tap

__all__ = ["database_url", "postgres", "sqlite_template"]

CARD = {"do": "reward", "pool": "card", "title": "A card"}
REGULAR = rule({"kind": "tap", "place": "bacon"}, if_={"check": "tag", "tag": "regular"})
GIVES = rule(TAP, {"do": "tag", "tag": "regular"}, name="gives")
FULL = rule(
    {"kind": "occupancy", "place": "stage", "at_least": 3}, {"do": "staff", "title": "Full"},
    name="full",
)  # fmt: skip


@pytest.fixture
def store(database_url: str) -> Iterator[Store]:
    with Store(database_url, EVENT) as opened:
        yield opened


def answers(store: Store, minute: int = 60) -> Answers:
    return Answers(store, ManualClock(at_ms(minute)))


def publish(hub: Hub, store: Store, *rules: dict[str, Any], **changes: Any) -> None:
    """Publish a venue with more in it than rules."""
    text = msgspec.json.encode(document(*rules, **changes)).decode()
    store.add_command("venue", ev.VenuePublished(0, at_ms(0), text), at_ms(0))
    work = Work(hub.memory, 0, at_ms(0), 1_000)
    hub._requests.commands(work, 10)
    hub._commit(work)


def joined(hub: Hub, *people: str) -> None:
    """People with a badge each."""
    for person in people:
        hub.tell(ev.Registered(person, at_ms(0), {}, ["rewards"]))
        hub.tell(ev.Leased(f"b-{person}", person, at_ms(0)))


def tapped(hub: Hub, minute: int, who: str = "ann", place: str = "coffee") -> None:
    hub.tell(ev.Tapped(f"b-{who}", place, at_ms(minute)))


def test_a_rule_that_asks_for_a_tag_sees_those_given_by_then(store: Store) -> None:
    hub = Hub(store)
    hub.publish(0, GIVES, REGULAR)
    joined(hub, "ann")
    for minute, place in ((1, "bacon"), (5, "coffee"), (9, "bacon")):
        tapped(hub, minute, place=place)
    ask = answers(store)
    before, after = (ask.why("ann", "r", at_ms(minute)) for minute in (1, 7))
    assert before.sentence == "No: “has the tag regular” does not hold: no tags"
    assert (after.answer, after.clauses[1].saw) == ("no", "regular")
    assert after.sentence == (
        "No: there was no tap at bacon at that instant; the last one was at 08:01"
    )
    assert ask.why("ann", "r", at_ms(9)).answer == "fired"
    assert ask.why("ann", "r").sentence == "Yes, at 08:09: taps at bacon"
    assert [(one.rule, one.answer) for one in ask.why_all("ann", at_ms(9))] == [
        ("gives", "no"), ("r", "fired"),
    ]  # fmt: skip
    with pytest.raises(RulesFault, match="nobody called 'eve' is known"):
        ask.why("eve", "r")
    with pytest.raises(RulesFault, match="there is no rule 'x'; there is: gives, r"):
        ask.why("ann", "x")


def test_somebody_of_whom_nothing_has_happened_yet(store: Store) -> None:
    Hub(store).publish(0, REGULAR)
    new = NewPerson(name="Eve", email="Eve@example.org", badge="b9")
    eve = store.people.register(new, at_ms(0)).person
    ask = answers(store)
    assert ask.why(eve, "r").clauses[1].saw == "no tags"
    assert ask.why(" eve@EXAMPLE.org", "r").person == eve


def test_nothing_is_published(store: Store) -> None:
    with pytest.raises(RulesFault, match="no venue is published yet"):
        answers(store).why("ann", "r")


def test_a_rule_that_was_not_there_yet_or_no_longer(store: Store) -> None:
    hub = Hub(store)
    hub.publish(10, GIVES)
    joined(hub, "ann")
    hub.publish(20, GIVES, REGULAR)
    hub.publish(30, REGULAR)
    ask = answers(store)
    assert ask.why("ann", "r", at_ms(15)).sentence == (
        "No: the rule did not exist yet: it was published at 08:20, with version 2"
    )
    assert ask.why("ann", "gives", at_ms(35)).sentence == (
        "No: the rule was there no longer: the last version with it, of 08:20, is 2"
    )
    early = ask.why("ann", "gives", at_ms(5))
    assert early.version == 1
    assert early.sentence.endswith("no rules were in force yet: this is what those of later "
                                   "make of it")  # fmt: skip
    tapped(hub, 40, place="bacon")
    assert ask.why("ann", "r", at_ms(40)).version == 3


def test_a_badge_means_who_held_it_then(store: Store) -> None:
    hub = Hub(store)
    hub.publish(0, rule(visits(2)))
    joined(hub, "ann", "bob")
    tapped(hub, 1)
    hub.tell(ev.Leased("b-ann", "bob", at_ms(5)))
    tapped(hub, 6)
    hub.tell(ev.Leased("b-ann", None, at_ms(8)))
    ask = answers(store)
    then = ask.why("b-ann", "r", at_ms(2))
    assert (then.person, then.notes) == (
        "ann", ["badge b-ann is bob's since 08:05", "badge b-ann is nobody's since 08:08"],
    )  # fmt: skip
    assert ask.why("b-ann", "r", at_ms(7)).person == "bob"
    nobody = ask.why("b-ann", "r", at_ms(9))
    assert (nobody.person, nobody.sentence) == (None, "No: nobody held badge b-ann at 08:09")
    hub.tell(ev.Leased("b-ann", "ann", at_ms(10)))
    assert "badge b-ann was not theirs then: it was bob's" in ask.why("ann", "r", at_ms(6)).sentence
    assert "it was nobody's" in ask.why("ann", "r", at_ms(9)).sentence


def test_a_tap_in_quarantine_is_named_with_its_reason(store: Store) -> None:
    engine = Engine(store, rule(TAP))
    engine.run(batch(tap("stray", boot_ms=60_000)))
    ask = answers(store, 120)
    why = ask.why("stray", "r", store.quarantine.rows()[0].at_ms)
    held = store.quarantine.rows()[0]
    assert (why.answer, why.person) == ("no", None)
    assert why.sentence.startswith("No: nobody held badge stray at ")
    assert f"is in quarantine: {held.reason}" in why.sentence
    assert msgspec.json.decode(held.payload)["tap"]["place"] in why.sentence
    with pytest.raises(RulesFault, match="nobody called 'stray' is known"):
        ask.why("stray", "r", at_ms(600))


def test_merged_people_are_who_they_were_then(store: Store) -> None:
    hub = Hub(store)
    hub.publish(0, rule(visits(2)))
    joined(hub, "ann", "bob")
    tapped(hub, 1)
    tapped(hub, 2, "bob")
    hub.tell(ev.Merged("ann", "bob", at_ms(5)))
    ask = answers(store)
    assert ask.why("ann", "r", at_ms(4)).sentence == (
        "No: 1 visit at coffee within the event (08:01), 2 are needed: 1 more"
    )
    bob = ask.why("bob", "r", at_ms(4))
    assert (bob.person, bob.answer) == ("bob", "no")
    hub.tell(ev.Unmerged("ann", "bob", at_ms(9)))
    for who in ("ann", "bob"):
        assert ask.why(who, "r", at_ms(7)).person == "ann"
        assert ask.why(who, "r", at_ms(10)).person == who


def test_what_was_left_and_who_was_there_is_as_of_then(store: Store) -> None:
    stock = {"check": "stock", "pool": "card", "at_least": 2}
    crowd = {"check": "occupancy", "place": "stage", "at_least": 2, "audience": "fans"}
    hub = Hub(store)
    fans = [{"name": "fans", "if": {"check": "tag", "tag": "regular"}}]
    publish(hub, store, GIVES, rule({"kind": "tap", "place": "bacon"}, CARD, name="card"), FULL,
                rule({"kind": "tap", "place": "juice"}, if_={"check": "all", "of": [stock, crowd]}),
                audiences=fans)  # fmt: skip
    joined(hub, "ann", "bob")
    tapped(hub, 1)
    for minute, who, kind, place in (
        (2, "ann", "entered", "stage"), (3, "bob", "entered", "stage"), (8, "bob", "left", "stage"),
        (9, "ann", "left_venue", "stage"),
    ):  # fmt: skip
        hub.tell(ev.Moved(who, place, kind, at_ms(minute)))  # type: ignore[arg-type]
    tapped(hub, 10, place="bacon")
    ask = answers(store)
    saw = [
        [one.saw for one in ask.why("ann", "r", at_ms(minute)).clauses[1:3]]
        for minute in (1, 4, 11)
    ]
    assert saw == [["2", "0"], ["2", "1"], ["1", "0"]]
    counts = [ask.of_place("stage", "full", at_ms(minute)).clauses[0].saw for minute in (1, 4, 9)]
    assert counts == ["0", "2", "0"]
    with pytest.raises(RulesFault, match="rule 'full' is about 'stage', not about 'floor'"):
        ask.of_place("floor", "full", at_ms(4))


def test_a_rule_about_a_place_is_told_as_it_was_decided(store: Store) -> None:
    hub = Hub(store)
    hub.publish(5, FULL)
    people = [f"p{number}" for number in range(3)]
    joined(hub, *people)
    for person in people:
        hub.tell(ev.Moved(person, "stage", "entered", at_ms(6)))
    told = answers(store).why("", "full", at_ms(6))
    assert (told.answer, told.person, told.place) == ("fired", None, "stage")
    hub.publish(9)
    assert "there no longer" in answers(store).why("", "full", at_ms(30)).sentence


def test_a_decision_of_a_late_tap_says_when_it_became_known(store: Store) -> None:
    engine = Engine(store, rule(TAP))
    engine.join("ann")
    asked_ms = engine.clock.now_ms
    engine.clock.now_ms += 600_000
    engine.run(batch(tap("ann", reader="desk"), at_ms=asked_ms))
    told = Answers(store, engine.clock).why("ann", "r", asked_ms)
    assert told.answer == "fired"
    assert told.sentence.endswith("; that became known at 08:10 only")


def test_caps_and_limits_of_then(tmp_path: Path) -> None:
    push = {"do": "push", "title": "x"}
    with stored(tmp_path) as opened:
        hub = Hub(opened)
        publish(hub, opened, rule(TAP, push, name="r", limit={"at_most": 1, "per": "event"}),
                    caps=[{"name": "one", "of": "push", "at_most": 1}])  # fmt: skip
        hub.tell(ev.Registered("ann", at_ms(0), {}, ["push"]))
        hub.tell(ev.Leased("b-ann", "ann", at_ms(0)))
        tapped(hub, 5)
        ask = answers(opened)
        before, after = ({c.text for c in ask.why("ann", "r", at_ms(minute)).clauses if not c.held}
                         for minute in (3, 8))  # fmt: skip
        assert before == {"taps at coffee"}
        assert after == {"taps at coffee", "is within its limit", "is within the cap one"}
