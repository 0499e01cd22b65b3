"""The crowd does only what people can do, and does it again when asked again."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import msgspec
import pytest

from edge.readers.simulated import load_script
from hub.core.document import Venue
from hub.demo.crowd import generate, noticed_by, start_of, write_script
from hub.demo.errors import UnfitVenue, UnreadableScript
from hub.demo.expected import expected
from hub.demo.floor import heard_by
from hub.demo.people import Attendee
from hub.demo.script import Script, Stay, Tap, dump, load
from tests.example.conftest import SEED

MINUTE_MS = 60_000
SEEDS = range(1, 13)


def ways(script: Script) -> dict[str, list[Stay]]:
    found: dict[str, list[Stay]] = {}
    for stay in script.stays:
        found.setdefault(stay.badge, []).append(stay)
    return found


def taps_of_one_card(script: Script) -> Iterator[list[int]]:
    found: dict[tuple[str, str], list[int]] = {}
    for tap in script.taps:
        found.setdefault((tap.badge, tap.place), []).append(tap.tap_ms)
    yield from found.values()


def crowd(venue: Venue, people: list[Attendee], seed: int, days: int = 1) -> Script:
    return generate(venue, people, seed, start_of(venue), days)


def test_the_event_starts_at_eight_in_berlin(venue: Venue) -> None:
    assert start_of(venue) == 1_791_439_200_000  # 2026-10-08 06:00 UTC


def test_everybody_comes(script: Script, people: list[Attendee]) -> None:
    assert set(ways(script)) == {person.badge for person in people}


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_is_in_two_places_at_once(venue: Venue, people: list[Attendee], seed: int) -> None:
    for way in ways(crowd(venue, people, seed, days=2)).values():
        assert all(one.until_ms < other.from_ms for one, other in pairwise(way))
        assert all(stay.until_ms - stay.from_ms >= 30_000 for stay in way)


@pytest.mark.parametrize("seed", SEEDS)
def test_everybody_enters_before_anything_else_and_is_home_by_night(
    venue: Venue, people: list[Attendee], seed: int
) -> None:
    script = crowd(venue, people, seed)
    first_taps = {tap.badge: tap for tap in reversed(script.taps)}
    for badge, way in ways(script).items():
        assert way[0].place == way[-1].place == "entrance"
        assert way[0].from_ms >= start_of(venue)
        assert way[-1].until_ms < start_of(venue) + 15 * 60 * MINUTE_MS
        assert way[0].from_ms < first_taps[badge].tap_ms < way[0].until_ms
        assert first_taps[badge].place == "entrance"


def test_taps_fall_within_a_stay_at_that_place(script: Script) -> None:
    way = ways(script)
    for tap in script.taps:
        assert any(
            stay.place == tap.place and stay.from_ms < tap.tap_ms < stay.until_ms
            for stay in way[tap.badge]
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_no_two_taps_of_a_card_look_like_one(
    venue: Venue, people: list[Attendee], seed: int
) -> None:
    for times in taps_of_one_card(crowd(venue, people, seed)):
        assert all(later - earlier > MINUTE_MS for earlier, later in pairwise(times))


@pytest.mark.parametrize("seed", SEEDS)
def test_each_rule_has_people_to_work_on(venue: Venue, people: list[Attendee], seed: int) -> None:
    should = expected(crowd(venue, people, seed), venue)
    assert len(should.who("welcome")) == 150
    assert 20 <= len(should.who("coffee-lover")) <= 38
    assert 12 <= len(should.who("bacon-lover")) <= 26
    assert 36 <= len(should.who("sponsor-tour")) <= 44
    assert 40 <= len(should.who("photo-colour")) <= 100
    assert 40 <= len(should.who("recovery-kit")) <= 60


@pytest.mark.parametrize("seed", SEEDS)
def test_stocks_suffice(venue: Venue, people: list[Attendee], seed: int) -> None:
    should = expected(crowd(venue, people, seed), venue)
    stock = {pool.id: pool.stock for pool in venue.pools}
    assert len(should.who("coffee-lover")) < stock["coffee-card"]
    assert len(should.who("bacon-lover")) < stock["bacon-card"]
    assert len(should.who("recovery-kit")) < stock["recovery-kit"]


@pytest.mark.parametrize("seed", SEEDS)
def test_nobody_dances_so_near_to_45_minutes_that_a_blurred_reading_matters(
    venue: Venue, people: list[Attendee], seed: int
) -> None:
    for way in ways(crowd(venue, people, seed)).values():
        danced_ms = sum(s.until_ms - s.from_ms for s in way if s.place == "dance-floor")
        assert abs(danced_ms - 45 * MINUTE_MS) > 4 * MINUTE_MS


def test_a_wifi_is_away_for_an_hour_at_a_sponsor_and_for_minutes_elsewhere(
    venue: Venue, script: Script
) -> None:
    place_of = {edge.name: next(iter(edge.readers.values())) for edge in venue.edges}
    away = {
        place_of[o.edge]: (o.wifi_until_ms - o.wifi_from_ms) // MINUTE_MS for o in script.outages
    }
    hour_long = [place for place, minutes in away.items() if minutes == 60]
    assert len(away) >= 4
    assert len(hour_long) == 1
    assert hour_long[0].startswith("stand-")
    assert "dance-floor" not in away


@pytest.mark.parametrize("seed", SEEDS)
def test_taps_are_made_while_the_wifi_is_away(
    venue: Venue, people: list[Attendee], seed: int
) -> None:
    script = crowd(venue, people, seed)
    place_of = {edge.name: next(iter(edge.readers.values())) for edge in venue.edges}
    held_back = [
        tap
        for tap in script.taps
        for outage in script.outages
        if place_of[outage.edge] == tap.place
        and outage.wifi_from_ms <= tap.tap_ms < outage.wifi_until_ms
    ]
    places = {tap.place for tap in held_back}
    assert places >= {"coffee", "bacon", "photo-corner"}
    assert any(place.startswith("stand-") for place in places)


def test_the_same_seed_gives_the_same_crowd(
    venue: Venue, people: list[Attendee], script: Script
) -> None:
    assert dump(crowd(venue, people, SEED)) == dump(script)
    assert dump(crowd(venue, people, SEED + 1)) != dump(script)


def test_a_later_start_moves_everything_and_changes_nothing(
    venue: Venue, people: list[Attendee], script: Script
) -> None:
    later = generate(venue, people, SEED, start_of(venue) + MINUTE_MS)
    assert [tap.tap_ms - MINUTE_MS for tap in later.taps] == [tap.tap_ms for tap in script.taps]


def test_further_days_begin_at_the_same_time_at_the_venue(
    venue: Venue, people: list[Attendee]
) -> None:
    autumn = msgspec.structs.replace(
        venue, event=msgspec.structs.replace(venue.event, starts="2026-10-24T08:00")
    )
    two_days = crowd(autumn, people, SEED, days=2)
    second_ms = start_of(autumn) + 25 * 60 * MINUTE_MS  # the clocks go back in the night
    opened = min(s.from_ms for s in two_days.stays if s.from_ms > second_ms - 60 * MINUTE_MS)
    assert second_ms <= opened < second_ms + 30 * MINUTE_MS
    assert len(two_days.outages) == 8


@pytest.mark.parametrize("days", [0, 32])
def test_days_have_a_bound(venue: Venue, people: list[Attendee], days: int) -> None:
    with pytest.raises(ValueError, match="between 1 and 31"):
        crowd(venue, people, SEED, days)


def test_lines_are_in_order_of_time(script: Script) -> None:
    instants = [line.at_ms for line in script.lines]
    assert instants == sorted(instants)
    assert len(instants) == len(script.stays) + len(script.taps) + len(script.outages)


def test_a_file_for_each_edge_holds_what_it_could_notice(
    venue: Venue, script: Script, tmp_path: Path
) -> None:
    files = write_script(script, venue, tmp_path / "script")
    assert sorted(files) == sorted(edge.name for edge in venue.edges)
    coffee = load(files["pi-coffee"])
    assert {tap.place for tap in coffee.taps} == {"coffee"}
    assert {stay.place for stay in coffee.stays} == {"entrance", "coffee", "bacon"}
    assert {outage.edge for outage in coffee.outages} == {"pi-coffee"}


def test_the_simulated_reader_reads_each_file_whole(
    venue: Venue, script: Script, tmp_path: Path
) -> None:
    files = write_script(script, venue, tmp_path)
    for edge in venue.edges:
        ours = noticed_by(script, venue, edge)
        read = load_script(files[edge.name], edge.name, heard_by(venue, edge))
        assert [len(part) for part in (read.stays, read.taps, read.outages)] == [
            len(part) for part in (ours.stays, ours.taps, ours.outages)
        ]


def test_together_the_files_hold_every_tap_and_outage_once(
    venue: Venue, script: Script, tmp_path: Path
) -> None:
    parts = [load(path) for path in write_script(script, venue, tmp_path).values()]
    taps = sorted((t.tap_ms, t.badge, t.place) for part in parts for t in part.taps)
    assert taps == sorted((t.tap_ms, t.badge, t.place) for t in script.taps)
    assert sum(len(part.outages) for part in parts) == len(script.outages)
    assert {stay for part in parts for stay in part.stays} == set(script.stays)


def test_an_edge_with_several_readers_notices_the_neighbours_of_each(
    venue: Venue, script: Script
) -> None:
    edge = msgspec.structs.replace(
        venue.edges[0], readers={"left": "entrance", "right": "dance-floor"}
    )
    heard = {stay.place for stay in noticed_by(script, venue, edge).stays}
    assert heard == {"entrance", "coffee", "stage", "dance-floor"}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ('{"badge":"b","place":"p"}', "line 2 is neither a stay, a tap nor an outage"),
        ("{", "line 2: "),
    ],
)
def test_an_unfit_line_is_refused_with_its_number(tmp_path: Path, line: str, says: str) -> None:
    path = tmp_path / "script.jsonl"
    path.write_bytes(dump(Script(taps=(Tap("b", "p", 1),))) + line.encode() + b"\n")
    with pytest.raises(UnreadableScript, match=says):
        load(path)


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "script.jsonl"
    path.write_bytes(b"\n" + dump(Script(taps=(Tap("b", "p", 1),))) + b"\n")
    assert load(path) == Script(taps=(Tap("b", "p", 1),))


@pytest.mark.parametrize("gone", ["coffee", "dance-floor", "entrance"])
def test_a_venue_without_a_needed_place_is_refused(
    venue: Venue, people: list[Attendee], gone: str
) -> None:
    places = [place for place in venue.places if place.id != gone]
    with pytest.raises(UnfitVenue, match=gone):
        generate(msgspec.structs.replace(venue, places=places), people, SEED, 0)


def test_a_venue_without_sponsors_or_edges_is_refused(venue: Venue, people: list[Attendee]) -> None:
    places = [place for place in venue.places if "sponsors" not in place.groups]
    with pytest.raises(UnfitVenue, match="sponsors"):
        generate(msgspec.structs.replace(venue, places=places), people, SEED, 0)
    with pytest.raises(UnfitVenue, match="no edge of the venue reads"):
        generate(msgspec.structs.replace(venue, edges=[]), people, SEED, 0)
