"""Answers "why?": the stored decision, or the person's events folded again up to the instant."""

from dataclasses import dataclass

import msgspec

from contract.clock import Clock
from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled, compile_venue
from hub.core.errors import RulesFault
from hub.core.explain import Explanation, explain, fold_profile, with_decisions, with_given
from hub.store import Store

NEAR_MS = 60_000
"""A decision this close before the instant that is asked about is what is meant."""

DECISIONS_MAX = 500
"""Most decisions of one rule about one person that are looked at, the newest of them."""

_event = msgspec.json.Decoder(ev.Event)


@dataclass(frozen=True, slots=True)
class Answers:
    """Reads the log and the decisions of one event."""

    store: Store
    clock: Clock

    def rules_at(self, at_ms: int | None) -> Compiled:
        """The rules that were in force at an instant.

        Raises:
            RulesFault: none was published by then.
        """
        venue = self.store.venue_at(at_ms) or self.store.venue_at()
        if venue is None:
            raise RulesFault("no venue is published yet: foyer venue apply FILE")
        return compile_venue(msgspec.json.decode(venue.document, type=doc.Venue), venue.version)

    def why(self, person: str, rule: str, at_ms: int | None = None) -> Explanation:
        """Say why a rule did what it did, or nothing, for a person at an instant or until now.

        Without an instant the last decision answers, whenever it was. With one, a decision within
        the minute before it does; else the rule is asked as of that instant.

        Raises:
            RulesFault: there is no such rule or person; the text says which there are.
        """
        rules = self.rules_at(at_ms)
        instant_ms = self.clock.wall_ms() if at_ms is None else at_ms
        stored = self.store.load_people([person]).get(person)
        if stored is None and self.store.people.get(person) is None:
            raise RulesFault(f"nobody called {person!r} is known")
        events = [_event.decode(row.body) for row in self.store.log_of(person, instant_ms)]
        newest = self.store.views.decisions(
            person=person, rule=rule, limit=DECISIONS_MAX, newest_first=True
        )
        decisions = [one.decision for one in newest if one.decision.at_ms <= instant_ms]
        known = fold_profile(rules, person, events)
        known = with_given(known, stored or known, instant_ms)
        known = with_decisions(known, decisions)
        since_ms = instant_ms - NEAR_MS if at_ms is not None else 0
        near = [decision for decision in decisions if decision.at_ms >= since_ms]
        return explain(rules, rule, known, instant_ms, near)
