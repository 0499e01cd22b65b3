"""A person is meant by an id, an e-mail or a badge; a badge means who held it at the instant."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import msgspec

from hub.answers.versions import Versions
from hub.core import events as ev
from hub.core.errors import RulesFault
from hub.core.explaining.saying import when
from hub.core.state import Lease
from hub.store import Store
from hub.store.past import Past

HELD_NEAR_MS: Final = 600_000
"""A tap in quarantine this close to the instant may be what is meant."""


class _HeldTap(msgspec.Struct, frozen=True):
    tap: ev.Tapped


_held = msgspec.json.Decoder(_HeldTap)


class Whom(msgspec.Struct, frozen=True):
    """The id that somebody had then, None for nobody; and what is worth knowing of their badges."""

    person: str | None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks people up as of an instant."""

    store: Store
    past: Past
    versions: Versions

    def find(self, text: str, at_ms: int) -> Whom:
        """Whom an id, a badge or an e-mail means.

        Raises:
            RulesFault: nobody, or an e-mail that several have.
        """
        if self.store.people.get(text) is not None or self.store.load_people([text]):
            return Whom(text, self._of_person(text, at_ms))
        leases, held = self.past.leases(text), self._held(text, at_ms)
        if leases or held:
            return self._of_badge(text, leases, held, at_ms)
        wanted = text.strip().lower()
        listed = self.store.people.search(text)
        found = [one.person for one in listed if (one.email or "").lower() == wanted]
        if len(found) != 1:
            raise RulesFault(f"nobody called {text!r} is known")
        return Whom(found[0], self._of_person(found[0], at_ms))

    def _of_badge(
        self, badge: str, leases: tuple[Lease, ...], held: tuple[str, ...], at_ms: int
    ) -> Whom:
        before = [lease for lease in leases if lease.from_ms <= at_ms]
        # as in the core: what was before the first lease counts to it
        lease = before[-1] if before else next(iter(leases), None)
        if lease is not None and lease.person is not None:
            return Whom(lease.person, (*self._leases(badge, lease.person, at_ms), *held))
        clock = when(at_ms, at_ms, self.versions.at(at_ms).zone)
        return Whom(None, (f"nobody held badge {badge} at {clock}", *held))

    def _of_person(self, person: str, at_ms: int) -> tuple[str, ...]:
        notes: list[str] = []
        for badge in self.store.people.badges_of(person):
            notes += self._leases(badge, person, at_ms)
            notes += self._held(badge, at_ms)
        return tuple(notes)

    def _leases(self, badge: str, person: str, at_ms: int) -> Iterator[str]:
        """Whose badge it was then, and is since, where that is somebody else."""
        ids, zone = self.store.aliases_of(person), self.versions.at(at_ms).zone
        leases = self.past.leases(badge)
        then = [lease for lease in leases if lease.from_ms <= at_ms][-1:]
        for lease in then:
            if lease.person not in ids:
                yield f"badge {badge} was not theirs then: it was {self._whose(lease)}"
        for lease in leases:
            if lease.from_ms > at_ms and (then or lease is not leases[0]):
                since = when(lease.from_ms, at_ms, zone)
                yield f"badge {badge} is {self._whose(lease)} since {since}"

    def _whose(self, lease: Lease) -> str:
        if lease.person is None:
            return "nobody's"
        info = self.store.people.get(lease.person)
        return f"{info.name if info else lease.person}'s"

    def _held(self, badge: str, at_ms: int) -> tuple[str, ...]:
        """Taps of a badge that are in quarantine, near the instant."""
        zone = self.versions.at(at_ms).zone
        notes = []
        for row in self.past.held(badge):
            tapped_ms, where = row.at_ms, ""
            try:
                tap = _held.decode(row.payload).tap
            except msgspec.DecodeError:
                pass  # no single tap: it is dated by when it came
            else:
                tapped_ms, where = tap.at_ms, f" at {tap.place}"
            if abs(tapped_ms - at_ms) <= HELD_NEAR_MS:
                clock = when(tapped_ms, at_ms, zone)
                what = f"the tap of badge {badge}{where} at {clock}"
                notes.append(f"{what} is in quarantine: {row.reason}")
        return tuple(notes)
