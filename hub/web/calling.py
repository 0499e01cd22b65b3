"""A button or a call is known from the rules that wait for it, and is a command like all else."""

from dataclasses import dataclass
from typing import Final, Literal

from hub.core import document as d
from hub.core.checking import listed, nearest
from hub.core.events import Called
from hub.store.views_web import WebReads
from hub.web.commands import leave
from hub.web.errors import BadInput, NotFound, TooManyTries
from hub.web.limits import RateLimit
from hub.web.ports import WebParts
from hub.web.whom import whom

Kind = Literal["button", "call"]
CALLS_A_MINUTE: Final = 600
"""Presses and calls of one account or token in a minute (real time)."""
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class Signal:
    """A button, or a name that may be called, with the rules in force that wait for it."""

    name: str
    rules: tuple[d.Rule, ...]

    @property
    def about_venue(self) -> bool:
        """Whether some rule asks for it about the venue."""
        return any(_about(rule) == "venue" for rule in self.rules)

    @property
    def about_person(self) -> bool:
        """Whether some rule asks for it about a person."""
        return any(_about(rule) == "person" for rule in self.rules)


@dataclass(frozen=True, slots=True)
class Taken:
    """What was left for the engine; ``again`` when that key had been left before."""

    key: str
    person: str | None
    again: bool


def signals_of(venue: d.Venue, kind: Kind) -> list[Signal]:
    """Return all buttons, or all calls, by name."""
    found: dict[str, list[d.Rule]] = {}
    for rule in venue.rules:
        name = _name(rule.when, kind)
        if name is not None:
            found.setdefault(name, []).append(rule)
    return [Signal(name, tuple(rules)) for name, rules in sorted(found.items())]


class Calling:
    """Leaves presses and calls for the engine."""

    def __init__(self, parts: WebParts, reads: WebReads) -> None:
        self._parts = parts
        self._reads = reads
        self._limit = RateLimit(CALLS_A_MINUTE, MINUTE_MS)

    def known(self, kind: Kind) -> list[Signal]:
        """Return what the document in force has of that kind."""
        _, venue = self._reads.venue()
        return signals_of(venue, kind) if venue else []

    def call(self, kind: Kind, name: str, about: str, by: str, key: str = "") -> Taken:
        """Leave a press or a call; with the same ``key`` of the same caller it counts once.

        ``about`` names a person by id, badge or e-mail, or is empty: about the venue.

        Raises:
            NotFound: no rule waits for it, or there is nobody of that name.
            BadInput: it is about a person and names none, or about the venue and names one.
            TooManyTries: over ``CALLS_A_MINUTE``.
        """
        if not self._limit.allow(by, self._parts.wall.boot_ms()):
            raise TooManyTries(f"over {CALLS_A_MINUTE} calls in a minute; please wait")
        self._check(kind, name, about)
        person = whom(self._parts, self._reads, about) if about else None
        event = Called(name, kind, self._parts.clock.wall_ms(), person, by)
        if not key:
            return Taken(leave(self._parts, event), person, again=False)
        full = f"{kind}/{name}/{by}/{key}"
        again = self._parts.store.command_result(full) is not None
        return Taken(leave(self._parts, event, full), person, again)

    def _check(self, kind: Kind, name: str, about: str) -> None:
        known = {one.name: one for one in self.known(kind)}
        if name not in known:
            hint = nearest(name, known) or f"there is: {listed(known)}"
            raise NotFound(f"no rule waits for the {kind} {name!r}; {hint}")
        if about and not known[name].about_person:
            raise BadInput(f"the {kind} {name!r} is about the venue: name no person")
        if not about and not known[name].about_venue:
            raise BadInput(f"the {kind} {name!r} is about a person: name one")


def _name(when: d.Trigger, kind: Kind) -> str | None:
    match when:
        case d.OnButton() if kind == "button":
            return when.button
        case d.OnCall() if kind == "call":
            return when.call
        case _:
            return None


def _about(rule: d.Rule) -> str:
    return rule.when.about if isinstance(rule.when, d.OnButton | d.OnCall) else ""
