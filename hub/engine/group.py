"""One group in hand: events in, one transaction out, then what follows from its being committed."""

import logging
from typing import Final

import msgspec

from hub.core import events as ev
from hub.core.errors import CoreError
from hub.core.outcome import Note, Outcome
from hub.core.step import step
from hub.engine.memory import Memory
from hub.store import Group, LogRow, QuarantineRow

OWNER: Final = "engine"

log = logging.getLogger(__name__)
_json = msgspec.json.Encoder()


class Work:
    """Decides events one after the other and notes what the commit has to write."""

    def __init__(self, memory: Memory, last_pos: int, now_ms: int, lease_ms: int) -> None:
        self.memory = memory
        self.now_ms = now_ms
        self.pos = last_pos
        self.group = Group(lease_owner=OWNER, lease_until_ms=now_ms + lease_ms)
        self.keys: set[str] = set()
        """Log keys of this group."""
        self.moved: list[tuple[str, str]] = []
        """People who are known as others now."""

    def decide(self, key: str, event: ev.Event) -> Outcome:
        """Log an event, decide it and apply what it changes.

        Raises:
            CoreError: the core refuses it; nothing was noted.
        """
        world = self.memory.world
        assert world is not None, "events are decided once a venue is published"  # noqa: S101
        body = _json.encode(event)
        if isinstance(event, ev.Merged | ev.Unmerged):
            self.memory.need([event.person, event.other])
            world = self.memory.past([event.person, event.other], self.group.log)
        outcome = step(world, event, self.pos + 1, self.now_ms)
        self.pos += 1
        self.keys.add(key)
        self.memory.apply(outcome)
        self.group.add(outcome)
        self.group.log.append(
            LogRow(
                self.pos,
                key,
                outcome.person_id,
                event.__struct_config__.tag,  # type: ignore[arg-type]
                event.at_ms,
                self.now_ms,
                body,
            )
        )
        for further in outcome.follows:
            self._follow(further)
        return outcome

    def _follow(self, event: ev.Event) -> None:
        """Decide what follows from an event; those who work here are told why it cannot be."""
        pos = self.pos + 1
        kind = event.__struct_config__.tag
        reason = self.try_to_decide(f"{kind}/{pos}", event)
        if isinstance(event, ev.Merged):
            self.moved.append((event.other, event.person))
        if reason is not None:
            title = "People could not be merged"
            self.group.notes.append(Note(f"{kind}/{pos}/no", event.at_ms, title, reason))

    def try_to_decide(self, key: str, event: ev.Event) -> str | None:
        """Decide an event; one that is refused, or shows a fault, gives the reason instead."""
        try:
            self.decide(key, event)
        except CoreError as error:
            return str(error)
        except Exception as error:  # a fault met in one event must stop no other
            log.exception("fault while deciding an event of kind %s", type(event).__name__)
            return f"fault while deciding: {type(error).__name__}: {error}"
        return None

    def set_aside(
        self, source: str, edge: str, reason: str, payload: bytes, badge: str | None = None
    ) -> None:
        """Quarantine something with its reason."""
        self.group.quarantine.append(
            QuarantineRow(source, edge, reason, payload, self.now_ms, badge)
        )

    @property
    def is_samples_only(self) -> bool:
        """Whether all there is to commit is how far streams of samples have come."""
        group = self.group
        return not (
            group.log or group.quarantine or group.commands_done or group.settled or group.retries
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to commit."""
        group = self.group
        return not (
            group.log or group.streams or group.quarantine or group.commands_done
            or group.settled or group.retries
        )  # fmt: skip
