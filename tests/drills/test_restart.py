"""The log alone gives the same state and the same decisions, whatever happened on the way."""

import random
import time
from collections.abc import Iterator
from datetime import datetime
from functools import partial
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from msgspec.structs import replace

from contract.clock import Clock
from hub.core import document as doc
from hub.core import events as ev
from hub.demo.script import Outage, Script, Stay, Tap, dump
from hub.engine.rebuild import differences, rebuild
from hub.store import Store
from tests.drills import venues
from tests.drills.conftest import Install
from tests.harness.installation import CONSENTS, Installation
from tests.waiting import wait_until

pytestmark = pytest.mark.processes

SPEED = 240
"""Venue seconds in a real one."""
BEGINS_MS = int(datetime(2026, 10, 8, 18, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) * 1000
BEFORE_MIN = 12
"""Fewest venue minutes for the edges to start."""
DAY_MIN = 80
PEOPLE = 16
KILLS = 3
PLACES = ("bar", "hall", "stage", "floor")
MS_PER_MIN = 60_000
ARTISTS = ("Kite", "Ada", "The Relays", "Nine Volt")
COLOURS = ("#ff0000", "#00ff00", "#0000ff")
EVERY_KIND = {"venue", "registered", "leased", "tapped", "moved", "due", "settled", "played",
              "redeemed"}  # fmt: skip


def party() -> doc.Venue:
    """Four places and a rule of every kind."""
    then = doc.FollowUp(after="10min", then=[doc.AddPoints(points=7), venues.REWARD])
    rules = [
        doc.Rule(name="tap", when=doc.OnTap(place="bar"), then=[doc.AddPoints(points=1)]),
        doc.Rule(
            name="third",
            when=doc.OnVisits(place="bar", count=3, within="1h"),
            then=[venues.REWARD, doc.GiveTag(tag="regular")],
            limit=doc.Limit(at_most=2),
        ),
        doc.Rule(
            name="round",
            when=doc.OnDistinct(group="all", count=3, within="30min"),
            then=[doc.SendPush(title="Well travelled"), doc.EnterDraw(draw="prize")],
            limit=doc.Limit(every="20min"),
        ),
        doc.Rule(name="stay", when=doc.OnVisit(place="stage", at_least="5min"), then=[then]),
        doc.Rule(
            name="dwell",
            when=doc.OnDwell(place="floor", at_least="12min"),
            then=[then],
            limit=doc.Limit(once=True),
            if_=doc.HasConsent(purpose="rewards"),
        ),
        doc.Rule(
            name="music",
            when=doc.WhilePresent(place="floor", every="30s"),
            then=[doc.RequestMusic()],
        ),
    ]
    return doc.Venue(
        event=venues.INFO,
        places=[
            doc.Place(
                id=name, name=name, groups=["all"], visits_by="tap" if name == "bar" else "presence"
            )
            for name in PLACES
        ],
        edges=[doc.Edge(name=f"pi-{name}", readers={"*": name}) for name in PLACES],
        pools=[doc.PoolInfo(id="card", title="A card", stock=20)],
        rules=rules,
    )


def test_a_random_day_replayed_from_an_empty_state_is_the_same_day(
    install: Install, seed: int, scale: int, tmp_path: Path
) -> None:
    dice = random.Random(seed)
    clock = f"paced:{BEGINS_MS}:{time.time_ns() // 1_000_000}:{SPEED}"
    installation = install(party(), clock=clock)
    badges = [f"badge-{n}" for n in range(PEOPLE)]
    installation.start()
    installation.register(badges, attributes={"favourite_artists": list(ARTISTS[:2])})
    now_ms = installation.home.clock().wall_ms()
    # The edges are given as long to start as all that was started before them.
    doors_ms = now_ms + max(now_ms - BEGINS_MS, BEFORE_MIN * MS_PER_MIN)
    until_ms = doors_ms + DAY_MIN * scale * MS_PER_MIN
    script = tmp_path / "script.jsonl"
    script.write_bytes(dump(_walks(dice, badges, doors_ms, until_ms)))
    for place in PLACES:
        how = ("--reader", "simulated", "--script", str(script), "--place", place)
        installation.edge(f"pi-{place}", *how, "--advert-s", "15", "--seed", str(seed)).start()
    _spend(installation, dice, badges, until_ms)
    for edge in installation.edges.values():
        assert edge.stop() == 0
    wait_until(lambda: _is_quiet(installation), 60, "what was under way")
    assert installation.engine.stop() == 0

    store = installation.store
    assert set(store.views.log_counts()) >= EVERY_KIND
    assert differences(store) == []
    before, actions = store.folded(), store.views.action_counts()
    assert len(before.decisions) > PEOPLE
    rebuild(store)
    assert store.folded() == before
    assert store.views.action_counts() == actions


def _walks(dice: random.Random, badges: list[str], from_ms: int, until_ms: int) -> Script:
    """Everybody wanders; each Wi-Fi is away for a while; readers hear and are tapped."""
    stays: list[Stay] = []
    taps: list[Tap] = []
    for badge in badges:
        at_ms = from_ms + dice.randint(0, 10 * MS_PER_MIN)
        while at_ms < until_ms:
            place = dice.choice(PLACES)
            leaves_ms = min(until_ms, at_ms + int(dice.expovariate(1 / 9) * MS_PER_MIN) + 30_000)
            stays.append(Stay(badge, place, at_ms, leaves_ms))
            if place == "bar" or dice.random() < 0.1:
                taps.append(Tap(badge, place, dice.randrange(at_ms, leaves_ms)))
            at_ms = leaves_ms + dice.randint(0, 3 * MS_PER_MIN)
    return Script(
        stays=tuple(sorted(stays, key=lambda s: s.at_ms)),
        taps=tuple(sorted(taps, key=lambda t: t.at_ms)),
        outages=tuple(_outages(dice, from_ms, until_ms)),
    )


def _outages(dice: random.Random, from_ms: int, until_ms: int) -> Iterator[Outage]:
    for place in PLACES:
        away_ms = dice.randrange(from_ms, until_ms - 15 * MS_PER_MIN)
        yield Outage(f"pi-{place}", away_ms, away_ms + dice.randint(2, 12) * MS_PER_MIN)


def _spend(
    installation: Installation, dice: random.Random, badges: list[str], until_ms: int
) -> None:
    """Let the day pass; people ask for things meanwhile, and the engine is killed some times."""
    clock = installation.home.clock()
    kills = sorted(dice.randrange(clock.wall_ms(), until_ms) for _ in range(KILLS))
    number = 0
    while (now_ms := clock.wall_ms()) < until_ms:
        number += 1
        _ask(installation.store, dice, badges, number, clock)
        if kills and kills[0] <= now_ms:
            kills.pop(0)
            installation.engine.kill()
            installation.engine.start()
        next_ms = now_ms + dice.randint(1, 4) * MS_PER_MIN // 2
        wait_until(partial(_is_past, clock, next_ms), what="time to pass")
    _redeem_some(installation.store, clock)


def _ask(store: Store, dice: random.Random, badges: list[str], number: int, clock: Clock) -> None:
    now_ms = clock.wall_ms()
    person = dice.choice(sorted(store.people.names()))
    consents = [purpose for purpose in CONSENTS if dice.random() < 0.8]
    artists = list(dice.sample(ARTISTS, 2))
    asked: list[ev.Event] = [
        ev.Registered(person, now_ms, {"favourite_artists": artists}, list(CONSENTS)),
        ev.Registered(person, now_ms, {"favourite_colour": dice.choice(COLOURS)}, consents),
        ev.Leased(dice.choice(badges), dice.choice([person, None]), now_ms),
        ev.Leased(f"spare-{number}", person, now_ms),
        ev.Played("floor", dice.choice(ARTISTS), now_ms, skipped=dice.random() < 0.3),
        ev.VenuePublished(0, now_ms, _another(number), "a test"),
    ]
    store.add_command(f"ask/{number}", dice.choice(asked), now_ms)


def _another(number: int) -> str:
    venue = party()
    rules = [replace(rule, text=f"edition {number}") for rule in venue.rules]
    pools = [replace(venue.pools[0], stock=20 + number)]
    changed = replace(venue, rules=rules, pools=pools)
    return msgspec.json.encode(changed).decode()


def _redeem_some(store: Store, clock: Clock) -> None:
    """Hand over what one person won."""
    issued = [
        reward
        for person in store.people.names()
        for reward in store.rewards.of(person)
        if reward.status == "issued"
    ]
    assert issued
    for reward in issued[:3]:
        store.rewards.redeem(reward.code, "a stand", clock.wall_ms())


def _is_past(clock: Clock, at_ms: int) -> bool:
    return clock.wall_ms() >= at_ms


def _is_quiet(installation: Installation) -> bool:
    return not installation.open_actions() and not installation.store.pending_commands(limit=1)
