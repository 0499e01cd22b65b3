"""Whose words a file speaks: a source of the document, or plain columns that mean their name.

The plain source is strict, since nobody has written down what of a row may be left out: a row with
anything wrong in it is refused.
"""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from hub.core.document import EventInfo, Mapped, Source, Venue
from hub.core.profile import ARTISTS_ATTRIBUTE, COLOUR_ATTRIBUTE
from hub.people.errors import BadFile, BadRow, NoSuchSource
from hub.people.files import CELL_CHARS_MAX, SURPLUS, RecordFile
from hub.people.purposes import purposes_of, venue_from
from hub.store import Store

PLAIN: Final = "import"
"""The name of the plain source."""
SEPARATOR: Final = ";"
"""Between several values in one cell of the plain source."""
OWN_FIELDS: Final = ("name", "email", "phone", "company", "badge", "consents", "key")
_NAMES: Final = ("first_name", "last_name")
_TO: Final = {"key": "source_key"}


class Chosen(Struct, frozen=True):
    """The source that is meant, and how its records are made ready for it."""

    source: Source
    columns: dict[str, str]
    """For the plain source: field to the column that it stands in."""
    given: tuple[str, ...] = ()
    """Purposes that everybody in the file consented to."""
    purposes: tuple[str, ...] = ()
    """All that there are to consent to."""

    @property
    def is_plain(self) -> bool:
        """Whether columns mean what they are called."""
        return bool(self.columns)


def venue_of(store: Store) -> Venue:
    """The venue in force; before there is one, one that declares nothing and keeps UTC."""
    current = store.venue_at()
    if current is not None:
        return venue_from(current.document)
    info = EventInfo(store.event, store.event, "UTC", "2000-01-01T00:00", "2099-12-31T00:00")
    return Venue(event=info, places=[])


def choose(
    venue: Venue,
    file: RecordFile,
    name: str = "",
    *,
    mapping: Mapping[str, str] | None = None,
    given: Collection[str] = (),
) -> Chosen:
    """Find the source of that name, or make the plain one from a file's columns.

    ``mapping`` is field to column, for the plain source; ``given`` are purposes that everybody in
    the file consented to.

    Raises:
        NoSuchSource: the document has no such source.
        BadFile: a mapped column is not there, or a purpose is none.
    """
    purposes = tuple(one.purpose for one in purposes_of(venue))
    _check_purposes(given, purposes)
    if name and name != PLAIN:
        return Chosen(_named(venue, name), {}, tuple(given), purposes)
    there = file.columns or tuple({key: None for one in file.records for key in one.record})
    wanted = dict(mapping) if mapping else {column: column for column in there if column}
    lost = [column for column in wanted.values() if column not in there]
    if lost:
        said = ", ".join(there) or "nothing"
        raise BadFile(f"{file.name} has no column {', '.join(lost)}; it has {said}")
    fields = [_mapped(field) for field in wanted if field not in {"consents", *_NAMES}]
    fields += [_mapped(field) for field in _NAMES if field in wanted]
    fields += [Mapped(f"consents.{one}", [f"consents.{one}"]) for one in purposes]
    if "name" not in wanted and wanted.keys() & set(_NAMES):
        fields.append(Mapped("name", ["name"]))
    return Chosen(Source(PLAIN, fields), wanted, tuple(given), purposes)


def _named(venue: Venue, name: str) -> Source:
    for source in venue.sources:
        if source.name == name:
            return source
    listed = ", ".join(source.name for source in venue.sources) or "none"
    raise NoSuchSource(f"the venue has no source {name!r}; it has: {listed}")


def _check_purposes(given: Collection[str], purposes: Sequence[str]) -> None:
    unknown = sorted(set(given) - set(purposes))
    if unknown:
        raise BadFile(f"no purpose {', '.join(unknown)}; there are {', '.join(purposes)}")


def _mapped(field: str) -> Mapped:
    to = _TO.get(field) or (field if field in OWN_FIELDS else f"attributes.{field}")
    return Mapped(to, [field], "colour" if field == COLOUR_ATTRIBUTE else "trim")


def made_ready(chosen: Chosen, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record in the words of its source; of the plain one every cell under its field.

    Raises:
        BadRow: a row of more cells than columns, a cell that is too long, or no such purpose.
    """
    if not chosen.is_plain:
        return dict(record)
    if SURPLUS in record:
        raise BadRow("more cells than columns")
    ready: dict[str, Any] = {}
    for field, column in chosen.columns.items():
        value = record.get(column)
        if isinstance(value, str) and len(value) > CELL_CHARS_MAX:
            raise BadRow(f"{field} is over {CELL_CHARS_MAX} characters")
        if field != "consents":
            ready[field] = _split(field, value)
    ready |= _consents(chosen, record)
    if not ready.get("name"):
        ready["name"] = " ".join(str(ready.get(one) or "").strip() for one in _NAMES).strip()
    return ready


def _split(field: str, value: Any) -> Any:
    """Several values where there are several; of artists always."""
    if not isinstance(value, str) or field in OWN_FIELDS:
        return value
    if SEPARATOR in value or field == ARTISTS_ATTRIBUTE:
        return [part.strip() for part in value.split(SEPARATOR) if part.strip()] or None
    return value


def _consents(chosen: Chosen, record: Mapping[str, Any]) -> dict[str, bool]:
    """What a row says of consents: all of them when it has the column, or everybody gave some."""
    column = chosen.columns.get("consents")
    if column is None and not chosen.given:
        return {}
    said = record.get(column) if column is not None else None
    parts = said if isinstance(said, list) else str(said or "").split(SEPARATOR)
    given = {str(part).strip() for part in parts if str(part).strip()}
    unknown = sorted(given - set(chosen.purposes))
    if unknown:
        raise BadRow(f"no purpose {', '.join(unknown)}; there are {', '.join(chosen.purposes)}")
    return {f"consents.{one}": one in given or one in chosen.given for one in chosen.purposes}
