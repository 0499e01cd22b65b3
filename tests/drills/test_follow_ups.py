"""What fell due while the hub was down happens once it is back, and once only."""

import random
import time
from collections import Counter
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from msgspec.structs import replace

from hub.core import document as doc
from hub.core import events as ev
from hub.engine.rebuild import differences
from tests.drills import venues
from tests.drills.conftest import Install
from tests.harness import ledger
from tests.harness.device import Device
from tests.harness.installation import Installation
from tests.waiting import wait_until

pytestmark = pytest.mark.processes

DANCERS = 20
WAVES = 8
KILLS = 10
LATER_S = 4
BETWEEN_DUE_MIN = 5
SPEED = 6
LEAST_S = 10
"""Real time that the engine is given between a tap and what follows from it."""
EVENING_MS = 1_791_500_000_000
MS_PER_MIN = 60_000


def follow_venue(*then: doc.Act) -> doc.Venue:
    """A stand at which each tap has consequences later."""
    venue = venues.stands(1, stock=10_000)
    rule = doc.Rule(name="later", when=doc.OnTap(place="stand-0"), then=[*then])
    return replace(venue, rules=[rule])


def _device(installation: Installation) -> Device:
    home = installation.home
    return Device(home.config.broker.port, home.event, "pi-0", home.secret("pi-0"), home.clock())


def _next_minute(installation: Installation, at_least_ms: int) -> tuple[str, int]:
    """The first full minute at the venue that is at least so far ahead: HH:MM, and its instant."""
    now_ms = installation.home.clock().wall_ms()
    due_ms = -(-(now_ms + at_least_ms) // MS_PER_MIN) * MS_PER_MIN
    local = datetime.fromtimestamp(due_ms / 1000, ZoneInfo(venues.INFO.zone))
    return f"{local:%H:%M}", due_ms


def test_a_morning_that_comes_while_the_hub_is_down_is_made_up_for_once(install: Install) -> None:
    real_ms = time.time_ns() // 1_000_000
    installation = install(follow_venue(), clock=f"paced:{EVENING_MS}:{real_ms}:{SPEED}")
    installation.start()
    store, clock = installation.store, installation.home.clock()
    badges = [f"dancer-{n}" for n in range(DANCERS)]
    persons = set(installation.register(badges).values())
    morning, morning_ms = _next_minute(installation, LEAST_S * SPEED * 1000)
    kit = doc.FollowUp(at=morning, then=[venues.REWARD, doc.SendPush(title="Good morning")])
    installation.publish(follow_venue(kit))
    with _device(installation) as device:
        device.publish("taps", device.batch(*(device.tap(badge) for badge in badges)))
        wait_until(lambda: len(store.load_engine().timers) == DANCERS, what="follow-ups")
    installation.engine.kill()
    assert store.views.log_counts().get("due", 0) == 0, "killed too late for this drill"
    assert {timer.due_ms for timer in store.load_engine().timers} == {morning_ms}
    wait_until(lambda: clock.wall_ms() > morning_ms, 60, "the morning")
    assert ledger.rewards(store) == []

    for _ in range(3):
        installation.engine.start()
        installation.engine.wait_ready()
        wait_until(lambda: len(ledger.rewards(store)) == DANCERS, what="the rewards")
        installation.wait_settled()
        _each_once(installation, persons)
        installation.engine.kill()
    assert {row.at_ms for row in store.log_from() if row.kind == "due"} == {morning_ms}


def _each_once(installation: Installation, persons: set[str]) -> None:
    store = installation.store
    given = ledger.rewards(store)
    assert Counter(person for _, person, _ in given) == Counter(persons)
    assert {status for _, _, status in given} == {"issued"}
    assert store.views.log_counts()["due"] == DANCERS
    titles = Counter(m.title for person in persons for m in store.inbox.of(person))
    assert titles == {"Third time": DANCERS, "Good morning": DANCERS}
    assert store.load_engine().timers == []
    assert differences(store) == []


def test_what_fell_due_before_late_news_may_fall_due_again_at_the_same_instant(
    install: Install,
) -> None:
    """Late news say that somebody was away for no time at all, in a stay that was long enough.

    The instant at which it is long enough is the same as before, and has been acted on before.
    """
    rule = doc.Rule(
        name="dwell",
        when=doc.OnDwell(place="lounge", at_least="12min"),
        then=[venues.REWARD],
        if_=doc.HasTag(tag="nobody-has-it"),
    )
    tap = doc.Rule(name="tap", when=doc.OnTap(place="stand-0"), then=[doc.AddPoints(points=1)])
    installation = install(replace(follow_venue(), rules=[rule, tap]))
    installation.start()
    store = installation.store
    person = installation.register(["dancer"])["dancer"]
    came_ms = installation.home.clock().wall_ms() - 30 * MS_PER_MIN
    away_ms = came_ms + MS_PER_MIN
    news = [
        ev.Moved(person, "lounge", "entered", came_ms),
        ev.Moved(person, "lounge", "left", away_ms),
        ev.Moved(person, "lounge", "entered", away_ms),
    ]
    for number, moved in enumerate(news):
        store.add_command(f"news/{number}", moved, away_ms)
        installation.wait_commands()
        wait_until(lambda: not store.load_engine().timers, what="what is due")
    with _device(installation) as device:
        device.publish("taps", device.batch(device.tap("dancer")))
        wait_until(lambda: store.views.log_counts().get("tapped"), what="the tap")
    due = [row.at_ms for row in store.log_from() if row.kind == "due"]
    assert due == [came_ms + 12 * MS_PER_MIN] * 2
    assert installation.engine.starts == 1
    assert ledger.held(store) == []
    assert differences(store) == []


def _are_due(installation: Installation, count: int) -> bool:
    return installation.store.views.log_counts().get("due", 0) >= count


def test_an_engine_killed_between_due_follow_ups_takes_each_once(
    install: Install, seed: int, scale: int
) -> None:
    """Follow-ups of follow-ups come due at every moment while the engine is killed at random."""
    dice = random.Random(seed)
    inner = doc.FollowUp(after="500ms", then=[venues.REWARD])
    venue = follow_venue(
        *(
            doc.FollowUp(
                after=f"{LATER_S * 1000 + 700 * n}ms", then=[doc.AddPoints(points=1), inner]
            )
            for n in range(WAVES)
        )
    )
    installation = install(venue)
    installation.start()
    store = installation.store
    badges = [f"dancer-{n}" for n in range(DANCERS * scale)]
    persons = installation.register(badges)
    total = len(badges) * WAVES
    with _device(installation) as device:
        for badge in badges:
            device.publish("taps", device.batch(device.tap(badge)))
        wait_until(lambda: store.views.log_counts().get("tapped") == len(badges), what="taps")
    for _ in range(KILLS):
        seen = store.views.log_counts().get("due", 0)
        more = min(2 * total, seen + dice.randint(BETWEEN_DUE_MIN, total // KILLS))
        wait_until(partial(_are_due, installation, more), 60, "dues")
        installation.engine.kill()
        installation.engine.start()
    wait_until(lambda: len(ledger.rewards(store)) == total, 60, "all rewards")
    installation.wait_settled()

    assert store.views.log_counts()["due"] == 2 * total
    given = ledger.rewards(store)
    assert Counter(person for _, person, _ in given) == dict.fromkeys(persons.values(), WAVES)
    assert {p.points for p in store.load_people(persons.values()).values()} == {WAVES}
    counts = store.views.action_counts()
    assert counts["reward", "done"] == total
    assert store.load_engine().timers == []
    assert differences(store) == []
