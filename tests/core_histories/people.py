"""What two or three people do at the venue, and when it becomes known."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from random import Random
from typing import Final

from hub.core import events as ev
from tests.core_histories.history import History, Publish, Restart, Step, Told
from tests.core_histories.venues import HALLS, PURPOSES, TAP_PLACES, changed, venue

PEOPLE: Final = ["ann", "bob", "cid"]
BEGINNINGS_MS: Final = [
    round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000)
    for text in (
        "2026-10-10T08:00:00", "2026-10-10T08:00:00", "2026-10-10T08:59:30", "2026-10-10T21:59:30",
        "2026-10-25T00:59:30", "2026-10-24T21:59:30", "2026-10-25T22:59:30",
    )
]  # fmt: skip
"""Mornings, shortly before an hour, a midnight, the end of summer time, a week."""
GAPS_MS: Final = [0, 0, 1, 999, 1_000, 2_000, 5_000, 5_000, 10_000, 15_000, 30_000]
LATE_MS: Final = [1, 1_000, 5_000, 10_000, 20_000, 60_000]
MERGES_AFTER_MS: Final = 7
"""Nothing else is due at such an instant: whether it comes before a merge would be open."""
AFTERWARDS_MS: Final = 150_000
QUIET: Final = ["10:00", "10:01", "10:02", "23:59", "00:01", "02:00", "03:00"]
"""Quiet hours of somebody's own."""
KINDS: Final[dict[str, float]] = {
    "tap": 10, "move": 8, "register": 2, "lease": 0.6, "redeem": 0.8, "call": 1, "join": 0.6,
    "settle": 0.4, "erase": 0.3,
}  # fmt: skip
"""What may happen, and how often."""


@dataclass(slots=True)
class Day:
    """What has happened so far."""

    random: Random
    now_ms: int
    lag_ms: int
    steps: list[Step] = field(default_factory=list)
    merges: list[ev.Merged] = field(default_factory=list)
    where: dict[str, str] = field(default_factory=dict)
    registered: list[str] = field(default_factory=list)
    last_ms: int = 0
    by_ids: bool = False
    weights: list[float] = field(default_factory=list)

    def apart(self) -> None:
        """No two registrations or moves are at one instant: which is later would be open."""
        self.now_ms = max(self.now_ms, self.last_ms + 1)
        self.last_ms = self.now_ms

    def tell(self, event: ev.Event, late_ms: int = 0) -> None:
        """Something that becomes known after a while."""
        self.steps.append(Told(self.now_ms + late_ms, event, f"k{len(self.steps)}"))


def _registers(day: Day, person: str) -> None:
    random = day.random
    day.apart()
    attributes: dict[str, ev.Value] = {}
    if random.random() < 0.6:
        attributes["company"] = random.choice(["north", "south"])
    if random.random() < 0.5:
        attributes["age"] = random.choice([18, 30, 60])
    if random.random() < 0.3:
        attributes["drinks"] = {random.choice(["tea", "beer"]): 1}
    if random.random() < 0.3:
        attributes["likes"] = [random.choice(["tea", "beer"])]
    if random.random() < 0.1:
        clocks = random.sample(QUIET, 2)
        attributes |= {"quiet_from": clocks[0], "quiet_until": clocks[1]}
    if random.random() < 0.3:
        attributes["diet"] = random.choice(["vegan", "none"])
    consents = None
    if random.random() < 0.8:
        consents = [purpose for purpose in PURPOSES if random.random() < 0.8]
    day.registered = sorted({*day.registered, person})
    ids: dict[str, list[str]] = {}
    if day.by_ids and random.random() < 0.7:
        day.now_ms += MERGES_AFTER_MS
        if random.random() < 0.6:
            ids["email"] = [random.choice(["x@example.org", "y@example.org", "z@example.org"])]
        if random.random() < 0.6:
            ids["crm"] = random.sample(["1", "2", "3", "4", "unknown"], random.randint(1, 2))
    day.tell(ev.Registered(person, day.now_ms, attributes, consents, ids))


def _moves(day: Day, person: str) -> None:
    random = day.random
    day.apart()
    at = day.where.get(person)
    late_ms = day.lag_ms
    if at is None or random.random() < 0.4:
        place = random.choice([*HALLS * 4, *TAP_PLACES])
        day.where[person] = place
        day.tell(ev.Moved(person, place, "entered", day.now_ms), late_ms)
        return
    kind = "left_venue" if random.random() < 0.25 else "left"
    del day.where[person]
    day.tell(ev.Moved(person, at, kind, day.now_ms), late_ms)  # type: ignore[arg-type]


def _taps(day: Day, person: str) -> None:
    random = day.random
    place = random.choice([*TAP_PLACES, *TAP_PLACES, *HALLS])
    late_ms = random.choice(LATE_MS) if random.random() < 0.25 else 0
    day.tell(ev.Tapped(f"{person}-badge", place, day.now_ms), late_ms)


def _leases(day: Day, person: str) -> None:
    """A badge is lent, handed over or put back into the drawer."""
    badge = f"{day.random.choice(PEOPLE)}-badge"
    holder = None if day.random.random() < 0.3 else person
    day.tell(ev.Leased(badge, holder, day.now_ms))


def _joins(day: Day) -> None:
    if day.by_ids:
        return
    gone = {merged.other for merged in day.merges}
    day.now_ms += MERGES_AFTER_MS
    if day.merges and day.random.random() < 0.5:
        undone = day.random.choice([m for m in day.merges if m.person not in gone])
        day.merges.remove(undone)
        day.tell(ev.Unmerged(undone.person, undone.other, day.now_ms))
        return
    alive = [person for person in PEOPLE if person not in gone]
    if len(alive) > 1:
        person, other = sorted(day.random.sample(alive, 2))
        day.merges.append(ev.Merged(person, other, day.now_ms))
        day.tell(day.merges[-1])


def _erases(day: Day, person: str) -> None:
    """Somebody is forgotten, when nothing about them is on its way any more."""
    told = [step for step in day.steps if isinstance(step, Told)]
    if not any(getattr(step.event, "person", None) == person for step in told):
        return
    day.now_ms = max(day.now_ms, *(step.now_ms for step in told)) + MERGES_AFTER_MS
    names = {person: {person}}
    for merged in day.merges:
        both = names.get(merged.person, {merged.person}) | names.get(merged.other, {merged.other})
        names |= dict.fromkeys(both, both)
    gone = names[person]
    day.merges = [one for one in day.merges if one.person not in gone]
    day.registered = [one for one in day.registered if one not in gone]
    day.where = {who: place for who, place in day.where.items() if who not in gone}
    day.tell(ev.Erased(person, day.now_ms))


def _calls(day: Day, person: str) -> None:
    known = person in day.registered and day.random.random() < 0.7
    who = person if known else None
    kind = "button" if day.random.random() < 0.5 else "call"
    day.tell(ev.Called("go", kind, day.now_ms, who))  # type: ignore[arg-type]


def _settles(day: Day, person: str) -> None:
    """A reward came to its end: delivered, or back to its pool."""
    outcome = day.random.choice(["done", "dead", "expired"])
    index = day.random.randint(0, 1)
    key = f"action-{len(day.steps)}"
    day.tell(
        ev.Settled(key, outcome, day.now_ms, "", person, "card", index)  # type: ignore[arg-type]
    )


def _something(day: Day, persons: list[str]) -> None:
    person = day.random.choice(persons)
    match day.random.choices([*KINDS], day.weights)[0]:
        case "tap":
            _taps(day, person)
        case "move":
            _moves(day, person)
        case "register":
            _registers(day, person)
        case "lease":
            _leases(day, person)
        case "redeem" if person in day.registered:
            pool = day.random.choice(["card", "big"])
            day.tell(ev.Redeemed(person, pool, 0, day.now_ms))
        case "settle" if person in day.registered:
            _settles(day, person)
        case "call":
            _calls(day, person)
        case "join":
            _joins(day)
        case "erase":
            _erases(day, person)


def history(seed: int) -> History:
    """The history of a seed, always the same."""
    random = Random(seed)
    written = venue(random)
    begins_ms = random.choice(BEGINNINGS_MS)
    day = Day(random, begins_ms, random.choice([0, 0, 0, 5_000]))
    persons = PEOPLE[: random.randint(1, 3)]
    day.by_ids = bool(written["ids"])
    day.weights = [weight * random.choice([1, 1, 1, 5]) for weight in KINDS.values()]
    published = random.choice([0.02, 0.02, 0.02, 0.1])
    for person in persons:
        if random.random() < 0.9:
            _registers(day, person)
        day.tell(ev.Leased(f"{person}-badge", person, day.now_ms))
        day.now_ms += random.choice([0, 1_000])
    latest = written
    for _ in range(random.randint(1, random.choice([26, 26, 26, 60]))):
        day.now_ms += random.choice(GAPS_MS)
        chance = random.random()
        if chance < published:
            latest = changed(random, latest)
            day.steps.append(Publish(day.now_ms, latest, random.random() < 0.3))
        elif chance < published + 0.02:
            day.steps.append(Restart(day.now_ms))
        else:
            _something(day, persons)
    return History(seed, begins_ms, day.now_ms + AFTERWARDS_MS, written, _known(day, random))


def _known(day: Day, random: Random) -> tuple[Step, ...]:
    """In the order of becoming known; some facts are told twice."""
    steps = list(day.steps)
    steps += [
        Told(step.now_ms + random.choice([0, 5_000]), step.event, step.key)
        for step in day.steps
        if isinstance(step, Told) and random.random() < 0.05
    ]
    return tuple(sorted(steps, key=lambda step: step.now_ms))
