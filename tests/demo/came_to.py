"""What a demonstration came to, by badge, next to what its script should lead to."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import msgspec
from sqlalchemy import select

from hub.bootstrap import read_venue
from hub.config import read_config
from hub.core import events as ev
from hub.core.document import Venue
from hub.demo.crowd import generate, start_of
from hub.demo.expected import Expected, expected, rewarded
from hub.demo.people import Attendee, read_people
from hub.home import Home
from hub.store import Store, tables

_event = msgspec.json.Decoder(ev.Event)
Given = dict[str, frozenset[str]]
"""Pool to the badges that were given a reward of it."""


@dataclass(frozen=True)
class Should:
    """What the example's crowd should lead to."""

    venue: Venue
    people: list[Attendee]
    expected: Expected

    @property
    def rewards(self) -> Given:
        """Pool to the badges that should get a reward of it."""
        return rewarded(self.expected, self.venue, self.people)

    def consenting(self, purpose: str) -> frozenset[str]:
        """Badges of those who consent to ``purpose``."""
        return frozenset(p.badge for p in self.people if purpose in p.consents)


def should(example: Path, seed: int) -> Should:
    """Work out what ``example`` leads to."""
    venue, people = read_venue(example / "venue.yaml"), read_people(example / "people.csv")
    script = generate(venue, people, seed, start_of(venue))
    return Should(venue, people, expected(script, venue))


class CameTo:
    """Reads the store of a demonstration that runs or has run on ``folder``."""

    def __init__(self, folder: Path) -> None:
        """Store where it is."""
        self.home = Home(folder, read_config(folder))
        self.store: Store = self.home.store()

    @cached_property
    def badges(self) -> dict[str, str]:
        """Person to badge."""
        people = self.store.people
        return {person: people.badges_of(person)[0] for person in people.names()}

    def taps(self) -> Counter[str]:
        """Place to how many taps there were."""
        taps = (_event.decode(row.body) for row in self.store.log_from() if row.kind == "tapped")
        return Counter(tap.place for tap in taps if isinstance(tap, ev.Tapped))

    def decided(self, rule: str) -> dict[str, list[int]]:
        """Badge to the instants at which a rule fired or was held back, ascending."""
        c = tables.decision.c
        query = select(c.person, c.at_ms).where(c.rule == rule).order_by(c.at_ms)
        found: dict[str, list[int]] = {}
        with self.store.database.read() as connection:
            for person, at_ms in connection.execute(query):
                found.setdefault(self.badges[person], []).append(at_ms)
        return found

    def fired(self, rule: str) -> frozenset[str]:
        """Badges for which a rule did something."""
        c = tables.decision.c
        query = select(c.person).where(c.rule == rule, c.outcome == "fired")
        with self.store.database.read() as connection:
            return frozenset(self.badges[person] for person in connection.scalars(query))

    def open_actions(self) -> int:
        """How many actions wait or are leased."""
        return self._actions({"waiting", "leased"})

    def dead_letters(self) -> int:
        """How many actions were given up."""
        return self._actions({"dead"})

    def offline(self) -> list[str]:
        """The edges that are not there."""
        return [name for name, edge in self.store.devices.health().items() if not edge.alive]

    def tagged(self, tag: str) -> frozenset[str]:
        """Badges of those who have a tag."""
        states = self.store.load_people(list(self.badges))
        return frozenset(self.badges[p] for p, state in states.items() if tag in state.tags)

    def in_draw(self, draw: str) -> frozenset[str]:
        """Badges of those who are in a draw."""
        states = self.store.load_people(list(self.badges))
        return frozenset(self.badges[p] for p, state in states.items() if draw in state.draws)

    def rewards(self) -> Given:
        """Pool to the badges that have a reward of it."""
        c = tables.reward_code.c
        query = select(c.pool, c.person).where(c.status.in_(("issued", "redeemed")))
        found: dict[str, set[str]] = {}
        with self.store.database.read() as connection:
            for pool, person in connection.execute(query):
                assert self.badges[person] not in found.setdefault(pool, set()), "given twice"
                found[pool].add(self.badges[person])
        return {pool: frozenset(badges) for pool, badges in found.items()}

    def _actions(self, statuses: set[str]) -> int:
        counts = self.store.views.action_counts()
        return sum(number for (_, status), number in counts.items() if status in statuses)
