"""Why and why not, asked of a store: what rules gave a person is known up to the instant."""

from pathlib import Path

import pytest

from contract.clock import ManualClock
from hub.answers import Answers
from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.store.people import NewPerson
from tests.core.fold import TAP, rule
from tests.engine.hub import Hub, at_ms, stored

REGULAR = rule({"kind": "tap", "place": "bacon"}, if_={"check": "tag", "tag": "regular"})


def test_a_rule_that_asks_for_a_tag_sees_those_given_by_then(tmp_path: Path) -> None:
    with stored(tmp_path) as store:
        hub = Hub(store)
        hub.publish(0, rule(TAP, {"do": "tag", "tag": "regular"}, name="gives"), REGULAR)
        hub.tell(ev.Registered("ann", at_ms(0), {}, []))
        hub.tell(ev.Leased("b1", "ann", at_ms(0)))
        for minute, place in ((1, "bacon"), (5, "coffee"), (9, "bacon")):
            hub.tell(ev.Tapped("b1", place, at_ms(minute)))
        answers = Answers(store, ManualClock(at_ms(60)))
        before, after = (answers.why("ann", "r", at_ms(minute)) for minute in (1, 7))
        assert before.clauses[1].saw == "no tags"
        assert before.reason.endswith(": has the tag regular")
        assert (after.answer, after.clauses[1].saw) == ("no", "regular")
        assert after.reason.endswith(": taps at bacon")
        assert answers.why("ann", "r", at_ms(9)).answer == "fired"
        assert answers.why("ann", "r").at_ms == at_ms(9)
        with pytest.raises(RulesFault, match="nobody called 'eve' is known"):
            answers.why("eve", "r")


def test_somebody_of_whom_nothing_has_happened_yet_has_no_tags(tmp_path: Path) -> None:
    with stored(tmp_path) as store:
        Hub(store).publish(0, REGULAR)
        eve = store.people.register(NewPerson(name="Eve"), at_ms(0)).person
        assert Answers(store, ManualClock(at_ms(60))).why(eve, "r").clauses[1].saw == "no tags"
