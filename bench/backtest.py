"""A made event of three days through fifty rules of mixed kinds, as a backtest decides it."""

import random
import time
from collections.abc import Iterator
from typing import Any, Final

import msgspec

from hub.backtest.facts import Fact
from hub.backtest.fold import Fold
from hub.backtest.tally import Tally
from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import compile_venue

PEOPLE: Final = 5_000
TAP_PLACES: Final = 30
HALLS: Final = 10
DAY_MS: Final = 86_400_000
OPENS_MS: Final = 1_780_041_600_000
"""2026-05-29T08:00Z, a Friday."""
DAY_OPEN_MS: Final = 10 * 3_600_000
CONSENTS: Final = ["rewards", "presence", "lights", "push"]


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
        for event in (
            ev.Registered(f"p{number}", at_ms, {**said}, CONSENTS),
            ev.Leased(f"b{number}", f"p{number}", at_ms),
        ):
            pos += 2
            yield Fact(pos, f"p/{pos}", at_ms, at_ms, event)
    weights = [1 / (1 + n) ** 0.3 for n in range(people)]
    chosen = chance.choices(range(people), weights, k=taps)
    inside: dict[int, str] = {}
    for number, person in enumerate(chosen):
        day, rest = divmod(number * 3, taps)
        known_ms = OPENS_MS + day * DAY_MS + rest * DAY_OPEN_MS // taps
        pos += 2
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


if __name__ == "__main__":
    import cProfile
    import gc
    import pstats
    import sys

    made = list(facts(int(sys.argv[1])))
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    rules = compile_venue(venue(), 1)
    tally = Tally(rules, 0, 1 << 60)
    fold = Fold(rules, made[0].recorded_ms - 1, 0, tally)
    prof = cProfile.Profile() if len(sys.argv) > 2 else None
    start = time.perf_counter()
    if prof:
        prof.enable()
    for one in made:
        fold.take(one)
    fold.end(made[-1].recorded_ms)
    if prof:
        prof.disable()
    took = time.perf_counter() - start
    print(
        len(made) / took,
        "facts/s",
        tally.n,
        tally.refused.most_common(3),
        tally.faults.most_common(3),
    )
    if prof:
        s = pstats.Stats(prof)
        s.sort_stats("tottime").print_stats(45)
        s.sort_stats("cumtime").print_stats(30)
