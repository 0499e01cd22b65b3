"""What attendees may change about themselves, each field with its bound."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field

from hub.attendee.view import PURPOSES
from hub.core.events import Registered, Value
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.web.errors import BadInput

ARTISTS_MAX: Final = 10
ARTIST_CHARS_MAX: Final = 60
ENDPOINT_CHARS_MAX: Final = 2048
KEY_CHARS_MAX: Final = 256

Artist = Annotated[str, Field(min_length=1, max_length=ARTIST_CHARS_MAX)]
Key = Annotated[str, Field(min_length=1, max_length=KEY_CHARS_MAX)]
Endpoint = Annotated[str, Field(pattern=r"^https?://", max_length=ENDPOINT_CHARS_MAX)]


class About(BaseModel):
    """Only what is given is changed; ``consents`` are all purposes consented to from now on."""

    model_config = ConfigDict(extra="forbid")

    consents: Annotated[list[str], Field(max_length=32)] | None = None
    colour: Annotated[str, Field(pattern=r"^#[0-9a-fA-F]{6}$")] | None = None
    artists: Annotated[list[Artist], Field(max_length=ARTISTS_MAX)] | None = None


class Subscribed(BaseModel):
    """A browser that wants messages, as Web Push names it."""

    endpoint: Endpoint
    p256dh: Key
    auth: Key


class Gone(BaseModel):
    """A browser that no longer does."""

    endpoint: Endpoint


def check_purposes(body: About) -> None:
    """Refuse a purpose that nobody asks for.

    Raises:
        BadInput: the text names it.
    """
    for purpose in body.consents or ():
        if purpose not in PURPOSES:
            raise BadInput(f"{purpose!r} is not something to consent to: {', '.join(PURPOSES)}")


def about(person: str, body: About, now_ms: int) -> Registered:
    """Return the event that makes the change."""
    attributes: dict[str, Value] = {}
    if body.colour is not None:
        attributes[COLOUR_ATTRIBUTE] = body.colour.lower()
    if body.artists is not None:
        attributes[ARTISTS_ATTRIBUTE] = list(body.artists)
    return Registered(person, now_ms, attributes, body.consents)
