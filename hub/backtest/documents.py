"""What is asked about is a whole document, or some parts of one in the place of those in force."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec
from msgspec.structs import replace

from hub.backtest.errors import DocumentFault
from hub.core import document as doc
from hub.core.compiled import compile_venue
from hub.core.errors import RulesFault

WHOLE: Final = "event"
"""The part that only a whole document has."""

PARTS: Final = tuple(field.encode_name for field in msgspec.structs.fields(doc.Venue))


def proposed(live: doc.Venue, said: Mapping[str, Any] | None, name: str) -> doc.Venue:
    """The document that ``said`` means, in which each part that is missing is as it is live.

    Raises:
        DocumentFault: it cannot be meant; the text begins with ``name``.
    """
    if not isinstance(said, Mapping) or not said:
        raise DocumentFault(f"{name}: write a venue's document, or parts of it such as rules:")
    unknown = [str(part) for part in said if part not in PARTS]
    if unknown:
        there = ", ".join(PARTS)
        raise DocumentFault(f"{name}: there is no part {unknown[0]!r}; there is: {there}")
    plain = {} if WHOLE in said else msgspec.to_builtins(live)
    try:
        venue = msgspec.convert({**plain, **said}, doc.Venue)
        compile_venue(venue, version=1)
    except (msgspec.ValidationError, RulesFault) as error:
        raise DocumentFault(f"{name}: {error}") from error
    return venue


def as_live(venue: doc.Venue) -> doc.Venue:
    """The document with its drafts and shadows live."""
    rules = [
        replace(rule, stage="live") if rule.stage in {"draft", "shadow"} else rule
        for rule in venue.rules
    ]
    return replace(venue, rules=rules)
