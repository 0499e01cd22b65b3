"""Rules change only as whole documents: each change is a version, put in force by the engine.

Whoever changes something says on which version it is based, and is refused when another one came
into force meanwhile: nobody undoes the work of somebody else without having seen it.
"""

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

import msgspec
from msgspec.structs import replace

from hub.core.checking import compare, nearest
from hub.core.checking.changes import Change
from hub.core.compiled import compile_venue
from hub.core.document import Stage, Venue
from hub.core.errors import RulesFault
from hub.core.events import VenuePublished
from hub.reading import Located, Read, read_venue
from hub.store.commands import CommandResult
from hub.store.load import VenueVersionInfo
from hub.store.views_web import WebReads
from hub.web.errors import BadInput, NotFound, Outdated
from hub.web.ports import WebParts

ANSWER_S_MAX: Final = 10.0
"""How long somebody waits for the engine's answer (real time)."""
POLL_S: Final = 0.05
NAME: Final = "document"
"""What findings call a text that came from a page."""
BEFORE: Final = "audiences_before"
"""The status that has the size of each audience before its definition was last changed here."""

_venue: Final = msgspec.json.Decoder(Venue)


class Before(msgspec.Struct, frozen=True):
    """How many members an audience had when the version was asked for that changed it."""

    version: int
    members: int


_before: Final = msgspec.json.Decoder(dict[str, Before])


@dataclass(frozen=True, slots=True)
class Asked:
    """A version that was asked for; ``key`` is empty when it is in force already."""

    key: str
    version: int


@dataclass(frozen=True, slots=True)
class Answer:
    """What the engine said: ``done`` is False while it has said nothing."""

    done: bool
    version: int
    sentence: str


class Rulebook:
    """The versions of one event's document; safe to ask from many threads."""

    def __init__(self, parts: WebParts, reads: WebReads) -> None:
        self._parts = parts
        self._reads = reads

    def versions(self) -> list[VenueVersionInfo]:
        """Return every version that was ever in force, newest first."""
        return self._parts.store.venue_versions()

    def venue(self, version: int | None = None) -> tuple[int, Venue]:
        """Return a version, or the one in force, with its number.

        Raises:
            NotFound: there is none.
        """
        if version is None:
            number, found = self._reads.venue()
            if found is None:
                raise NotFound("no venue is published yet: foyer venue apply FILE")
            return number, found
        kept = self._parts.store.venue_version(version)
        if kept is None:
            raise NotFound(f"there is no version {version}")
        return version, _venue.decode(kept.document)

    def check(self, text: str) -> Read:
        """Read a text, and say all that is wrong with it, also what the engine would refuse."""
        read = read_venue(text, NAME)
        if read.venue is None or not read.is_right:
            return read
        wrong = self._refused(read.venue)
        return _with_error(read, wrong) if wrong else read

    def _refused(self, venue: Venue) -> str:
        if venue.event.id != self._parts.store.event:
            return f"this is {self._parts.store.event!r}, the document is of {venue.event.id!r}"
        try:
            compile_venue(venue, version=1)
        except RulesFault as fault:
            return str(fault)
        return ""

    def changes(self, venue: Venue) -> list[Change]:
        """Return what is different from the document in force; all when there is none."""
        _, now = self._reads.venue()
        return compare(now or _empty(venue), venue)

    def publish(
        self, venue: Venue, by: str, *, based_on: int | None = None, past: bool = False
    ) -> Asked:
        """Ask for a document to be put in force.

        Raises:
            Outdated: another version than ``based_on`` is in force.
            BadInput: it cannot be put in force.
        """
        number, now = self._reads.venue()
        if based_on is not None and based_on != number:
            raise Outdated(
                f"version {number} is in force by now, this is based on version {based_on}: "
                f"look at what is different, and ask again on version {number}"
            )
        wrong = self._refused(venue)
        if wrong:
            raise BadInput(wrong)
        if venue == now and not past:
            return Asked("", number)
        return self._ask(venue, number + 1, by, past=past)

    def revert(self, version: int, by: str, *, based_on: int | None = None) -> Asked:
        """Ask for an older version's document to be in force again, as the newest version."""
        return self.publish(self.venue(version)[1], by, based_on=based_on)

    def stage(self, rule: str, stage: Stage, by: str) -> Asked:
        """Ask for a rule to be in another stage.

        Raises:
            NotFound: there is no such rule.
        """
        number, venue = self.venue()
        names = [one.name for one in venue.rules]
        if rule not in names:
            hint = nearest(rule, names)
            raise NotFound(f"there is no rule {rule!r}" + (f"; {hint}" if hint else ""))
        rules = [replace(one, stage=stage) if one.name == rule else one for one in venue.rules]
        return self.publish(replace(venue, rules=rules), by, based_on=number)

    def answer(self, asked: Asked) -> Answer:
        """Return what the engine said so far.

        Raises:
            BadInput: it refused.
        """
        if not asked.key:
            return Answer(True, asked.version, "that document is in force already")
        result: CommandResult | None = self._parts.store.command_result(asked.key)
        if result is None or not result.done:
            said = "it is asked for; the engine takes it when it can"
            return Answer(False, asked.version, said)
        if result.error is not None:
            raise BadInput(f"the engine refused it: {result.error}")
        version, _ = self._reads.venue()
        return Answer(True, version, f"version {version} is in force")

    def wait(self, asked: Asked, wait_s: float = ANSWER_S_MAX) -> Answer:
        """Wait for the engine's answer; blocks for ``wait_s`` at most.

        Raises:
            BadInput: it refused.
        """
        deadline_s = time.monotonic() + wait_s
        while True:
            answer = self.answer(asked)
            if answer.done or time.monotonic() > deadline_s:
                return answer
            time.sleep(POLL_S)

    def before(self) -> dict[str, Before]:
        """Return for each audience that was changed here the version and its size before."""
        note = self._parts.store.status.get(BEFORE)
        return _before.decode(note) if note else {}

    def _ask(self, venue: Venue, version: int, by: str, *, past: bool) -> Asked:
        self._remember_sizes(venue, version)
        now_ms = self._parts.clock.wall_ms()
        document = msgspec.json.encode(venue).decode()
        digest = sha256(document.encode()).hexdigest()[:16]
        key = f"venue/{version}/{digest}{'/past' if past else ''}"
        event = VenuePublished(version, now_ms, document, by, past)
        self._parts.store.add_command(key, event, self._parts.clock.wall_ms())
        self._parts.nudge()
        return Asked(key, version)

    def _remember_sizes(self, venue: Venue, version: int) -> None:
        changed = {one.name for one in self.changes(venue) if one.part == "audience"}
        changed &= {one.name for one in venue.audiences}
        if not changed:
            return
        sizes = self._parts.store.audiences.counts()
        there = {one.name for one in venue.audiences}
        kept = {name: one for name, one in self.before().items() if name in there}
        kept |= {name: Before(version, sizes.get(name, 0)) for name in changed}
        now_ms = self._parts.clock.wall_ms()
        self._parts.store.status.put(BEFORE, msgspec.json.encode(kept), now_ms)


def _with_error(read: Read, message: str) -> Read:
    """Add an error about the document as a whole."""
    fault = Located(path="", message=message, file=NAME)
    return Read(read.venue, read.positions, (fault, *read.findings))


def _empty(venue: Venue) -> Venue:
    return Venue(event=venue.event, places=[])
