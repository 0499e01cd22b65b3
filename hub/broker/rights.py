"""What a role may publish and read is a list of topic filters; all else is refused.

Both brokers take their rules from here: the embedded one asks, Mosquitto's ACL file is written out
of the same lists.
"""

from typing import Final, Literal, Protocol, get_args

from contract import topics

Role = Literal["edge", "hub", "guest", "listener"]
ROLES: Final[tuple[Role, ...]] = get_args(Role)

ANNOUNCED: Final = "out"
"""The level below the event where the hub says what rules decided, for anybody it admits."""
TOPIC_CHARS_MAX: Final = 256
"""A topic or filter longer than this is nobody's."""


class DeviceRights(Protocol):
    """The device table as a broker sees it."""

    def authenticate(self, username: str, password: str) -> bool:
        """Say whether a device of that name exists, is not revoked, and has that secret."""

    def may_publish(self, username: str, topic: str) -> bool:
        """Say whether the device may write to ``topic``."""

    def may_subscribe(self, username: str, topic_filter: str) -> bool:
        """Say whether the device may read everything that ``topic_filter`` matches."""


def publish_filters(event: str, name: str, role: Role) -> tuple[str, ...]:
    """Filters of the topics a device may write to.

    An edge writes its own lanes, the hub's processes everything of the event, a guest and a
    listener nothing.
    """
    if role == "hub":
        return (f"foyer/{event}/#",)
    if role == "edge":
        return tuple(topics.up(event, name, lane) for lane in topics.UP_LANES)
    return ()


def subscribe_filters(event: str, name: str, role: Role) -> tuple[str, ...]:
    """Filters of the topics a device may read.

    An edge reads what is meant for it, the hub's processes everything of the event, a guest (a
    status light, say) only whether the hub is alive, and a listener (a screen, say) besides that
    what rules announce.
    """
    if role == "hub":
        return (f"foyer/{event}/#",)
    state = topics.hub_state(event)
    if role == "listener":
        return (f"foyer/{event}/{ANNOUNCED}/#", state)
    return (topics.down_all(event, name), state) if role == "edge" else (state,)


def covers(allowed: str, wanted: str) -> bool:
    """Say whether every topic that ``wanted`` matches is matched by ``allowed``.

    ``wanted`` may be a topic or a filter. Source: MQTT 3.1.1, section 4.7.
    """
    if not wanted or len(wanted) > TOPIC_CHARS_MAX or "\0" in wanted:
        return False
    mine, theirs = allowed.split("/"), wanted.split("/")
    for position, level in enumerate(mine):
        if level == "#":
            return True
        if position >= len(theirs) or not _level_covers(level, theirs[position]):
            return False
    return len(mine) == len(theirs)


def is_topic(text: str) -> bool:
    """Say whether ``text`` names one topic: it has no wildcard."""
    return "+" not in text and "#" not in text


def _level_covers(mine: str, theirs: str) -> bool:
    return mine == theirs or (mine == "+" and theirs != "#")
