"""A wish is one request or one ranking; text that could carry a second command is refused."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from integrations.music.errors import WishUnreadable

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
Zone = Annotated[str, Meta(pattern=r"^[\w.-]{1,64}\Z")]
Reason = Annotated[str, Meta(max_length=1_000)]
Count = Annotated[int, Meta(ge=0)]
ENTRIES_MAX = 100


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a ranking."""

    artist: Name
    wanted_by: Count
    score: float


class Request(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="request"):
    """Please play something by ``artist``, or this one ``title``; ``wanted_by`` persons ask."""

    zone: Zone
    artist: Name
    title: Name | None = None
    wanted_by: Count = 1
    reason: Reason = ""


class Ranking(msgspec.Struct, frozen=True, kw_only=True, tag_field="op", tag="ranking"):
    """What those in ``zone`` would like to hear now, best first; it replaces the one before."""

    zone: Zone
    entries: Annotated[tuple[Entry, ...], Meta(max_length=ENTRIES_MAX)]


Wish = Request | Ranking


def read_wish(body: dict[str, Any]) -> Wish:
    """Read the body of a delivery.

    Raises:
        WishUnreadable: it is none; the text names the field.
    """
    try:
        wish: Wish = msgspec.convert(body, Wish)
        msgspec.json.encode(wish)
    except (msgspec.ValidationError, UnicodeEncodeError) as error:
        raise WishUnreadable(f"the body of the delivery: {error}") from error
    return wish


def record(key: str, wish: Wish, **more: int) -> bytes:
    """Write ``wish`` as one line of JSON, with its key as ``id``; the same each time."""
    return msgspec.json.encode({"id": key} | more | msgspec.to_builtins(wish))
