"""The engine's bounds, each with its unit."""

from msgspec import Struct

from hub.core.presence import PresenceSettings


class EngineSettings(Struct, frozen=True, kw_only=True):
    """How much is taken at once and how long is waited; ``_s`` is real time, ``_ms`` venue time."""

    group_items_max: int = 512
    """Most messages and reports decided before a commit."""
    inbox_items_max: int = 20_000
    """Most messages waiting; when full, the network thread waits and so do the edges."""
    poll_s: float = 0.5
    """How often the database is asked for commands in case a nudge was lost."""
    samples_wait_s: float = 0.1
    """How long the positions of sightings that changed nothing wait to be committed together."""
    samples_messages_max: int = 64
    """So many messages are company enough."""
    lease_ms: int = 60_000
    """How long the dispatcher owns an action before another may take it."""
    refill_rows: int = 500
    """Most actions fetched at once that were left in the store."""
    settle_ms: int = 0
    """How far silence and timers stay behind the clock; more than 0 when venue time is paced."""
    people_max: int = 50_000
    """Most people held in memory."""
    presence: PresenceSettings = PresenceSettings()
