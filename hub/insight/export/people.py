"""People as they are now: what may be known of them, and nothing of those who are forgotten.

An attribute of the privacy class ``sensitive`` is left out unless it is asked for, and so is one
that needs a consent which the person does not give. Somebody who was merged into another is not
listed: the other is. What the document does not declare, or declares with another type than what is
there, stands in ``more_attributes`` as JSON, since it is ``personal`` by default.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

import msgspec

from hub.core import events
from hub.core.document import AttributeInfo, Venue
from hub.insight.export.columns import Column, Export, Kind, Row, Value, columns
from hub.store.insight import PersonLine

FIRST: Final = columns(
    person="text", name="text", email="text", phone="text", company="text", registered="instant",
    first_seen="instant", place="text", status="text", points="integer", tags="texts",
    honours="texts", consents="texts", audiences="texts",
)  # fmt: skip
LAST: Final = columns(more_attributes="json")
KINDS: Final[dict[str, Kind]] = {
    "text": "text", "number": "number", "boolean": "boolean", "instant": "instant",
    "set": "texts", "tally": "json",
}  # fmt: skip
PREFIX: Final = "attribute."


class _Unfit:
    """A value is of another type than what is declared."""


UNFIT: Final = _Unfit()


def export(
    venue: Venue, lines: Iterable[PersonLine], merged: Collection[str], *, sensitive: bool = False
) -> Export:
    """Make the export; each declared attribute is a column, in the order of the document."""
    shown = [info for info in venue.attributes if sensitive or info.privacy != "sensitive"]
    hidden = {info.name for info in venue.attributes} - {info.name for info in shown}
    middle = tuple(Column(f"{PREFIX}{info.name}", KINDS[info.type]) for info in shown)
    rows = (_row(line, shown, hidden) for line in lines if line.person not in merged)
    return Export("people", (*FIRST, *middle, *LAST), rows)


def _row(line: PersonLine, shown: list[AttributeInfo], hidden: set[str]) -> Row:
    person = line.state
    known = {name: value for name, value in person.attributes.items() if name not in hidden}
    values: list[Value] = []
    for info in shown:
        value = known.pop(info.name, None)
        if info.consent is not None and info.consent not in person.consents:
            value = None
        fitting = fitted(KINDS[info.type], value)
        if isinstance(fitting, _Unfit):
            known[info.name] = value
            fitting = None
        values.append(fitting)
    more = msgspec.json.encode(known, order="sorted").decode() if known else None
    return (*_first(line), *values, more)


def _first(line: PersonLine) -> Iterator[Value]:
    person = line.state
    yield from (line.person, line.name, line.email, line.phone, line.company)
    yield line.registered_ms or person.registered_ms or None
    yield person.first_ms or None
    yield from (person.place, person.status, person.points)
    for names in (person.tags, person.honours, person.consents, person.audiences):
        yield tuple(sorted(names))


def fitted(kind: Kind, value: events.Value) -> Value | _Unfit:
    """Return a value as its column wants it, UNFIT when it cannot be."""
    if value is None:
        return None
    match kind:
        case "text" if isinstance(value, str):
            return value
        case "number" if isinstance(value, int | float) and not isinstance(value, bool):
            return float(value)
        case "boolean" if isinstance(value, bool):
            return value
        case "instant":
            return _instant(value)
        case "texts" if isinstance(value, list):
            return tuple(value)
        case "json":
            return msgspec.json.encode(value, order="sorted").decode()
        case _:
            return UNFIT


def _instant(value: events.Value) -> int | _Unfit:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return UNFIT
    if read is None or read.tzinfo is None:
        return UNFIT
    return round(read.timestamp() * 1000)
