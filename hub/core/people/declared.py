"""What a venue declares of people can be meant: each name once, each rule of merging possible."""

from collections.abc import Iterable
from typing import Final

from hub.core.document.people import AttributeInfo, Source
from hub.core.document.venue import Venue
from hub.core.errors import RulesFault
from hub.core.people.ground import kinds_of

MERGES: Final = {
    "text": frozenset({"latest", "first", "highest", "lowest"}),
    "number": frozenset({"latest", "first", "highest", "lowest", "sum"}),
    "boolean": frozenset({"latest", "first", "highest", "lowest"}),
    "instant": frozenset({"latest", "first", "highest", "lowest"}),
    "set": frozenset({"union"}),
    "tally": frozenset({"sum"}),
}
"""The rules of merging that each type of attribute can have."""


def check_attributes(venue: Venue) -> None:
    """See that attributes are declared once, and can be merged as they say.

    Raises:
        RulesFault: the text names the attribute.
    """
    _once("attribute", (info.name for info in venue.attributes))
    for info in venue.attributes:
        _check_merge(info)


def _check_merge(info: AttributeInfo) -> None:
    possible = MERGES[info.type]
    if info.merge is not None and info.merge not in possible:
        listed = ", ".join(sorted(possible))
        raise RulesFault(
            f"attribute {info.name!r}: a {info.type} cannot be merged by {info.merge}; write "
            f"one of: {listed}"
        )


def check_sources(venue: Venue) -> None:
    """See that what sources are mapped to is there, and said once.

    Raises:
        RulesFault: the text names the source and the field.
    """
    _once("source", (source.name for source in venue.sources))
    for source in venue.sources:
        _once(f"source {source.name!r}: field", (one.to for one in source.fields))
        _check_source(venue, source)


def _check_source(venue: Venue, source: Source) -> None:
    attributes = {info.name for info in venue.attributes}
    kinds = kinds_of(venue)
    for one in source.fields:
        said, _, name = one.to.partition(".")
        if said == "attributes" and attributes and name not in attributes:
            _unknown(source, one.to, "attribute", attributes)
        if said == "ids" and name not in kinds:
            _unknown(source, one.to, "kind of id", kinds)


def _unknown(source: Source, to: str, what: str, known: Iterable[str]) -> None:
    listed = ", ".join(sorted(known))
    raise RulesFault(f"source {source.name!r}: {to!r} is no {what}; there is: {listed}")


def _once(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise RulesFault(f"{what} {name!r} is there twice")
        seen.add(name)
