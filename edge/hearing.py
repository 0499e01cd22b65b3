"""What the hub says is taken as its topic says, or put aside with a sentence."""

import json
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from contract import codec, topics
from contract.envelope import ClockReply, Committed, Desired, HubState, Reported
from contract.errors import MalformedPayload
from edge.errors import SettingsError
from edge.link.mqtt import Arrived
from edge.settings import Settings, Tunable

M = TypeVar("M", Committed, Desired, ClockReply, HubState)
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Ears:
    """What is done with each kind of message."""

    committed: Callable[[Committed], None]
    hub_state: Callable[[HubState], None]
    clock: Callable[[ClockReply, int], None]
    desired: Callable[[Desired], None]


class Hearing:
    """Reads messages and hands them to the right ear."""

    def __init__(self, settings: Settings, ears: Ears) -> None:
        """Store the ears, and work out the four topics."""
        event, name = settings.event, settings.name
        self.filters = (topics.down_all(event, name), topics.hub_state(event))
        self._ears = {
            topics.down(event, name, "committed"): _read(Committed, ears.committed),
            topics.down(event, name, "desired"): _read(Desired, ears.desired),
            topics.hub_state(event): _read(HubState, ears.hub_state),
            topics.down(event, name, "clock"): _read_at(ears.clock),
        }

    def hear(self, message: Arrived) -> None:
        """Take one message; what cannot be read is logged and does nothing."""
        ear = self._ears.get(message.topic)
        if ear is None:
            return
        try:
            ear(message)
        except MalformedPayload as error:
            _log.warning("ignored on %s: %s", message.topic, error)


def _read(kind: type[M], ear: Callable[[M], None]) -> Callable[[Arrived], None]:
    return lambda message: ear(codec.decode(message.payload, kind))


def _read_at(ear: Callable[[ClockReply, int], None]) -> Callable[[Arrived], None]:
    return lambda message: ear(codec.decode(message.payload, ClockReply), message.boot_ms)


def run_desired(desired: Desired, tunable: Tunable) -> tuple[Tunable, Reported]:
    """Apply what the hub wants to the settings the agent was started with.

    Returns what now runs, and what to report: the revision, or why it does not run.
    """
    try:
        return tunable.changed(desired.config), Reported(revision=desired.revision)
    except SettingsError as error:
        return tunable, Reported(revision=desired.revision, error=str(error))


def dump_config(desired: Desired) -> str:
    """Write a configuration for keeping over restarts."""
    return json.dumps(desired.config)


def load_config(text: str, tunable: Tunable) -> Tunable:
    """Apply a kept configuration; one that is no longer understood is left out."""
    try:
        return tunable.changed(json.loads(text))
    except (SettingsError, ValueError):
        return tunable
