"""The stored decision answers; a plain "no" is what was known at the instant, asked again."""

from dataclasses import dataclass
from typing import Final

from msgspec.structs import replace

from contract.clock import Clock
from hub.answers.rows import People, as_happened, ids_then
from hub.answers.surroundings import Surroundings
from hub.answers.versions import Versions
from hub.answers.whom import Finder, Whom
from hub.core.errors import RulesFault
from hub.core.explain import Explanation, explain, explain_venue, not_in_force, stored
from hub.core.explaining.around import Around
from hub.core.explaining.folding import Past as Rows
from hub.core.explaining.saying import when
from hub.core.outcome import Decision
from hub.core.plan import Compiled
from hub.store import Store
from hub.store.past import Past

NEAR_MS: Final = 60_000
"""A decision this close before the instant that is asked about is what is meant."""


@dataclass(frozen=True, slots=True)
class Answers:
    """Reads the log and the decisions of one event."""

    store: Store
    clock: Clock

    @property
    def _past(self) -> Past:
        return Past(self.store.database, self.store.event)

    @property
    def _versions(self) -> Versions:
        return Versions(self.store)

    @property
    def _people(self) -> People:
        return People(self.store, self._past, self._versions)

    @property
    def _surroundings(self) -> Surroundings:
        return Surroundings(self.store, self._past, self._people)

    def rules_at(self, at_ms: int | None) -> Compiled:
        """The rules that were in force at an instant; before the first version those of today.

        Raises:
            RulesFault: none was published by now.
        """
        return self._versions.at(at_ms)

    def why(self, whom: str, rule: str, at_ms: int | None = None) -> Explanation:
        """Say why a rule did what it did, or nothing, for somebody at an instant or until now.

        Without an instant the last decision answers, whenever it was. With one, a decision within
        the minute before it does; else the rule is asked as of that instant. ``whom`` is an id, a
        badge or an e-mail; it is empty for a rule about a place or the venue.

        Raises:
            RulesFault: there is no such rule or person; the text says which there are.
        """
        asked_ms = self._asked_ms(at_ms)
        if not whom:
            return self._of_venue(rule, at_ms, asked_ms)
        return self._answers(self._find(whom, asked_ms), [rule], at_ms, asked_ms)[0]

    def why_all(self, whom: str, at_ms: int | None = None) -> list[Explanation]:
        """Say the same of every rule about people that was in force, in the document's order.

        Raises:
            RulesFault: there is no such person, or no venue yet.
        """
        asked_ms = self._asked_ms(at_ms)
        rules = self.rules_at(asked_ms)
        names = [one.name for one in rules.rules.values() if one.about == "person"]
        return self._answers(self._find(whom, asked_ms), names, at_ms, asked_ms)

    def of_place(self, place: str, rule: str, at_ms: int | None = None) -> Explanation:
        """Say why a rule about a place, or the venue, did what it did, or nothing.

        Raises:
            RulesFault: there is no such rule, or it is about another place.
        """
        found = self.why("", rule, at_ms)
        if found.place not in (None, place):
            raise RulesFault(f"rule {rule!r} is about {found.place!r}, not about {place!r}")
        return found

    def _asked_ms(self, at_ms: int | None) -> int:
        return self.clock.wall_ms() if at_ms is None else at_ms

    def _find(self, whom: str, at_ms: int) -> Whom:
        return Finder(self.store, self._past, self._versions).find(whom, at_ms)

    def _answers(
        self, whom: Whom, names: list[str], at_ms: int | None, asked_ms: int
    ) -> list[Explanation]:
        found: dict[str, Explanation] = {}
        rules, person = self.rules_at(asked_ms), whom.person
        for name in names:
            missing = self._versions.missing(name, person, asked_ms)
            if missing is not None:
                found[name] = missing
        if person is None:
            said = "; ".join(whom.notes)
            nobody = (not_in_force(name, None, asked_ms, rules.version, said) for name in names)
            return [found.get(one.rule) or replace(one, clauses=[]) for one in nobody]
        rows = self._people.rows(person)
        notes = whom.notes
        if self.store.venue_at(asked_ms) is None:
            rows = as_happened(rows)
            notes = (*notes, "no rules were in force yet: this is what those of later make of it")
        found |= self._decided(person, rows, names, at_ms, asked_ms)
        rest = [name for name in names if name not in found]
        around = self._surroundings.of(rules, rest, asked_ms)
        folded = self._people.fold(rules, person, rows, asked_ms, around)
        found |= {name: explain(rules, name, folded, asked_ms, around) for name in rest}
        return [_noted(found[name], notes) for name in names]

    def _decided(
        self, person: str, rows: Rows, names: list[str], at_ms: int | None, asked_ms: int
    ) -> dict[str, Explanation]:
        """What was decided near the instant, or last of all."""
        since_ms = 0 if at_ms is None else at_ms - NEAR_MS
        ids = ids_then(person, rows, asked_ms)
        last: dict[str, Decision] = {}
        for one in sorted(rows.decisions, key=lambda one: (one.at_ms, one.pos)):
            if one.rule in names and one.person in ids and since_ms <= one.at_ms <= asked_ms:
                last[one.rule] = one
        return {name: self._told(one, rows, asked_ms) for name, one in last.items()}

    def _told(self, decision: Decision, rows: Rows, asked_ms: int) -> Explanation:
        rules = self._versions.of(decision.version) or self.rules_at(asked_ms)
        at_ms, pos, person = decision.at_ms, decision.pos, decision.person
        folded = None
        if person is not None and pos:
            folded = self._people.fold(rules, person, rows, at_ms, Around(rules), pos)
        answer = stored(rules, decision, folded)
        row = self._past.row(pos) if pos else None
        if row is None or row.recorded_ms <= max(asked_ms, at_ms):
            return answer
        known = when(row.recorded_ms, at_ms, rules.zone)
        return replace(answer, sentence=f"{answer.sentence}; that became known at {known} only")

    def _of_venue(self, rule: str, at_ms: int | None, asked_ms: int) -> Explanation:
        since_ms = 0 if at_ms is None else at_ms - NEAR_MS
        decision = self._past.decided_about_places(rule, since_ms, asked_ms)
        if decision is not None:
            return self._told(decision, Rows(), asked_ms)
        missing = self._versions.missing(rule, None, asked_ms)
        if missing is not None:
            return missing
        rules = self.rules_at(asked_ms)
        return explain_venue(rules, rule, asked_ms, self._surroundings.of(rules, [rule], asked_ms))


def _noted(answer: Explanation, notes: tuple[str, ...]) -> Explanation:
    """Notes about badges are part of a no: they may be the reason for it."""
    if not notes:
        return answer
    sentence = answer.sentence
    if answer.answer == "no":
        sentence = "; ".join((sentence, *notes))
    return replace(answer, notes=list(notes), sentence=sentence)
