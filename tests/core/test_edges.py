"""What is left of an earlier form of a rule, and what is dated at the very same instant."""

import pytest

from hub.core import events as ev
from hub.core.errors import UnknownPerson
from tests.core.fold import Fold, document, rule

DWELL = {"kind": "dwell", "place": "floor", "at_least": "15min"}
ABSENT = {"kind": "absent", "place": "coffee", "for": "10min"}


def test_a_stay_that_was_waited_for_makes_no_plain_visit_true() -> None:
    fold = Fold(document(rule(DWELL))).join("ann")
    fold.enter(13, "floor")
    fold.publish(document(rule({"kind": "visit", "place": "floor"})), 18)
    fold.pass_to(60)
    assert fold.fired() == []


def test_an_absence_that_was_waited_for_is_none_by_an_instant() -> None:
    fold = Fold(document(rule(ABSENT))).join("ann")
    fold.tap(1)
    by = {"kind": "absent", "place": "coffee", "by": "2026-10-08T10:00"}
    fold.publish(document(rule(by)), 2)
    fold.pass_to(60)
    assert fold.fired() == []


def test_a_late_first_visit_there_at_the_first_visit_anywhere_is_not_asked_about_again() -> None:
    fold = Fold(document(rule(ABSENT))).join("ann")
    fold.tap(1, place="bacon")
    fold.pass_to(11)
    assert fold.fired() == [11]
    fold.tap(1, late=30)
    fold.pass_to(60)
    assert fold.fired() == [11]


def test_a_part_without_anybody_does_not_end_a_sweep() -> None:
    audience = {"name": "all", "if": {"check": "points", "at_least": 0}}
    fold = Fold(document()).join("ann")
    fold.previous, fold.rules = fold.rules, Fold(document(audiences=[audience])).rules
    fold.tell(ev.VenuePublished(2, fold.at_ms(5), "{}"))
    (timer,) = fold.state.timers.values()
    fold.tell(ev.Swept(timer.key, fold.at_ms(5), []))
    assert fold.state.timers.keys() == {timer.key}
    fold.tell(ev.Swept(timer.key, fold.at_ms(5), ["ann"], last=True))
    assert fold.person().audiences.keys() == {"all"}


def test_nobody_comes_to_be_by_being_called_about() -> None:
    fold = Fold(document()).join("ann")
    with pytest.raises(UnknownPerson, match="nobody 'zoe'"):
        fold.tell(ev.Called("bell", "button", fold.at_ms(1), "zoe"))
    assert fold.state.people.keys() == {"ann"}
