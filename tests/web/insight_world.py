"""``python -m tests.web.insight_world FOLDER [full]``: a site whose event has happened, or has not.

It prints one JSON line with its port, and serves until SIGTERM.
"""

import json
import random
import signal
import socket
import sys
from pathlib import Path
from typing import Final

import msgspec
import uvicorn
from msgspec.structs import replace

from contract.clock import ManualClock
from hub.core import document as d
from hub.core.events import Event, Moved, Tapped
from hub.core.outcome import Action, Decision, Grant
from hub.core.restraint.experiments import HOLDOUT, arm
from hub.core.state import Pool
from hub.store import Group, LogRow, PublishedVenue, SettledRow, Store
from hub.web.ports import WebParts
from hub.web.settings import WebSettings
from hub.web_app import build
from tests.web.serve import PASSWORD, why
from tests.web.world import EVENT, HOUR_MS, MINUTE_MS, NOW_MS, PLACES
from tests.web.world import venue as plain

OPENS_MS: Final = NOW_MS - 31 * HOUR_MS
"""Wednesday 11 November 2026, 08:52 in Berlin."""
PEOPLE: Final = [f"p{number:03}" for number in range(140)]
TAPPED: Final = ("coffee", "bacon", "photo-corner")
MARKUP: Final = "<b>Bold</b> & Co"
"""The name of a place, which is text."""
HELD: Final = ("limit", "limit", "consent", "cap", "quiet", "stock")


def venue() -> d.Venue:
    """Return a document with experiments and a place whose name looks like markup."""
    before = plain()
    named = {"oriel": MARKUP}
    goal = d.Goal(visit="bacon", within="2h")
    return replace(
        before,
        holdout=8,
        event=replace(before.event, starts="2026-11-11T08:00", ends="2026-11-13T10:00"),
        places=[
            replace(place, name=named.get(place.id, place.name),
                    visits_by="tap" if place.id in TAPPED else "presence")
            for place in before.places
        ],
        rules=[
            replace(before.rules[0], goal=goal, holdout=30),
            *before.rules[1:3],
            replace(before.rules[3], stage="shadow"),
            replace(before.rules[4], holdout=20),
            d.Rule(
                "taste", d.OnTap(place="coffee"), [], goal=goal, holdout=25,
                variants=[d.Variant("plain", [d.AddPoints(1)]),
                          d.Variant("double", [d.AddPoints(2)])],
            ),
        ],
    )  # fmt: skip


def publish(store: Store, document: d.Venue, version: int = 1) -> None:
    """Put a document in force."""
    text = msgspec.json.encode(document).decode()
    store.commit(Group(venue=PublishedVenue(version, text, OPENS_MS - HOUR_MS)))


def seed(store: Store) -> None:
    """Have two days happen."""
    chance = random.Random(11)
    document = venue()
    publish(store, document)
    events: list[tuple[str, Event]] = []
    group = Group()
    for person in PEOPLE:
        events += _walk(person, chance)
    events.sort(key=lambda pair: pair[1].at_ms)
    for pos, (person, event) in enumerate(events, 1):
        kind = str(event.__struct_config__.tag)
        body = msgspec.json.encode(event)
        group.log.append(LogRow(pos, f"k{pos}", person, kind, event.at_ms, event.at_ms, body))
    _decide(group, document, events, chance)
    _give(group, chance)
    group.pools["coffee-card"] = Pool("coffee-card", 50, 24, (7, 15, 23))
    store.commit(group)
    for number in range(0, 24, 2):
        reward = store.rewards.at("coffee-card", number)
        if reward is not None:
            store.rewards.redeem(reward.code, "coffee", NOW_MS - (number % 7) * HOUR_MS)


def _walk(person: str, chance: random.Random) -> list[tuple[str, Event]]:
    found: list[tuple[str, Event]] = []
    likes = chance.choice((("coffee", "stage"), ("stage", "bacon"), [id_ for id_, _ in PLACES[1:]]))
    for day in range(2):
        at_ms = OPENS_MS + day * 24 * HOUR_MS + chance.randrange(100) * MINUTE_MS
        for number in range(chance.randrange(2, 8)):
            place = "entrance" if number == 0 else chance.choice(likes)
            at_ms += chance.randrange(2, 30) * MINUTE_MS
            stay_ms = chance.randrange(1, 60) * MINUTE_MS
            if at_ms + stay_ms > NOW_MS:
                break
            if place in TAPPED:
                found.append((person, Tapped(f"b-{person}", place, at_ms)))
                continue
            found.append((person, Moved(person, place, "entered", at_ms)))
            at_ms += stay_ms
            found.append((person, Moved(person, place, "left", at_ms)))
    return found


def _decide(
    group: Group, document: d.Venue, events: list[tuple[str, Event]], chance: random.Random
) -> None:
    rules = {rule.name: rule for rule in document.rules}
    for number, (person, event) in enumerate(events):
        if not isinstance(event, Tapped):
            name, outcome, because, side = "dance-music", "shadow", "", ""
        elif event.place == "photo-corner":
            name, side = "photo-colour", ""
            because = chance.choice(("", "", *HELD))
            outcome = "suppressed" if because else "fired"
        else:
            name = "taste" if event.place == "bacon" else "coffee-lover"
            side = arm(EVENT, document.holdout, rules[name], person).name
            outcome = "suppressed" if side == HOLDOUT else "fired"
            because = "holdout" if side == HOLDOUT else ""
        group.decisions.append(
            Decision(f"d{number}", name, 1, person, None, event.at_ms,
                     outcome, "so it was", because, side)  # type: ignore[arg-type]
        )  # fmt: skip


def _give(group: Group, chance: random.Random) -> None:
    for number in range(24):
        key, at_ms = f"r{number}", OPENS_MS + chance.randrange(20 * 60) * MINUTE_MS
        body = {"person": PEOPLE[number], "pool": "coffee-card", "index": number}
        group.actions.append(
            Action(key, "reward", body, "coffee-lover", PEOPLE[number], at_ms, at_ms)
        )
        group.grants.append(Grant("coffee-card", number, PEOPLE[number], key, at_ms))
        returned = number % 8 == 7
        if returned:
            group.released.append(group.grants[-1])
        group.settled.append(SettledRow(key, "expired" if returned else "done", "", at_ms))


def main() -> None:
    """Seed, say where, serve."""
    folder = Path(sys.argv[1])
    store = Store(f"sqlite:///{folder / 'foyer.db'}", EVENT)
    store.start(migrate=True)
    if "full" in sys.argv:
        seed(store)
    for name, role in (("olga", "organiser"), ("staff", "staff"), ("dj", "dj")):
        store.accounts.create(name, PASSWORD, role, NOW_MS)
    listener = socket.create_server(("127.0.0.1", 0))
    port = listener.getsockname()[1]
    parts = WebParts(
        store=store, clock=ManualClock(NOW_MS), nudge=lambda: None, lamps=list, why=why,
        settings=WebSettings(folder, f"http://127.0.0.1:{port}", sign_ins_a_minute=1000),
    )  # fmt: skip
    sys.stdout.write(json.dumps({"port": port}) + "\n")
    sys.stdout.flush()
    config = uvicorn.Config(build(parts), log_level="warning", access_log=False)
    # uvicorn raises the signal again when it has stopped; without a handler nothing below would run
    signal.signal(signal.SIGTERM, lambda *_: None)
    uvicorn.Server(config).run(sockets=[listener])
    store.stop()


if __name__ == "__main__":
    main()
