"""A made event of three days through fifty rules of mixed kinds, as a backtest decides it."""

import random
import resource
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from hub.backtest import recording
from hub.backtest.facts import Fact
from hub.backtest.recording import FORMAT, VERSION, Header
from hub.backtest.running import Task, fold, fold_both
from hub.backtest.sources import of_file
from hub.core import document as doc
from hub.core import events as ev

PEOPLE: Final = 5_000
TAP_PLACES: Final = 30
HALLS: Final = 10
DAY_MS: Final = 86_400_000
OPENS_MS: Final = 1_780_041_600_000
"""2026-05-29T08:00Z, a Friday."""
DAY_OPEN_MS: Final = 10 * 3_600_000
BEGINS_MS: Final = OPENS_MS - DAY_MS
ENDS_MS: Final = OPENS_MS + 3 * DAY_MS
TAPS: Final = 150_000
"""Taps and moves of the event; the registrations come before them."""
CONSENTS: Final = ["rewards", "presence", "lights", "push"]


Row = tuple[str, float, str]


def venue(rules: int = 50) -> doc.Venue:
    """Thirty stands where a tap is a visit, ten halls where presence is one, mixed rules."""
    stands = [
        {"id": f"stand-{n}", "name": f"Stand {n}", "groups": [f"row-{n // 10}"], "visits_by": "tap"}
        for n in range(TAP_PLACES)
    ]
    halls = [{"id": f"hall-{n}", "name": f"Hall {n}", "groups": ["halls"]} for n in range(HALLS)]
    return msgspec.convert(
        {
            "event": {"id": "bench", "name": "Bench", "zone": "UTC", "starts": "2026-05-29T08:00",
                      "ends": "2026-05-31T20:00"},
            "places": stands + halls,
            "pools": [{"id": "cards", "title": "Card", "stock": 20_000, "cost": 2.5}],
            "attributes": [{"name": "company"}],
            "audiences": [
                {"name": "keen", "if": {"check": "counted", "of": "visits", "at_least": 10}},
                {"name": "rich", "if": {"check": "points", "at_least": 20}},
            ],
            "caps": [{"name": "pushes", "of": "push", "at_most": 3, "within": "1h"}],
            "budgets": [{"name": "all", "amount": 40_000, "pools": ["cards"]}],
            "rules": [_rule(number) for number in range(rules)],
        },
        doc.Venue,
    )  # fmt: skip


def _rule(number: int) -> dict[str, Any]:
    stand, hall, row = number % TAP_PLACES, number % HALLS, number % 3
    whens: list[dict[str, Any]] = [
        {"kind": "visits", "place": f"stand-{stand}", "count": 3, "within": "2h"},
        {"kind": "tap", "place": f"stand-{stand}"},
        {"kind": "distinct", "group": f"row-{row}", "count": 6},
        {"kind": "dwell", "place": f"hall-{hall}", "at_least": "30min"},
        {"kind": "visits", "group": f"row-{row}", "count": 7, "within": "day"},
        {"kind": "left", "place": f"hall-{hall}", "at_least": "20min"},
        {"kind": "sequence", "first": f"stand-{stand}", "then": f"stand-{(stand + 7) % 30}",
         "within": "1h"},
        {"kind": "audience", "audience": "keen"},
        {"kind": "without", "first": f"stand-{stand}", "then": f"stand-{(stand + 3) % 30}",
         "within": "3h"},
        {"kind": "points", "at_least": 10 + number},
    ]  # fmt: skip
    acts: list[list[dict[str, Any]]] = [
        [{"do": "reward", "pool": "cards", "title": "For you"}],
        [{"do": "points", "points": 1}],
        [{"do": "push", "title": "Well done"}],
        [{"do": "tag", "tag": f"tag-{number}"}, {"do": "points", "points": 2}],
    ]
    conditions: list[dict[str, Any] | None] = [
        None,
        {"check": "attribute", "name": "company", "equals": "Acme"},
        {"check": "counted", "of": "visits", "within": "2h", "at_least": 2},
    ]
    limit = {"once": True} if number % 2 else {"at_most": 2, "within": "day"}
    return {
        "name": f"rule-{number}",
        "when": whens[number % len(whens)],
        "if": conditions[number % 3],
        "then": acts[number % len(acts)],
        "limit": limit,
    }


def facts(taps: int, people: int = PEOPLE, seed: int = 7) -> Iterator[Fact]:
    """People register, then tap at stands and go in and out of halls; a few become known late."""
    chance = random.Random(seed)
    pos = 0
    for number in range(people):
        at_ms = OPENS_MS - 3_600_000
        said = {"first_name": f"N{number}", "company": "Acme" if number % 3 else "Other"}
        for said_so in (
            ev.Registered(f"p{number}", at_ms, {**said}, CONSENTS),
            ev.Leased(f"b{number}", f"p{number}", at_ms),
        ):
            pos += 2
            yield Fact(pos, f"p/{pos}", at_ms, at_ms, said_so)
    weights = [1 / (1 + n) ** 0.3 for n in range(people)]
    chosen = chance.choices(range(people), weights, k=taps)
    inside: dict[int, str] = {}
    for number, person in enumerate(chosen):
        day, rest = divmod(number * 3, taps)
        known_ms = OPENS_MS + day * DAY_MS + rest * DAY_OPEN_MS // taps
        pos += 2
        event: ev.Tapped | ev.Moved
        if chance.random() < 0.7:
            late_ms = chance.randrange(600_000) if chance.random() < 0.02 else 200
            event = ev.Tapped(
                f"b{person}", f"stand-{chance.randrange(TAP_PLACES)}", known_ms - late_ms
            )
        elif person in inside:
            event = ev.Moved(f"p{person}", inside.pop(person), "left", known_ms)
        else:
            hall = inside[person] = f"hall-{chance.randrange(HALLS)}"
            event = ev.Moved(f"p{person}", hall, "entered", known_ms)
        yield Fact(pos, f"f/{pos}", event.at_ms, known_ms, event)


def measure() -> list[Row]:
    """Two documents over a made event, each in a process of its own, beside reading it alone."""
    with tempfile.TemporaryDirectory() as name:
        path = Path(name) / "event.jsonl"
        live = venue()
        header = Header(FORMAT, VERSION, "bench", live, BEGINS_MS, ENDS_MS)
        rows = recording.write(path, header, facts(TAPS))
        setting = of_file(path)
        start_s = time.perf_counter()
        assert sum(1 for _ in setting.source.facts()) == rows
        bare_s = time.perf_counter() - start_s
        one = Task(setting, live, 1, 0, ENDS_MS)
        start_s = time.perf_counter()
        told = fold(one)
        alone_s = time.perf_counter() - start_s
        start_s = time.perf_counter()
        both = fold_both(one, Task(setting, live, 2, 0, ENDS_MS))
        both_s = time.perf_counter() - start_s
    assert both == (told, told)
    fired = sum(len(rule.firings.all_ms()) for rule in told.rules.values())
    memory_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return [
        ("backtest: facts of a file, read and decoded only", rows / bare_s, "1/s"),
        ("backtest: facts through 50 mixed rules", rows / alone_s, "1/s"),
        ("backtest: ratio to reading them", alone_s / bare_s, "x"),
        ("backtest: two documents at once, facts of the event", rows / both_s, "1/s"),
        ("backtest: two documents, to one", both_s / alone_s, "x"),
        ("backtest: firings for each fact", fired / rows, ""),
        ("backtest: a million facts, two documents, at that rate", both_s / rows * 1e6, "s"),
        ("backtest: most memory of the process", memory_mb, "MB"),
    ]
