"""An announcement names what was decided and why, and nobody; each try sends the same bytes."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from integrations.announce.errors import AnnouncementUnreadable
from integrations.announce.settings import PREFIX, RESERVED

Topic = Annotated[str, Meta(pattern=r"^[a-z0-9-]{1,64}(/[a-z0-9-]{1,64}){0,5}\Z")]


class Announcement(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a delivery. ``at_ms`` is when the cause happened, in venue time."""

    topic: Topic
    event: str
    rule: str
    at_ms: int
    fields: dict[str, str] = {}

    @property
    def where(self) -> str:
        """The topic below ``foyer/<event>/``."""
        return f"{PREFIX}/{self.topic}"


def read_announcement(body: dict[str, Any]) -> Announcement:
    """Read the body of a delivery.

    Raises:
        AnnouncementUnreadable: it is none; the text names the field.
    """
    try:
        found = msgspec.convert(body, Announcement)
    except msgspec.ValidationError as error:
        raise AnnouncementUnreadable(f"the body of the delivery: {error}") from error
    if found.topic.partition("/")[0] in RESERVED:
        raise AnnouncementUnreadable(f"topic {found.topic}: up and down are the lanes of an edge")
    return found


def written(found: Announcement, name: str, bytes_max: int) -> bytes:
    """Write the payload; ``name``, the action's outside, is its ``key`` and tells a repeated one.

    Raises:
        AnnouncementUnreadable: it is too large, or holds what is no text.
    """
    payload = {
        "key": name,
        "event": found.event,
        "rule": found.rule,
        "at_ms": found.at_ms,
        "fields": found.fields,
    }
    try:
        content = msgspec.json.encode(payload)
    except UnicodeEncodeError as error:
        raise AnnouncementUnreadable("a field holds half a character") from error
    if len(content) > bytes_max:
        raise AnnouncementUnreadable(f"{len(content)} bytes are more than the {bytes_max} allowed")
    return content
