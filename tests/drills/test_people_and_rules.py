"""An engine killed at random among merges, sweeps, audiences and quiet hours loses nothing."""

import random
import time
from collections import Counter
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from hub.core import document as doc
from hub.core import events as ev
from hub.engine.rebuild import differences
from hub.store.people import NewPerson
from tests.drills import venues
from tests.drills.conftest import Install
from tests.harness import ledger, recording
from tests.harness.installation import CONSENTS, Installation
from tests.harness.recording import Read
from tests.waiting import wait_until

pytestmark = pytest.mark.processes

SPEED: Final = 8
EVENING_MS: Final = 1_791_500_000_000
MIN_MS: Final = 60_000
EDGES: Final = 2
PEOPLE: Final = 30
LATE: Final = 10
"""People who tap before they register."""
TAPS: Final = 600
KILLS: Final = 9
SPREAD_MS: Final = 120_000
"""Venue time over which people tap."""
REGULAR: Final = 12
"""Visits that make somebody a regular."""
PUSHES_MAX: Final = 2


def venue(quiet_until: str) -> doc.Venue:
    """Two stands with rules of every sort; nobody is to be pushed until ``quiet_until``."""
    ground = venues.stands(EDGES, stock=200)
    point = [rule for rule in ground.rules if rule.name.startswith("point-")]
    push = doc.SendPush(title="Hello", max_age="1h")
    return replace(
        ground,
        unknown_badges="walk_in",
        ids=[doc.IdKind(name="email", normalise="email", per_person=3)],
        audiences=[
            doc.Audience(name="regulars", if_=doc.Counted(group="all", at_least=REGULAR)),
            doc.Audience(name="recent", if_=doc.Counted(group="all", within="30s", at_least=1)),
        ],
        caps=[doc.Cap(name="pushes", of="push", at_most=PUSHES_MAX)],
        quiet=[doc.Quiet(from_="00:00", until=quiet_until)],
        rules=[
            *point,
            ground.rules[0],
            doc.Rule(
                name="absent",
                when=doc.OnAbsent(group="all", for_="40s"),
                then=[doc.GiveTag(tag="away")],
                limit=doc.Limit(once=True),
            ),
            doc.Rule(
                name="then",
                when=doc.OnSequence(first="stand-0", then="stand-1", within="60s"),
                then=[push],
            ),
            doc.Rule(
                name="regular",
                when=doc.OnAudience(audience="regulars"),
                then=[doc.GiveTag(tag="regular")],
            ),
        ],
    )


def test_people_become_one_while_the_engine_is_killed(
    install: Install, seed: int, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    until, until_ms = _minute_after(EVENING_MS + 3 * MIN_MS)
    real_ms = time.time_ns() // 1_000_000
    installation = install(venue(until), clock=f"paced:{EVENING_MS}:{real_ms}:{SPEED}")
    installation.start()
    badges = [f"badge-{n}" for n in range(PEOPLE)]
    persons = installation.register(badges)
    reads = _record(installation, dice, [*badges, *(f"late-{n}" for n in range(LATE))], tmp_path)
    for edge in installation.edges.values():
        edge.start()
    asked = _asked(installation, dice, persons)
    for number in range(1, KILLS + 1):
        due = TAPS * number // (KILLS + 1) - dice.randrange(TAPS // (KILLS + 1))
        wait_until(partial(_has_taken, installation, due), 60, "taps")
        for event in asked[number::KILLS]:
            _ask(installation, persons, event, number)
        installation.engine.kill()
        installation.engine.start()
    for event in asked[::KILLS]:
        _ask(installation, persons, event, 0)
    installation.wait_drained()
    installation.wait_commands()
    store, clock = installation.store, installation.home.clock()
    wait_until(lambda: clock.wall_ms() > until_ms, 60, "the end of the quiet hours")
    wait_until(lambda: not store.load_engine().timers, 60, "all that is due")
    installation.wait_settled()

    assert installation.engine.starts == KILLS + 1
    assert ledger.taps_in(store) == Counter(reads)
    assert ledger.held(store) == []
    _counted_like_a_recount(installation, reads, persons)
    _rewarded_once(installation)
    _pushed_rarely_and_not_in_quiet_hours(installation, until_ms)
    assert store.views.decision_counts().get(("absent", "fired"), 0) >= 1
    assert differences(store) == []


def _minute_after(at_least_ms: int) -> tuple[str, int]:
    """The next full minute at the venue: HH:MM, and its instant."""
    due_ms = -(-at_least_ms // MIN_MS) * MIN_MS
    local = datetime.fromtimestamp(due_ms / 1000, ZoneInfo(venues.INFO.zone))
    return f"{local:%H:%M}", due_ms


def _record(
    installation: Installation, dice: random.Random, badges: list[str], folder: Path
) -> list[Read]:
    """Write a recording for each stand; no two taps are of one instant."""
    now_ms = installation.home.clock().wall_ms()
    step_ms = SPREAD_MS // TAPS
    everything = []
    for number in range(EDGES):
        reads = [
            Read(dice.choice(badges), f"stand-{number}", now_ms + n * step_ms)
            for n in range(number, TAPS, EDGES)
        ]
        what = recording.write(folder / f"pi-{number}.csv", reads)
        pace = ("--pace", "clock", "--exit-when-drained")
        installation.edge(f"pi-{number}", *what, *recording.TAPS, *pace)
        everything += reads
    return everything


def _asked(
    installation: Installation, dice: random.Random, persons: dict[str, str]
) -> list[ev.Event | str]:
    """What is asked for meanwhile: people who are one, by id or said so; badges that register."""
    now_ms = installation.home.clock().wall_ms()
    shuffled = sorted(persons.values())
    dice.shuffle(shuffled)
    asked: list[ev.Event | str] = [f"late-{n}" for n in range(LATE)]
    for number in range(4):
        one, other = shuffled[2 * number], shuffled[2 * number + 1]
        mail = {"email": [f"m{number}@example.org"]}
        asked += [ev.Registered(who, now_ms, {}, None, mail) for who in (one, other)]
    asked += [ev.Merged(shuffled[n], shuffled[n + 1], now_ms) for n in (10, 12, 14)]
    dice.shuffle(asked)
    return asked


def _ask(
    installation: Installation, persons: dict[str, str], event: ev.Event | str, number: int
) -> None:
    now_ms = installation.home.clock().wall_ms()
    if isinstance(event, str):
        new = NewPerson(name=event, badge=event, source_key=event, consents=list(CONSENTS))
        persons[event] = installation.store.people.register(new, now_ms).person
    else:
        key = f"drill/{number}/{event.__struct_config__.tag}/{getattr(event, 'person', '')}"
        installation.store.add_command(key, event, now_ms)


def _has_taken(installation: Installation, taps: int) -> bool:
    return installation.store.views.log_counts().get("tapped", 0) >= taps


def _counted_like_a_recount(
    installation: Installation, reads: list[Read], persons: dict[str, str]
) -> None:
    store = installation.store
    aliases = store.load_engine().aliases
    assert len([one for one in aliases if not one.startswith("walk-in-")]) == 4 + 3
    known = {badge: store.resolve(person) for badge, person in persons.items()}
    counts = Counter(known[read.badge] for read in reads)
    people = store.load_people(counts)
    assert {person: people[person].points for person in counts} == counts
    members = {one.person for one in store.audiences.members("regulars")}
    assert members == {person for person, count in counts.items() if count >= REGULAR}
    assert store.audiences.members("recent") == []
    assert {person for person in counts if "regular" in people[person].tags} >= members
    expected = Counter((known[read.badge], read.place, read.at_ms) for read in reads)
    assert ledger.taps_of(people) == expected
    third = {person for person, count in counts.items() if count >= 3}
    rewarded = {store.resolve(str(person)) for _, person, _ in ledger.rewards(store)}
    walked_in = {known[badge] for badge in persons if badge.startswith("late-")}
    assert third - walked_in <= rewarded <= third, "a walk-in has not consented to rewards yet"


def _rewarded_once(installation: Installation) -> None:
    store = installation.store
    given = ledger.rewards(store)
    assert {status for _, _, status in given} == {"issued"}
    assert len({code for code, _, _ in given}) == len(given)
    assert set(Counter(person for _, person, _ in given).values()) == {1}
    assert store.views.decision_counts()["third", "fired"] == len(given)


def _pushed_rarely_and_not_in_quiet_hours(installation: Installation, until_ms: int) -> None:
    store = installation.store
    rows = [row for row in store.log_from() if row.kind == "settled"]
    ends = [msgspec.json.decode(row.body, type=ev.Settled) for row in rows]
    pushes = [end for end in ends if end.key.startswith("then/")]
    assert pushes
    assert min(end.at_ms for end in pushes) >= until_ms
    fired = Counter(end.person for end in pushes)
    assert max(fired.values()) <= PUSHES_MAX
    assert len({end.key for end in ends}) == len(ends)
