"""A small event of two days, made at random from a seed, and what it is made of as plain values."""

import os
import random
from dataclasses import dataclass, field
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.core import document as d
from hub.core.events import Event, Moved, Tapped, Tombstone
from hub.core.outcome import Action, Decision, Grant
from hub.core.state import Person, Pool
from hub.store import Group, LogRow, PublishedVenue, SettledRow, Store
from hub.store.people import NewPerson
from tests.databases import EVENT

SEED: Final = int(os.environ.get("FOYER_SEED", "7"))
START_MS: Final = 1_792_393_200_000
"""Monday 19 October 2026, 09:00 in Berlin; the clocks go back on the Sunday that follows."""
MINUTE_MS: Final = 60_000
DAY_MS: Final = 24 * 60 * MINUTE_MS
TAPPED: Final = ("coffee", "photo")
ENTERED: Final = ("stage", "floor")
OTHER: Final = "p10"
"""Merged into SURVIVOR."""
SURVIVOR: Final = "p03"
GONE: Final = "p11"
"""Forgotten: their rows are tombstones."""
OUTCOMES: Final = (
    ("fired", ""), ("fired", ""), ("shadow", ""), ("suppressed", "limit"),
    ("suppressed", "consent"), ("suppressed", ""),
)  # fmt: skip
ENDS: Final = ("done", "done", "dead", "expired", "dropped", "superseded")
STANDS: Final = ("stand-a", "stand-b")


@dataclass(frozen=True, slots=True)
class Came:
    """A visit: somebody, after all merges, came to a place; ``until_ms`` where the stay ended."""

    person: str
    place: str
    at_ms: int
    until_ms: int | None = None


@dataclass(slots=True)
class Made:
    """The event as plain values."""

    store: Store
    visits: list[Came] = field(default_factory=list)
    stays: list[tuple[str, int, int | None]] = field(default_factory=list)
    """Place, from, until; None for who is still there."""
    decisions: list[Decision] = field(default_factory=list)
    ended: list[tuple[str, str, int]] = field(default_factory=list)
    """Rule, status, instant."""
    issued: dict[int, int] = field(default_factory=dict)
    """Number of a card to when it was issued."""
    redeemed: dict[int, tuple[int, str]] = field(default_factory=dict)
    """Number of a card to when and by whom it was redeemed."""
    returned: int = 0
    reserved: int = 0


def venue() -> d.Venue:
    """The document; the rule ``old`` is in it no more."""
    return d.Venue(
        event=d.EventInfo(
            EVENT, "Made up", "Europe/Berlin", "2026-10-19T08:00", "2026-10-20T20:00"
        ),
        places=[
            *(d.Place(id_, id_.title(), visits_by="tap") for id_ in TAPPED),
            *(d.Place(id_, id_.title(), visits_by="presence") for id_ in ENTERED),
        ],
        edges=[d.Edge("pi-coffee", {"default": "coffee"})],
        pools=[d.PoolInfo("card", "Coffee card", 50), d.PoolInfo("cup", "A cup", 5)],
        attributes=[
            d.AttributeInfo("city"),
            d.AttributeInfo("age", "number"),
            d.AttributeInfo("diet", privacy="sensitive"),
            d.AttributeInfo("hobbies", "set", consent="profile"),
            d.AttributeInfo("since", "instant"),
            d.AttributeInfo("artists", "tally"),
        ],
        audiences=[d.Audience("fans", d.HasTag("fan")), d.Audience("nobody", d.HasTag("none"))],
        rules=[
            d.Rule("thirsty", d.OnTap(place="coffee"), text="A coffee."),
            d.Rule("quiet", d.OnTap(place="photo"), stage="shadow"),
        ],
    )


def made_event(store: Store, seed: int = SEED) -> Made:
    """Write it into the store, and return what was written."""
    print(f"FOYER_SEED={seed}")  # noqa: T201 - shown with a failure
    chance = random.Random(seed)
    made = Made(store)
    document = msgspec.json.encode(venue()).decode()
    group = Group(venue=PublishedVenue(1, document, START_MS), aliases={OTHER: SURVIVOR})
    _walk(made, group, chance)
    _decide(made, group, chance)
    _give(made, group, chance)
    _profiles(group)
    store.commit(group)
    _redeem(made, chance)
    return made


def _walk(made: Made, group: Group, chance: random.Random) -> None:
    events: list[tuple[int, str | None, Event]] = []
    for number in range(12):
        person = f"p{number:02}"
        events += _day_by_day(made, person, chance)
    events += [(START_MS, None, Tombstone(START_MS)), (START_MS + 5, None, Tombstone(START_MS))]
    events += [(START_MS + 1, "p00", Tapped("b", "nowhere", START_MS + 1))]
    events += [(START_MS + 2, None, Tapped("nobody", "coffee", START_MS + 2))]
    for pos, (_, whose, event) in enumerate(sorted(events, key=lambda e: e[0]), 1):
        kind = str(event.__struct_config__.tag)
        body = msgspec.json.encode(event)
        row = LogRow(pos, f"k{pos}", whose, kind, event.at_ms, event.at_ms, body)
        group.log.append(_tombstone(row) if whose == GONE else row)


def _tombstone(row: LogRow) -> LogRow:
    body = msgspec.json.encode(Tombstone(row.at_ms))
    return replace(row, person=None, kind="tombstone", body=body)


def _day_by_day(
    made: Made, person: str, chance: random.Random
) -> list[tuple[int, str | None, Event]]:
    """Taps may be known hours late; what presence concludes comes in order, with each (order)."""
    found: list[tuple[int, str | None, Event]] = []
    for day in range(2):
        at_ms = START_MS + day * DAY_MS + chance.randrange(90) * MINUTE_MS
        for _ in range(chance.randrange(9)):
            place = chance.choice((*TAPPED, *ENTERED))
            at_ms += chance.randrange(1, 40) * MINUTE_MS + chance.randrange(1000)
            late_ms = chance.choice((0, 0, 0, 3 * 60 * MINUTE_MS))
            if place in TAPPED or chance.random() < 0.1:
                found.append((at_ms + late_ms, person, Tapped(f"b-{person}", place, at_ms)))
                _came(made, person, place, at_ms)
                continue
            until_ms = at_ms + chance.randrange(0, 50) * MINUTE_MS
            found += _stay(made, person, place, at_ms, until_ms, chance)
            at_ms = until_ms
    return found


def _stay(
    made: Made, person: str, place: str, at_ms: int, until_ms: int, chance: random.Random
) -> list[tuple[int, str | None, Event]]:
    """Leaving is said, or for the whole venue; ``left`` somewhere else is no news."""
    _came(made, person, place, at_ms, until_ms)
    elsewhere = ENTERED[1 - ENTERED.index(place)]
    kind = chance.choice(("left", "left_venue"))
    return [
        (at_ms, person, Moved(person, place, "entered", at_ms)),
        (until_ms, person, Moved(person, elsewhere, "left", until_ms)),
        (until_ms, person, Moved(person, place, kind, until_ms)),  # type: ignore[arg-type]
    ]


def _came(made: Made, person: str, place: str, at_ms: int, until_ms: int | None = None) -> None:
    if person == GONE:
        return
    if until_ms is not None:
        made.stays.append((place, at_ms, until_ms))
    if place in TAPPED or until_ms is not None:
        who = SURVIVOR if person == OTHER else person
        made.visits.append(Came(who, place, at_ms, until_ms))


def _decide(made: Made, group: Group, chance: random.Random) -> None:
    for number in range(300):
        rule = chance.choice(("thirsty", "thirsty", "quiet", "old"))
        at_ms = START_MS + chance.randrange(2 * DAY_MS)
        outcome, because = chance.choice(OUTCOMES)
        made.decisions.append(
            Decision(
                f"d{number}", rule, 1, chance.choice(("p01", OTHER, None)), None, at_ms,
                outcome,  # type: ignore[arg-type]
                "=so", because, "a" if number % 3 else "", actions=["-did", "a;b"],
            )
        )  # fmt: skip
    group.decisions += made.decisions
    for number in range(60):
        key, rule = f"a{number}", chance.choice(("thirsty", "old"))
        status = chance.choice(ENDS)
        at_ms = START_MS + chance.randrange(2 * DAY_MS)
        group.actions.append(Action(key, "push", {}, rule, "p01", at_ms, at_ms))
        group.settled.append(SettledRow(key, status, "", at_ms))  # type: ignore[arg-type]
        made.ended.append((rule, status, at_ms))


def _give(made: Made, group: Group, chance: random.Random) -> None:
    """Numbers 0 to 29: most issued, some still reserved, some returned."""
    for number in range(30):
        key, at_ms = f"r{number}", START_MS + chance.randrange(DAY_MS)
        person = f"p{number % 10:02}"
        body = {"person": person, "pool": "card", "index": number}
        group.actions.append(Action(key, "reward", body, "thirsty", person, at_ms, at_ms))
        grant = Grant("card", number, person, key, at_ms)
        group.grants.append(grant)
        end = chance.choice(("issue", "issue", "issue", "wait", "return"))
        if end == "issue":
            group.settled.append(SettledRow(key, "done", "", at_ms + 1_000))
            made.issued[number] = at_ms + 1_000
            made.ended.append(("thirsty", "done", at_ms + 1_000))
        elif end == "return":
            group.settled.append(SettledRow(key, "expired", "", at_ms + 2_000))
            group.released.append(grant)
            made.returned += 1
            made.ended.append(("thirsty", "expired", at_ms + 2_000))
        else:
            made.reserved += 1
    returned = tuple(grant.index for grant in group.released)
    group.pools["card"] = Pool("card", 50, 30, returned)


def _redeem(made: Made, chance: random.Random) -> None:
    for number, issued_ms in made.issued.items():
        if chance.random() < 0.6:
            reward = made.store.rewards.at("card", number)
            assert reward is not None
            at_ms, stand = issued_ms + chance.randrange(DAY_MS), chance.choice(STANDS)
            made.store.rewards.redeem(reward.code, stand, at_ms)
            made.redeemed[number] = (at_ms, stand)


def _profiles(group: Group) -> None:
    for number in range(11):
        id_ = f"p{number:02}"
        group.people[id_] = Person(
            id_,
            attributes={
                "city": "=cmd()" if number == 1 else "K\u00f6ln", "age": 30 + number,
                "diet": "vegan", "hobbies": ["chess", "go;ban"], "since": START_MS + number,
                "artists": {"Nena": 2}, "shoes": 41,
            },
            consents=frozenset({"profile"} if number % 2 else {"push"}),
            tags={"fan": START_MS, "early": START_MS}, points=-number, status="gold",
            audiences={"fans": START_MS}, first_ms=START_MS,
        )  # fmt: skip
    group.people["p02"] = Person("p02", attributes={"age": "many", "since": "soon"})
    group.memberships = {("fans", f"p{number:02}"): START_MS + number for number in range(11)}


def register(store: Store, people: int) -> None:
    """Register the first so many at the desk."""
    for number in range(people):
        new = NewPerson(
            name=f"=Name {number}", email=f"n{number}@example.org", phone="+49 30 1",
            company="@Acme", person=f"p{number:02}", source_key=f"s{number}",
        )  # fmt: skip
        store.people.register(new, START_MS)
