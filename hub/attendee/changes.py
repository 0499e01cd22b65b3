"""What attendees may change about themselves, each field with its bound."""

from collections.abc import Collection
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from hub.core.events import Registered, Value
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.web.errors import BadInput

ARTISTS_MAX: Final = 10
ARTIST_CHARS_MAX: Final = 60
ENDPOINT_CHARS_MAX: Final = 2048
KEY_CHARS_MAX: Final = 256
FORGET_WORDS: Final = "delete everything"
"""What somebody types who wants to be forgotten; the case does not count."""

Artist = Annotated[str, Field(min_length=1, max_length=ARTIST_CHARS_MAX)]
Key = Annotated[str, Field(min_length=1, max_length=KEY_CHARS_MAX)]
TimeOfDay = Annotated[str, Field(pattern=r"^(([01]\d|2[0-3]):[0-5]\d)?$")]
"""``HH:MM``; empty for none."""
Endpoint = Annotated[str, Field(pattern=r"^https?://", max_length=ENDPOINT_CHARS_MAX)]


class About(BaseModel):
    """Only what is given is changed; ``consents`` are all purposes consented to from now on."""

    model_config = ConfigDict(extra="forbid")

    consents: Annotated[list[str], Field(max_length=32)] | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    artists: Annotated[list[Artist], Field(max_length=ARTISTS_MAX)] | None = None
    quiet_from: TimeOfDay | None = None
    quiet_until: TimeOfDay | None = None


class Subscribed(BaseModel):
    """A browser that wants messages, as Web Push names it."""

    endpoint: Endpoint
    p256dh: Key
    auth: Key


class Forget(BaseModel):
    """Says that it is meant: the words, typed."""

    model_config = ConfigDict(extra="forbid")

    confirm: Annotated[str, Field(max_length=len(FORGET_WORDS) * 2)]


class Gone(BaseModel):
    """A browser that no longer does."""

    endpoint: Endpoint


def check(body: About, purposes: Collection[str]) -> None:
    """Refuse a purpose that nobody asks for, and half of some quiet hours.

    Raises:
        BadInput: the text names it.
    """
    for purpose in body.consents or ():
        if purpose not in purposes:
            raise BadInput(f"{purpose!r} is not something to consent to: {', '.join(purposes)}")
    if bool(body.quiet_from) != bool(body.quiet_until):
        raise BadInput("quiet hours need both: from when, and until when")


def check_forget(body: Forget) -> None:
    """See that somebody means it.

    Raises:
        BadInput: they typed something else.
    """
    if " ".join(body.confirm.lower().split()) != FORGET_WORDS:
        raise BadInput(f"type {FORGET_WORDS!r} if you mean it")


def about(person: str, body: About, now_ms: int) -> Registered:
    """Return the event that makes the change."""
    attributes: dict[str, Value] = {}
    if body.colour is not None:
        attributes[COLOUR_ATTRIBUTE] = body.colour.lower()
    if body.artists is not None:
        attributes[ARTISTS_ATTRIBUTE] = list(body.artists)
    for name, said in (("quiet_from", body.quiet_from), ("quiet_until", body.quiet_until)):
        if said is not None:
            attributes[name] = said or None
    return Registered(person, now_ms, attributes, body.consents)
