"""What somebody can consent to: the purposes that are known, and those that the venue's rules ask.

A purpose that only a document names is explained by what asks for it there.
"""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import Struct

from hub.core.document import HasConsent, OnConsent, Venue

KNOWN: Final = {
    "lights": ("Lights", "Lamps near you may turn to your colour."),
    "music": ("Music", "Your favourite artists count for the DJ while you are on the floor."),
    "presence": ("Whereabouts", "Your badge says which place you are at, for rules and music."),
    "push": ("Messages", "You get messages here, and in this browser if you like."),
    "rewards": ("Rewards", "You get rewards and take part in prize draws."),
    "sharing": (
        "Sharing",
        "Sponsors and the organiser's own systems may be told what you did here.",
    ),
    "recommendations": (
        "Recommendations",
        "What you visited may be used to suggest what you could like next.",
    ),
}
"""Purpose to its name and what it means, in the words that a person reads."""


class Purpose(Struct, frozen=True):
    """Something to consent to, as a person reads it."""

    purpose: str
    name: str
    meaning: str


def purposes_of(venue: Venue | None) -> tuple[Purpose, ...]:
    """The known purposes, then those that the venue's document asks for besides, by name."""
    asked: dict[str, set[str]] = {}
    for purpose, reason in _asked(venue) if venue is not None else ():
        asked.setdefault(purpose, set()).add(reason)
    more = sorted(asked.keys() - KNOWN.keys())
    return (
        *(Purpose(one, *words) for one, words in KNOWN.items()),
        *(Purpose(one, _titled(one), _meaning(asked[one])) for one in more),
    )


def _asked(venue: Venue) -> Iterator[tuple[str, str]]:
    """Each purpose that is asked for, with what asks for it."""
    for info in venue.attributes:
        if info.consent is not None:
            yield info.consent, f"your {(info.title or _titled(info.name)).lower()} to be used"
    for source in venue.sources:
        for mapped in source.fields:
            if mapped.to.startswith("consents."):
                yield mapped.to.partition(".")[2], ""
    for part in (*venue.rules, *venue.audiences):
        yield from _in_part(part)


def _in_part(part: Any) -> Iterator[tuple[str, str]]:
    """The purposes anywhere below a part of a document."""
    if isinstance(part, (list, tuple)):
        for one in part:
            yield from _in_part(one)
        return
    if not isinstance(part, Struct):
        return
    if isinstance(part, (HasConsent, OnConsent)):
        yield part.purpose, ""
    for purpose in getattr(part, "needs", ()):
        target = getattr(part, "target", None)
        yield purpose, f"what you did here to be sent to {target or 'other systems'}"
    for name in part.__struct_fields__:
        yield from _in_part(getattr(part, name))


def _meaning(reasons: set[str]) -> str:
    written = sorted(reasons - {""})
    if not written:
        return "Some of what happens here asks for this."
    return f"It allows {'; '.join(written)}."


def _titled(name: str) -> str:
    return name.replace("_", " ").replace("-", " ").capitalize()


def venue_from(document: str | bytes) -> Venue:
    """A venue's document as it was published."""
    return msgspec.json.decode(document, type=Venue)
