"""Rules, rewards, places and flows are those of a plain recount, on both databases."""

from collections import Counter, defaultdict
from datetime import UTC, datetime
from itertools import pairwise
from zoneinfo import ZoneInfo

import msgspec
import pytest

from contract.clock import ManualClock
from hub.insight import rewards
from hub.insight.errors import BadSpan, NothingPublished, TooManyBuckets
from hub.insight.flows import FlowsReport
from hub.insight.places import PlacesReport
from hub.insight.rules import GONE, UNSAID, RulesReport
from hub.insight.service import KEPT_MS, Insight
from hub.insight.sheets import sheets_of
from hub.insight.spans import WIDTHS_MS, Asked
from hub.store import Group, LogRow, PublishedVenue, Store
from hub.store.insight import RewardLine, reads
from tests.insight.made import DAY_MS, ENTERED, START_MS, TAPPED, Came, Made, venue

BERLIN = ZoneInfo("Europe/Berlin")
Pairs = Counter[tuple[str, str]]
NOON_MS = START_MS + DAY_MS // 8
SPANS = (
    Asked(),
    Asked(width="1h"),
    Asked(since_ms=NOON_MS),
    Asked(NOON_MS, NOON_MS + DAY_MS, "1d"),
    Asked(until_ms=NOON_MS, width="5min"),
)


def insight(made: Made) -> Insight:
    return Insight(made.store, ManualClock(0))


def inside(at_ms: int, asked: Asked) -> bool:
    after = asked.since_ms is None or asked.since_ms <= at_ms
    return after and (asked.until_ms is None or at_ms < asked.until_ms)


def bucketed(instants: list[int], starts_ms: list[int]) -> list[int]:
    ends = [*starts_ms, 2**62][1:]
    return [
        sum(1 for at_ms in instants if start <= at_ms < end)
        for start, end in zip(starts_ms, ends, strict=True)
    ]


def nearest_rank(values: list[int], percent: int) -> int | None:
    """The smallest value that at least so many of a hundred are not above."""
    return next(
        (v for v in sorted(values) if 100 * sum(o <= v for o in values) >= percent * len(values)),
        None,
    )


@pytest.mark.parametrize("asked", SPANS)
def test_rules(made: Made, asked: Asked) -> None:
    report = insight(made).rules(asked)
    decided = [one for one in made.decisions if inside(one.at_ms, asked)]
    ended = [one for one in made.ended if inside(one[2], asked)]
    assert [(rule.rule, rule.stage) for rule in report.rules] == [
        ("thirsty", "live"), ("quiet", "shadow"), ("old", GONE),
    ]  # fmt: skip
    for rule in report.rules:
        mine = [one for one in decided if one.rule == rule.rule]
        fired = [one.at_ms for one in mine if one.outcome == "fired"]
        assert rule.fired == len(fired)
        assert rule.last_fired_ms == max(fired, default=None)
        assert rule.fired_over_time == bucketed(fired, report.starts_ms)
        assert rule.shadow == sum(rule.shadow_over_time)
        assert rule.shadow == sum(one.outcome == "shadow" for one in mine)
        because = Counter(one.because or UNSAID for one in mine if one.outcome == "suppressed")
        assert rule.suppressed == because
        for why, numbers in rule.suppressed_over_time.items():
            asked_why = "" if why == UNSAID else why
            instants = [
                one.at_ms
                for one in mine
                if one.outcome == "suppressed" and one.because == asked_why
            ]
            assert numbers == bucketed(instants, report.starts_ms)
        ends = Counter(status for name, status, _ in ended if name == rule.rule)
        assert rule.done == ends["done"]
        assert rule.failed == {s: n for s, n in ends.items() if s in {"dead", "expired", "dropped"}}
        for status, numbers in rule.failed_over_time.items():
            instants = [at for name, s, at in ended if (name, s) == (rule.rule, status)]
            assert numbers == bucketed(instants, report.starts_ms)


def test_sheets_of_rules_add_up(made: Made) -> None:
    report: RulesReport = insight(made).rules(Asked())
    sheets = sheets_of(report)
    assert sheets["totals"].rows[0][0] == "thirsty"
    counted: Counter[tuple[object, object]] = Counter()
    for rule, outcome, _, _, number in sheets["over-time"].rows:
        counted[rule, outcome] += int(number or 0)
    for one in report.rules:
        assert counted[one.rule, "fired"] == one.fired
        assert counted[one.rule, "suppressed"] == one.suppressed_total
        assert counted[one.rule, "failed"] == one.failed_total


@pytest.mark.parametrize("asked", SPANS)
def test_rewards(made: Made, asked: Asked) -> None:
    report = insight(made).rewards(asked)
    card, cup = report.pools
    given = [at for at in made.issued.values() if inside(at, asked)]
    redeemed = {n: one for n, one in made.redeemed.items() if inside(one[0], asked)}
    took = {n: at - made.issued[n] for n, (at, _) in redeemed.items()}
    assert (card.stock, card.left, card.reserved) == (50, 20 + made.returned, made.reserved)
    assert (card.given, card.redeemed) == (len(given), len(redeemed))
    assert card.stock == card.left + card.reserved + len(made.issued)
    assert card.median_ms == nearest_rank(list(took.values()), 50)
    assert card.p90_ms == nearest_rank(list(took.values()), 90)
    assert card.given_over_time == bucketed(given, report.starts_ms)
    assert card.redeemed_over_time == bucketed(
        [at for at, _ in redeemed.values()], report.starts_ms
    )
    for stand in card.stands:
        mine = [took[n] for n, (_, by) in redeemed.items() if by == stand.stand]
        assert (stand.redeemed, stand.median_ms) == (len(mine), nearest_rank(mine, 50))
    assert sum(stand.redeemed for stand in card.stands) == len(redeemed)
    assert (cup.stock, cup.left, cup.given, cup.median_ms) == (5, 5, 0, None)
    if asked == Asked():
        assert card.returned == made.returned > 0
    for sheet in sheets_of(report).values():
        assert {len(row) for row in sheet.rows} <= {len(sheet.columns)}


def present_at(stays: list[tuple[str, int, int | None]], place: str, at_ms: int) -> int:
    return sum(
        1 for where, from_, until in stays
        if where == place and from_ <= at_ms and (until is None or at_ms < until)
    )  # fmt: skip


@pytest.mark.parametrize("asked", SPANS)
def test_places(made: Made, asked: Asked) -> None:
    report: PlacesReport = insight(made).places(asked)
    assert [place.place for place in report.places] == [*TAPPED, *ENTERED]
    for place in report.places:
        visits = [v for v in made.visits if v.place == place.place and inside(v.at_ms, asked)]
        often = Counter(visit.person for visit in visits)
        repeating = sum(1 for times in often.values() if times > 1)
        assert (place.visits, place.visitors) == (len(visits), len(often))
        assert place.repeat_visitors == repeating
        assert place.repeat_share == (repeating / len(often) if often else None)
        assert place.visits_over_time == bucketed([v.at_ms for v in visits], report.starts_ms)
        dwells = [
            v.until_ms - v.at_ms
            for v in visits
            if v.until_ms is not None and inside(v.until_ms, Asked(until_ms=asked.until_ms))
        ]
        assert place.stays == len(dwells)
        assert place.dwell_median_ms == nearest_rank(dwells, 50)
        assert place.dwell_p90_ms == nearest_rank(dwells, 90)
        _check_occupancy(made, asked, report, place.place, place.present_most, place.present_end)


def _check_occupancy(
    made: Made, asked: Asked, report: PlacesReport, place: str, most: list[int], end: list[int]
) -> None:
    last_ms = 2**62 if asked.until_ms is None else asked.until_ms
    stays = [(p, f, u if u is not None and u < last_ms else None)
             for p, f, u in made.stays if p == place and f < last_ms]  # fmt: skip
    edges = sorted({at for _, f, u in stays for at in (f, u) if at is not None})
    for n, start in enumerate(report.starts_ms):
        next_ms = report.starts_ms[n + 1] if n + 1 < len(report.starts_ms) else 2**62
        instants = [start, *(at for at in edges if start < at < next_ms)]
        assert most[n] == max(present_at(stays, place, at) for at in instants)
        assert end[n] == present_at(stays, place, instants[-1])


def flows_of(visits: list[Came], asked: Asked) -> tuple[Pairs, Pairs]:
    mine: dict[str, list[Came]] = defaultdict(list)
    for visit in visits:
        if inside(visit.at_ms, asked):
            mine[visit.person].append(visit)
    people: dict[tuple[str, str], set[str]] = defaultdict(set)
    moves: Counter[tuple[str, str]] = Counter()
    for person, came in mine.items():
        came.sort(key=lambda visit: visit.at_ms)
        for one, then in pairwise(came):
            days = {datetime.fromtimestamp(v.at_ms / 1000, BERLIN).date() for v in (one, then)}
            if one.place != then.place and len(days) == 1:
                people[one.place, then.place].add(person)
                moves[one.place, then.place] += 1
    return Counter({pair: len(who) for pair, who in people.items()}), moves


@pytest.mark.parametrize("asked", SPANS)
def test_flows(made: Made, asked: Asked) -> None:
    report: FlowsReport = insight(made).flows(asked)
    people, moves = flows_of(made.visits, asked)
    pairs = [(one, then) for one in report.places for then in report.places]
    flat = zip(
        pairs, (n for row in report.people for n in row), (n for row in report.moves for n in row),
        strict=True,
    )  # fmt: skip
    for pair, who, often in flat:
        assert (who, often) == (people[pair], moves[pair])
    listed = {(row[0], row[1]): row[2] for row in sheets_of(report)["pairs"].rows}
    assert listed == people


def test_the_log_is_read_in_pages(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = insight(made).flows(Asked())
    monkeypatch.setattr(reads, "MOVE_PAGE_ROWS", 7)
    assert insight(made).flows(Asked()) == whole


def test_a_reward_whose_action_is_known_no_more_still_counts() -> None:
    line = RewardLine("card", 0, "redeemed", None, START_MS, None, START_MS, None)
    [card, _] = rewards.report(venue(), {}, [line], [], Asked()).pools
    assert (card.given, card.redeemed, card.median_ms) == (0, 1, None)
    assert [(one.stand, one.redeemed, one.median_ms) for one in card.stands] == [("", 1, None)]


def test_a_rule_that_never_fired_says_no_instant(made: Made) -> None:
    [first, *_] = sheets_of(insight(made).rules(Asked(until_ms=1)))["totals"].rows
    assert (first[0], first[2], first[-1]) == ("thirsty", 0, None)


def test_a_reading_of_the_log_is_kept_for_a_moment(made: Made) -> None:
    clock = ManualClock(0)
    asking = Insight(made.store, clock)
    before = asking.places(Asked()).places[0].visits
    pos = asking.reads.last_pos() + 1
    body = b'{"event":"tapped","badge":"b","place":"coffee","at_ms":%d}' % START_MS
    made.store.commit(Group(log=[LogRow(pos, "x", "p00", "tapped", START_MS, START_MS, body)]))
    assert asking.places(Asked()).places[0].visits == before
    clock.advance(KEPT_MS)
    assert asking.places(Asked()).places[0].visits == before + 1


def test_nothing_is_published_or_nothing_happened(empty: Store) -> None:
    asking = Insight(empty, ManualClock(0))
    with pytest.raises(NothingPublished, match="venue apply"):
        asking.rules(Asked())
    made = Made(empty)

    document = msgspec.json.encode(venue()).decode()
    empty.commit(Group(venue=PublishedVenue(1, document, START_MS)))
    assert insight(made).rules(Asked()).starts_ms == []
    assert [one.left for one in insight(made).rewards(Asked()).pools] == [50, 5]
    assert insight(made).places(Asked()).places[0].repeat_share is None
    assert insight(made).journeys(Asked()).journeys == 0
    assert sum(map(sum, insight(made).flows(Asked()).people)) == 0


def test_too_many_buckets_are_refused(made: Made) -> None:
    body = b'{"event":"tapped","badge":"b","place":"coffee","at_ms":0}'
    pos = insight(made).reads.last_pos() + 1
    late_ms = START_MS + 40 * DAY_MS
    made.store.commit(Group(log=[LogRow(pos, "x", "p00", "tapped", late_ms, late_ms, body)]))
    with pytest.raises(TooManyBuckets, match="longer ones"):
        insight(made).places(Asked(width="1min"))
    assert insight(made).places(Asked()).width in WIDTHS_MS
    with pytest.raises(BadSpan, match="1 to 20"):
        insight(made).journeys(Asked(), 21)


def test_the_made_event_has_something_of_everything(made: Made) -> None:
    assert {visit.place for visit in made.visits} == {*TAPPED, *ENTERED}
    assert made.returned
    assert made.reserved
    assert made.redeemed
    assert datetime.fromtimestamp(START_MS / 1000, UTC).isoformat() == "2026-10-19T07:00:00+00:00"
