"""The example's rules, decided by the core, do for the crowd what was counted independently."""

from datetime import datetime
from zoneinfo import ZoneInfo

import msgspec
import pytest

from hub.core import events as ev
from hub.core.compiled import compile_venue
from hub.core.document import Venue
from hub.demo.crowd import start_of
from hub.demo.expected import Expected, expected, rewarded
from hub.demo.people import Attendee
from hub.demo.script import Script
from tests.example.fold import Fold, happenings, registrations

HOUR_MS = 3_600_000


@pytest.fixture(scope="module")
def should(script: Script, venue: Venue) -> Expected:
    return expected(script, venue)


@pytest.fixture(scope="module")
def story(venue: Venue, people: list[Attendee], script: Script) -> Fold:
    start_ms = start_of(venue)
    fold = Fold(compile_venue(venue, 1))
    document = msgspec.json.encode(venue).decode()
    fold.tell(ev.VenuePublished(1, start_ms - HOUR_MS, document), start_ms - HOUR_MS)
    edges = {place: edge.name for edge in venue.edges for place in edge.readers.values()}
    known = [*registrations(people, start_ms - HOUR_MS), *happenings(script, edges)]
    fold.tell_all(known, start_ms + 26 * HOUR_MS)
    return fold


def fired(story: Fold, rule: str) -> set[str]:
    return {d.person or "" for d in story.decisions if (d.rule, d.outcome) == (rule, "fired")}


@pytest.mark.parametrize(
    "rule", ["welcome", "coffee-lover", "bacon-lover", "sponsor-tour", "recovery-kit"]
)
def test_each_rule_fires_for_those_it_should(story: Fold, should: Expected, rule: str) -> None:
    assert fired(story, rule) == should.who(rule)


def test_rewards_go_once_to_those_who_earned_and_allowed_them(
    story: Fold, should: Expected, venue: Venue, people: list[Attendee]
) -> None:
    wanted = rewarded(should, venue, people)
    assert sorted(story.rewards) == sorted(
        (pool, badge) for pool, badges in wanted.items() for badge in badges
    )
    assert all(wanted.values())


def test_visits_are_the_taps(story: Fold, should: Expected) -> None:
    for place, taps in should.taps.items():
        assert sum(len(person.visits.get(place, ())) for person in story.people.values()) == taps


def test_recovery_kits_go_out_at_eight_in_the_morning(story: Fold, venue: Venue) -> None:
    kits = {
        datetime.fromtimestamp(decision.at_ms / 1000, ZoneInfo(venue.event.zone)).isoformat()
        for decision in story.decisions
        if decision.rule == "recovery-kit" and decision.reason.startswith("follow-up")
    }
    assert kits == {"2026-10-09T08:00:00+02:00"}


def test_the_photo_lamp_is_for_those_who_have_a_colour_and_allowed_it(
    story: Fold, should: Expected, people: list[Attendee]
) -> None:
    colourful = {p.badge for p in people if p.favourite_colour and "lights" in p.consents}
    assert fired(story, "photo-colour") <= should.who("photo-colour") & colourful
    late = [d for d in story.decisions if d.rule == "photo-colour" and "old" in d.reason]
    refused = should.who("photo-colour") & colourful - fired(story, "photo-colour")
    assert refused <= {decision.person for decision in late}
    assert late, "the photo corner's Wi-Fi was away for a while"


def test_the_dance_floor_shows_colours_and_wishes(story: Fold) -> None:
    assert len([d for d in story.decisions if d.rule == "dance-mood"]) > 20
    assert len([d for d in story.decisions if d.rule == "dance-music"]) > 20
    assert story.zones["dance-floor"].present == {}
