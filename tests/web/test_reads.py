"""What the pages read is the same on both databases."""

from collections.abc import Iterator

import pytest

from hub.attendee.view import read_attendee
from hub.core.outcome import Decision
from hub.people.purposes import purposes_of
from hub.store import Group, Store
from hub.store.views_web import WebReads
from hub.store.web_values import RuleCount
from tests.web.world import EVENT, NOW_MS, seed


@pytest.fixture
def empty(database_url: str) -> Iterator[Store]:
    with Store(database_url, EVENT) as store:
        yield store


def decided(*keys: str) -> Group:
    return Group(
        decisions=[Decision(key, "r", 1, None, None, NOW_MS, "fired", "so") for key in keys]
    )


def test_what_grows_is_counted_on_and_what_is_filled_anew_again(
    empty: Store, database_url: str
) -> None:
    with Store(database_url, "other-event") as other:
        reads = WebReads(empty.database, EVENT)
        assert reads.totals().decisions == 0
        empty.commit(decided("a", "b"))
        other.commit(decided("c", "d", "e"))
        assert reads.totals().decisions == 2
        assert reads.totals().decisions == 2
        empty.commit(decided("f"))
        assert reads.totals().decisions == 3
        assert len(reads.decisions(limit=2)) == 2
        empty.reset_state()
        assert reads.totals().decisions == 0
        empty.commit(decided("a"))
        assert reads.totals().decisions == 1


def test_a_full_venue_is_read(empty: Store) -> None:
    people = list(seed(empty))
    reads = WebReads(empty.database, EVENT)
    version, venue = reads.venue()
    assert (version, venue is not None and venue.event.id) == (1, EVENT)
    assert sum(reads.present().values()) == 20
    totals = reads.totals()
    assert (totals.people, totals.inside, totals.taps, totals.decisions) == (20, 20, 240, 60)
    assert (totals.rewards_given, totals.rewards_redeemed) == (5, 0)
    assert (totals.quarantined, totals.dead_letters) == (3, 1)
    assert [queue.place for queue in reads.queues()] == ["dance-floor"]
    assert [row.name for row in reads.people("OKAF")] == ["Ada Okafor"]
    assert [row.name for row in reads.people("mt-002")] == ["Jakub Bondarenko"]
    assert reads.people("%") == []
    assert reads.person("nobody") is None
    assert {row.name for row in reads.decisions(person=people[0])} == {"Ada Okafor"}
    assert reads.rule_counts()["photo-colour"].suppressed == 7
    assert isinstance(reads.rule_counts()["dance-music"], RuleCount)
    assert [letter.name for letter in reads.dead_letters()] == ["Mateo Lindqvist"]
    assert sum(edge.alive for edge in reads.edges()) == 11
    view = read_attendee(empty, reads, people[0], purposes_of(None), NOW_MS)
    assert view is not None
    assert (view.first_name, view.ready, len(view.inbox)) == ("Ada", 2, 3)
    assert read_attendee(empty, reads, "nobody", purposes_of(None), NOW_MS) is None
