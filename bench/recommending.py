"""What recommendations hit on held-back visits of real events, and what they cost.

``python -m bench.recommending`` prints every method on every protocol. The figures that count come
from asking right after somebody came to a place for the first time, with nothing known of later:
which place do they go to next that they have not seen? Rates are means over people; intervals are
95 % of resamples of people (with all of their answers), against the most visited.
"""

import csv
import gzip
import random
import statistics
import time
from collections import defaultdict
from collections.abc import Iterator
from datetime import datetime
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import msgspec

from bench.recommending_methods import (
    MINUTE_MS,
    SHIPPED,
    Method,
    Past,
    methods,
    popularity,
    shipped,
)

if TYPE_CHECKING:
    from hub.store import PublishedVenue

DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
SEEDS = (101, 102, 103, 104, 105)
STANDS = 30
STAND_MEETS_MIN = 40
PAUSE_MS = 5 * MINUTE_MS
RESAMPLES = 1_000
TOP = 3
PLACES_MIN = 4

PEOPLE, PLACES, SEEN = 3_000, 300, 12

Figure = tuple[str, float, str]
Visit = tuple[int, str, str]
"""Instant, person, place."""
Answers = dict[str, dict[str, list[tuple[float, tuple[str, ...]]]]]
"""Method to person to the ranks of the right place, and the places that were named."""


def scans() -> list[Visit]:
    """Sessions of a conference, each held once; who came in is known by their badge."""
    zone = ZoneInfo("America/Sao_Paulo")
    with (DATA / "sbrc2019_badge_scans.csv").open(encoding="utf-8", newline="") as file:
        rows = {
            (row["updated_at"], row["Name"], row["session"])
            for row in csv.DictReader(file)
            if row["participation"] == "Join"
        }
    return sorted(
        (round(datetime.fromisoformat(at).replace(tzinfo=zone).timestamp() * 1000), person, place)
        for at, person, place in rows
    )


def stands(seed: int) -> list[Visit]:
    """Contacts of a congress, of which some badges are stands: they are there all the time."""
    with gzip.open(DATA / "sfhh2009_contacts.dat.gz", "rt", encoding="ascii") as file:
        contacts = [tuple(line.split()) for line in file]
    met: dict[str, set[str]] = defaultdict(set)
    for _, one, other in contacts:
        met[one].add(other)
        met[other].add(one)
    busy = sorted(badge for badge, others in met.items() if len(others) >= STAND_MEETS_MIN)
    chosen = set(random.Random(seed).sample(busy, STANDS))
    last: dict[tuple[str, str], int] = {}
    found = []
    for at, one, other in contacts:
        for person, stand in ((one, other), (other, one)):
            if stand in chosen and person not in chosen:
                at_ms = int(at) * 1000
                if at_ms - last.get((person, stand), -PAUSE_MS) >= PAUSE_MS:
                    found.append((at_ms, person, stand))
                last[person, stand] = at_ms
    return sorted(found)


def firsts(visits: list[Visit]) -> dict[str, list[tuple[int, str]]]:
    """Person to the places in the order in which they were first there."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for at_ms, person, place in visits:
        found[person].setdefault(place, at_ms)
    return {p: sorted((at_ms, x) for x, at_ms in mine.items()) for p, mine in found.items()}


def as_it_happens(visits: list[Visit]) -> Iterator[tuple[Past, str, int, str]]:
    """Ask right after each first visit; everything later is unknown."""
    following = {
        (person, now): then[1]
        for person, mine in firsts(visits).items()
        for now, then in pairwise(mine)
        if then[0] > now[0]
    }
    past = Past()
    position = 0
    for at_ms in sorted({visit[0] for visit in visits}):
        begin = position
        while position < len(visits) and visits[position][0] == at_ms:
            past.add(*visits[position])
            position += 1
        for _, person, place in visits[begin:position]:
            wanted = following.get((person, (at_ms, place)))
            if wanted is not None:
                yield past, person, at_ms, wanted


def second_day(visits: list[Visit]) -> Iterator[tuple[Past, str, int, str]]:
    """Ask at the end of the first day for each new place of the second."""
    instants = sorted({visit[0] for visit in visits})
    night = max(range(1, len(instants)), key=lambda one: instants[one] - instants[one - 1])
    past = Past()
    for visit in visits:
        if visit[0] < instants[night]:
            past.add(*visit)
    for person, mine in firsts(visits).items():
        for at_ms, place in mine:
            if at_ms >= instants[night] and person in past.by_person:
                yield past, person, instants[night - 1], place


def last_one(visits: list[Visit]) -> Iterator[tuple[Past, str, int, str]]:
    """Hold back everybody's last new place; all else is known, later visits of others too.

    What looks at the last hour is asked at the instant of the visit before.
    """
    held = {person: mine[-1][1] for person, mine in firsts(visits).items() if len(mine) > 1}
    past = Past()
    for visit in visits:
        if held.get(visit[1]) != visit[2]:
            past.add(*visit)
    for person, place in held.items():
        yield past, person, firsts_before(past, person), place


def firsts_before(past: Past, person: str) -> int:
    """The instant of somebody's last first visit that is known."""
    return max(times[0] for times in past.by_person[person].values())


def asked(questions: Iterator[tuple[Past, str, int, str]], ways: dict[str, Method]) -> Answers:
    """Let every method answer; a place that nobody was at yet cannot be named by any."""
    answers: Answers = {name: defaultdict(list) for name in ways}
    for past, person, at_ms, wanted in questions:
        places = [place for place in past.people if place not in past.by_person[person]]
        if wanted not in places or len(places) < PLACES_MIN:
            continue
        for name, way in ways.items():
            scores = way(past, person, places, at_ms)
            best = tuple(sorted(places, key=lambda one: (-scores[one], one))[:TOP])
            answers[name][person].append((rank(scores, wanted), best))
    return answers


def rank(scores: dict[str, float], wanted: str) -> float:
    """The rank of the right place, from 1; of equals, the middle."""
    mine = scores[wanted]
    better = sum(score > mine for score in scores.values())
    return 1 + better + (sum(score == mine for score in scores.values()) - 1) / 2


def together(many: list[Answers]) -> Answers:
    """Join the answers of several events, person by person."""
    joined: Answers = {name: defaultdict(list) for name in many[0]}
    for answers in many:
        for name, by_person in answers.items():
            for person, mine in by_person.items():
                joined[name][person] += mine
    return joined


def rates(answers: Answers, name: str) -> dict[str, tuple[float, float]]:
    """Person to hit rate and mean reciprocal rank."""
    return {
        person: (
            statistics.fmean(one <= TOP for one, _ in mine),
            statistics.fmean(1 / one for one, _ in mine),
        )
        for person, mine in answers[name].items()
    }


def against(answers: Answers, name: str, base: str) -> list[tuple[float, float]]:
    """95 % intervals of the differences in hit rate and in reciprocal rank."""
    mine, theirs = rates(answers, name), rates(answers, base)
    pairs = [(mine[p][0] - theirs[p][0], mine[p][1] - theirs[p][1]) for p in mine]
    dice = random.Random(1)
    means = [
        tuple(map(statistics.fmean, zip(*dice.choices(pairs, k=len(pairs)), strict=True)))
        for _ in range(RESAMPLES)
    ]
    edge = RESAMPLES // 40
    return [(column[edge], column[-edge - 1]) for column in map(sorted, zip(*means, strict=True))]


def line(answers: Answers, name: str, places: int, base: str = "most visited") -> str:
    """One row of the table."""
    hits, ranks = zip(*rates(answers, name).values(), strict=True)
    named = {place for mine in answers[name].values() for _, best in mine for place in best}
    hit, mrr = against(answers, name, base)
    return (
        f"| {name} | {statistics.fmean(hits):.3f} | {hit[0]:+.3f} to {hit[1]:+.3f} "
        f"| {statistics.fmean(ranks):.3f} | {mrr[0]:+.3f} to {mrr[1]:+.3f} "
        f"| {len(named) / places:.0%} |"
    )


def table(title: str, answers: Answers, places: int) -> None:
    """Print one protocol."""
    questions = sum(map(len, answers["most visited"].values()))
    print(f"\n{title}: {len(answers['most visited'])} people, {questions} questions\n")
    base = "most visited, last hour"
    hit, mrr = against(answers, SHIPPED, base)
    print(f"Shipped against {base}: hit@3 {hit[0]:+.3f} to {hit[1]:+.3f}, ", end="")
    print(f"MRR {mrr[0]:+.3f} to {mrr[1]:+.3f}\n")
    print("| method | hit@3 | against most visited | MRR | against | coverage |")
    print("|---|---:|---:|---:|---:|---:|")
    for name in answers:
        print(line(answers, name, places))


def main() -> None:
    """Print every table."""
    ways = methods()
    came = scans()
    table("Badge scans, as it happens", asked(as_it_happens(came), ways), 24)
    table("Badge scans, last one held back", asked(last_one(came), ways), 24)
    events = [stands(seed) for seed in SEEDS]
    for title, protocol in (
        ("Stands, as it happens", as_it_happens),
        ("Stands, second day", second_day),
        ("Stands, last one held back", last_one),
    ):
        answers = [named_apart(asked(protocol(one), ways), n) for n, one in enumerate(events)]
        table(title, together(answers), STANDS * len(SEEDS))


def named_apart(answers: Answers, number: int) -> Answers:
    """Tell the places of several events apart."""
    return {
        name: {
            person: [(one, tuple(f"{number}/{place}" for place in best)) for one, best in mine]
            for person, mine in by_person.items()
        }
        for name, by_person in answers.items()
    }


def measure() -> list[Figure]:
    """Hit rates where the data is, and what a refresh and an answer cost."""
    found = _cost()
    if DATA.is_dir():
        ways: dict[str, Method] = {"most visited": popularity, "shipped": shipped(5)}
        answers = asked(as_it_happens(scans()), ways)
        for name in ways:
            hits = statistics.fmean(hit for hit, _ in rates(answers, name).values())
            found.append((f"badge scans, next place among {TOP}: {name}", hits, "of 1"))
    return found


def _cost() -> list[Figure]:
    """A refresh and an answer for 3,000 people, who saw 12 of 300 places each."""
    from contract.clock import ManualClock
    from hub.core.state import Person
    from hub.recommending.service import Recommending
    from hub.recommending.settings import PURPOSE
    from hub.store import Group, Store

    dice = random.Random(1)
    clock = ManualClock(10 * 60 * MINUTE_MS)
    with TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/bench.db", "bench")
        store.start(migrate=True)
        with store:
            group = Group(venue=_venue())
            for number in range(PEOPLE):
                places = dice.sample(range(PLACES), SEEN)
                visits: dict[str, tuple[int, ...]] = {
                    f"place-{n}": (dice.randrange(clock.now_ms),) for n in places
                }
                person = Person(f"p{number}", consents=frozenset({PURPOSE}), visits=visits)
                group.people[person.id] = person
            store.commit(group)
            service = Recommending(store, clock, clock)
            began = time.perf_counter()
            service.kept()
            refreshed = time.perf_counter()
            for number in range(100):
                assert service.for_person(f"p{number}")
            ended = time.perf_counter()
    return [
        (f"counts made anew for {PEOPLE} people", (refreshed - began) * 1e3, "ms"),
        (f"an answer among {PLACES} places", (ended - refreshed) * 10, "ms"),
    ]


def _venue() -> "PublishedVenue":
    from hub.core import document as d
    from hub.store import PublishedVenue

    info = d.EventInfo("bench", "Bench", "UTC", "2026-10-08T08:00", "2026-10-09T10:00")
    places = [d.Place(f"place-{number}", f"Place {number}") for number in range(PLACES)]
    return PublishedVenue(1, msgspec.json.encode(d.Venue(info, places)).decode(), 0)


if __name__ == "__main__":
    main()
