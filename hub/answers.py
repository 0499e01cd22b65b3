"""Answers "why?": the stored decision, or what was known of the person at the instant, asked again.

Whoever asks names a person by an id, a badge or an e-mail; a badge means who held it then.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from contract.clock import Clock
from hub.core import document as doc
from hub.core import events as ev
from hub.core.compiled import Compiled, compile_venue
from hub.core.errors import RulesFault
from hub.core.explain import (
    Explanation,
    explain,
    explain_venue,
    known_rule,
    not_in_force,
    stored,
)
from hub.core.explaining.around import Around, needs_of_rule
from hub.core.explaining.folding import Folded, Known, fold
from hub.core.explaining.folding import Past as Rows
from hub.core.explaining.saying import when
from hub.core.outcome import Decision
from hub.core.state import VENUE, Fired, Pool, Presence, Zone
from hub.store import Store
from hub.store.group import PublishedVenue
from hub.store.past import Past

NEAR_MS: Final = 60_000
"""A decision this close before the instant that is asked about is what is meant."""

HELD_NEAR_MS: Final = 600_000
"""A tap in quarantine this close to the instant may be what is meant."""

CROWD_FOLDED_MAX: Final = 200
"""Most people at a place of whom the audiences of then are worked out."""

VERSIONS_MAX: Final = 200
"""Most versions of the venue that are looked through for a rule that was not there."""

_event = msgspec.json.Decoder(ev.Event)
_document = msgspec.json.Decoder(doc.Venue)


class _HeldTap(msgspec.Struct, frozen=True):
    tap: ev.Tapped


@lru_cache(maxsize=32)
def _compiled(document: str, version: int) -> Compiled:
    return compile_venue(_document.decode(document), version)


class Whom(msgspec.Struct, frozen=True):
    """Whom a question is about: the id they had then, and what is worth knowing of their badge."""

    person: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Answers:
    """Reads the log and the decisions of one event."""

    store: Store
    clock: Clock

    @property
    def past(self) -> Past:
        """The reads of then."""
        return Past(self.store.database, self.store.event)

    def rules_at(self, at_ms: int | None) -> Compiled:
        """The rules that were in force at an instant; before the first version those of today.

        Raises:
            RulesFault: none was published by now.
        """
        venue = self.store.venue_at(at_ms) or self.store.venue_at()
        if venue is None:
            raise RulesFault("no venue is published yet: foyer venue apply FILE")
        return _compiled(venue.document, venue.version)

    def rules_of(self, version: int) -> Compiled | None:
        """The rules of a version, if it is known."""
        venue = self.store.venue_version(version)
        return None if venue is None else _compiled(venue.document, venue.version)

    def why(self, whom: str, rule: str, at_ms: int | None = None) -> Explanation:
        """Say why a rule did what it did, or nothing, for somebody at an instant or until now.

        Without an instant the last decision answers, whenever it was. With one, a decision within
        the minute before it does; else the rule is asked as of that instant. ``whom`` is an id, a
        badge or an e-mail; it is empty for a rule about a place or the venue.

        Raises:
            RulesFault: there is no such rule or person; the text says which there are.
        """
        asked_ms = self.clock.wall_ms() if at_ms is None else at_ms
        if not whom:
            return self._of_venue(rule, at_ms, asked_ms)
        found = self.whom(whom, asked_ms)
        if found.person is None:
            version = self.rules_at(asked_ms).version
            said = not_in_force(rule, None, asked_ms, version, "; ".join(found.notes))
            return replace(said, clauses=[], notes=list(found.notes))
        return self._answers(found, [rule], at_ms, asked_ms)[0]

    def why_all(self, whom: str, at_ms: int | None = None) -> list[Explanation]:
        """Say the same of every rule about people that was in force, in the document's order."""
        asked_ms = self.clock.wall_ms() if at_ms is None else at_ms
        rules = self.rules_at(asked_ms)
        found = self.whom(whom, asked_ms)
        names = [one.name for one in rules.rules.values() if one.about == "person"]
        if found.person is None:
            return [self.why(whom, name, at_ms) for name in names]
        return self._answers(found, names, at_ms, asked_ms)

    def of_place(self, place: str, rule: str, at_ms: int | None = None) -> Explanation:
        """Say why a rule about a place, or the venue, did what it did, or nothing.

        Raises:
            RulesFault: there is no such rule, or it is about another place.
        """
        found = self.why("", rule, at_ms)
        if found.place not in (None, place):
            raise RulesFault(f"rule {rule!r} is about {found.place!r}, not about {place!r}")
        return found

    def whom(self, text: str, at_ms: int) -> Whom:
        """Whom an id, a badge or an e-mail means at an instant.

        Raises:
            RulesFault: nobody; or an e-mail that several have.
        """
        if self.store.people.get(text) is not None or self.store.load_people([text]):
            return Whom(text, self._badges_of(text, at_ms))
        leases, held = self.past.leases(text), self._held(text, at_ms)
        if leases or held:
            before = [lease for lease in leases if lease.from_ms <= at_ms]
            lease = before[-1] if before else next(iter(leases), None)
            if lease is not None and lease.person is not None:
                return Whom(lease.person, (*self._not_theirs(text, lease.person, at_ms), *held))
            zone = self.rules_at(at_ms).zone
            nobody = f"nobody held badge {text} at {when(at_ms, at_ms, zone)}"
            return Whom(None, (nobody, *held))
        wanted = text.strip().lower()
        found = [
            one for one in self.store.people.search(text) if (one.email or "").lower() == wanted
        ]
        if len(found) != 1:
            raise RulesFault(f"nobody called {text!r} is known")
        return Whom(found[0].person, self._badges_of(found[0].person, at_ms))

    def _badges_of(self, person: str, at_ms: int) -> tuple[str, ...]:
        notes: list[str] = []
        for badge in self.store.people.badges_of(person):
            notes += self._not_theirs(badge, person, at_ms)
            notes += self._held(badge, at_ms)
        return tuple(notes)

    def _not_theirs(self, badge: str, person: str, at_ms: int) -> Iterable[str]:
        """Whose badge it was, if somebody else had it before or has it since."""
        ids, zone = self.store.aliases_of(person), self.rules_at(at_ms).zone
        leases = self.past.leases(badge)
        for lease, following in zip(leases, (*leases[1:], None), strict=True):
            is_then = lease.from_ms <= at_ms and (following is None or at_ms < following.from_ms)
            if is_then and lease.person not in ids:
                whose = "nobody's" if lease.person is None else f"{self._name(lease.person)}'s"
                yield f"badge {badge} was not theirs then: it was {whose}"
            if not is_then and lease.from_ms > at_ms and lease.person not in ids:
                since = when(lease.from_ms, at_ms, zone)
                whose = "nobody's" if lease.person is None else f"{self._name(lease.person)}'s"
                yield f"badge {badge} is {whose} since {since}"

    def _name(self, person: str) -> str:
        info = self.store.people.get(person)
        return info.name if info else person

    def _held(self, badge: str, at_ms: int) -> tuple[str, ...]:
        """Taps of a badge that are in quarantine, near the instant."""
        zone = self.rules_at(at_ms).zone
        notes = []
        for row in self.past.held(badge):
            tapped_ms, where = row.at_ms, ""
            try:
                tap = msgspec.json.decode(row.payload, type=_HeldTap).tap
                tapped_ms, where = tap.at_ms, f" at {tap.place}"
            except msgspec.DecodeError:
                pass  # a whole batch, or what is no tap: it is dated by when it came
            if abs(tapped_ms - at_ms) <= HELD_NEAR_MS:
                clock = when(tapped_ms, at_ms, zone)
                notes.append(f"the tap of badge {badge}{where} at {clock} is in quarantine: "
                             f"{row.reason}")  # fmt: skip
        return tuple(notes)

    def _answers(
        self, whom: Whom, names: list[str], at_ms: int | None, asked_ms: int
    ) -> list[Explanation]:
        person = str(whom.person)
        rows = self._rows(person)
        rules = self.rules_at(asked_ms)
        plain: Folded | None = None
        found = []
        for name in names:
            answer = self._stored(person, name, rows, at_ms, asked_ms)
            if answer is None:
                missing = self._missing(rules, name, person, asked_ms)
                if missing is not None:
                    found.append(missing)
                    continue
                around = self._around(rules, name, asked_ms)
                plain = self._fold(rules, person, rows, asked_ms, around)
                answer = explain(rules, name, plain, asked_ms, around)
            found.append(answer)
        return [_noted(one, whom.notes) for one in found]

    def _rows(self, person: str) -> Rows:
        """All that is stored of somebody, and of all who were ever one with them."""
        family = {person}
        joins = self.past.joins()
        for _ in range(len(joins)):
            grown = family | {
                one for join in joins if {join.person, join.other} & family
                for one in (join.person, join.other)
            }  # fmt: skip
            if grown == family:
                break
            family = grown
        rows = tuple(
            Known(row.pos, row.person or "", row.recorded_ms, _event.decode(row.body))
            for row in self.store.log_of(sorted(family))
        )
        return Rows(rows, tuple(self.past.decisions(sorted(family))))

    def _fold(
        self,
        rules: Compiled,
        person: str,
        rows: Rows,
        at_ms: int,
        around: Around,
        pos: int | None = None,
    ) -> Folded:
        folded = fold(rules, self.rules_of, person, rows, at_ms, around, pos)
        known = self.store.load_people([self.store.resolve(person)]).values()
        sent = {name: _upto(times, at_ms) for one in known for name, times in one.sent.items()}
        near = tuple(
            replace(moment, person=replace(moment.person, sent=sent)) for moment in folded.near
        )
        return replace(folded, now=replace(folded.now, sent=sent), near=near)

    def _stored(
        self, person: str, rule: str, rows: Rows, at_ms: int | None, asked_ms: int
    ) -> Explanation | None:
        since_ms = 0 if at_ms is None else at_ms - NEAR_MS
        near = [d for d in rows.decisions if d.rule == rule and since_ms <= d.at_ms <= asked_ms]
        ids = self._ids_then(person, rows, asked_ms)
        near = [decision for decision in near if decision.person in ids]
        if not near:
            return None
        decision = max(near, key=lambda one: (one.at_ms, one.pos))
        rules = self.rules_of(decision.version) or self.rules_at(asked_ms)
        return self._told(rules, decision, rows, asked_ms)

    def _ids_then(self, person: str, rows: Rows, at_ms: int) -> set[str]:
        """The ids of whoever ``person`` was at the instant."""
        into: dict[str, str] = {}
        for row in rows.rows:
            if row.known_ms <= at_ms and isinstance(row.event, ev.Merged):
                into[row.event.other] = row.event.person
            if row.known_ms <= at_ms and isinstance(row.event, ev.Unmerged):
                into.pop(row.event.other, None)

        def root(raw: str) -> str:
            while raw in into:
                raw = into[raw]
            return raw

        return {one for one in {person, *into, *into.values()} if root(one) == root(person)}

    def _told(self, rules: Compiled, decision: Decision, rows: Rows, asked_ms: int) -> Explanation:
        folded = None
        if decision.person is not None and decision.pos:
            folded = self._fold(
                rules, decision.person, rows, decision.at_ms, Around(rules), decision.pos
            )
        answer = stored(rules, decision, folded)
        row = self.past.row(decision.pos) if decision.pos else None
        if row is None or row.recorded_ms <= max(asked_ms, decision.at_ms):
            return answer
        known = when(row.recorded_ms, decision.at_ms, rules.zone)
        return replace(
            answer, sentence=f"{answer.sentence}; its cause became known at {known} only"
        )

    def _missing(
        self, rules: Compiled, rule: str, person: str | None, at_ms: int
    ) -> Explanation | None:
        """Say that the rule was not there then; nothing when it was."""
        first = self.store.venue_at(at_ms)
        if first is not None and rule in rules.rules:
            return None
        other = self._version_with(rule, at_ms)
        if other is None:
            known_rule(rules, rule)
            raise RulesFault(f"there is no rule {rule!r}")
        was = when(other.at_ms, at_ms, rules.zone)
        if other.at_ms > at_ms:
            said = f"the rule did not exist yet: it was published at {was}, with version"
        else:
            said = f"the rule was there no longer: the last version with it, of {was}, is"
        version = 0 if first is None else first.version
        return not_in_force(rule, person, at_ms, version, f"{said} {other.version}")

    def _version_with(self, rule: str, at_ms: int) -> PublishedVenue | None:
        """The first version after the instant that has the rule, else the last one before."""
        infos = sorted(self.store.venue_versions()[:VERSIONS_MAX], key=lambda one: one.version)
        after = [one for one in infos if one.at_ms > at_ms]
        before = [one for one in reversed(infos) if one.at_ms <= at_ms]
        for info in (*after, *before):
            venue = self.store.venue_version(info.version)
            if venue is not None and rule in _compiled(venue.document, venue.version).rules:
                return venue
        return None

    def _of_venue(self, rule: str, at_ms: int | None, asked_ms: int) -> Explanation:
        rules = self.rules_at(asked_ms)
        since_ms = 0 if at_ms is None else at_ms - NEAR_MS
        decision = self.past.decided_about_places(rule, since_ms, asked_ms)
        if decision is not None:
            return self._told(self.rules_of(decision.version) or rules, decision, Rows(), asked_ms)
        missing = self._missing(rules, rule, None, asked_ms)
        if missing is not None:
            return missing
        return explain_venue(rules, rule, asked_ms, self._around(rules, rule, asked_ms))

    def _around(self, rules: Compiled, rule: str, at_ms: int) -> Around:
        """What was around at the instant, as far as the rule asks about it."""
        needs = needs_of_rule(rules, rules.rules[rule])
        pools = {}
        for pool in needs.pools:
            given, back = self.past.given(pool, at_ms), self.past.returned(pool, at_ms)
            pools[pool] = Pool(pool, rules.pools[pool].stock, given, tuple(range(back)))
        venue = next((zone for zone in self.store.views.zones() if zone.id == VENUE), Zone(VENUE))
        venue = replace(
            venue,
            fired={name: _fired(fired, at_ms) for name, fired in venue.fired.items()},
            sent={name: _upto(times, at_ms) for name, times in venue.sent.items()},
        )
        crowds = self._crowds(rules, at_ms) if needs.places else {}
        places = {place: crowds.get(place, {}) for place in needs.places}
        return Around(rules, places, pools, venue)

    def _crowds(self, rules: Compiled, at_ms: int) -> dict[str, dict[str, Presence]]:
        """Who was where at the instant, with the audiences that somebody counts."""
        where: dict[str, tuple[str, int]] = {}
        for move in self.past.moves(at_ms):
            at = where.get(move.person)
            if move.kind == "entered":
                where[move.person] = (move.place, move.at_ms)
            elif move.kind == "left_venue" or (at is not None and at[0] == move.place):
                where.pop(move.person, None)
        found: dict[str, dict[str, Presence]] = {}
        for number, (raw, (place, since_ms)) in enumerate(where.items()):
            counted: Iterable[str] = ()
            if rules.counted and number < CROWD_FOLDED_MAX:
                now = self._fold(rules, raw, self._rows(raw), at_ms, Around(rules)).now
                counted = rules.counted.intersection(now.audiences)
            presence = Presence(since_ms, None, (), tuple(sorted(counted)))
            found.setdefault(place, {})[self.store.resolve(raw)] = presence
        return found


def _upto(times: tuple[int, ...], at_ms: int) -> tuple[int, ...]:
    return tuple(t for t in times if t <= at_ms)


def _fired(fired: Fired, at_ms: int) -> Fired:
    recent = _upto(fired.recent_ms, at_ms)
    return Fired(fired.count - len(fired.recent_ms) + len(recent), recent)


def _noted(answer: Explanation, notes: tuple[str, ...]) -> Explanation:
    """Notes about badges are part of a no: they may be the reason for it."""
    if not notes:
        return answer
    sentence = answer.sentence
    if answer.answer == "no":
        sentence = "; ".join((sentence, *notes))
    return replace(answer, notes=list(notes), sentence=sentence)
