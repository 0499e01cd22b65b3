"""The data layer: whatever a source calls things, we know them by one name; nothing is guessed.

A field that cannot be read is left out and said so; it never takes the record with it. A record
that names nobody is refused whole.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from hub.core.document.people import AttributeInfo, IdKind, Mapped, Source
from hub.core.events import Value
from hub.core.people.attributes import coerce, coerced
from hub.core.people.declared import check_sources
from hub.core.people.faults import AttributeFault, IdFault, ReadingFault, shown
from hub.core.people.ground import Ground, kinds_of
from hub.core.people.normalise import ID_CHARACTERS_MAX, normalised
from hub.core.people.reading import find, leaves, read

__all__ = ["MappedRecord", "Problem", "check_sources", "map_record"]

UNMAPPED_MAX: Final = 200
"""Most names of fields that nobody asked for which are said of one record."""

NAMES_NOBODY: Final = "it has no source_key, no e-mail and no id: nobody can be found by it"

_AS_IDS: Final = {
    "email": IdKind("email", normalise="email"),
    "phone": IdKind("phone", normalise="phone"),
}
"""How an e-mail address and a phone number are written where the venue has no such kinds of id."""


@dataclass(frozen=True, slots=True)
class Problem:
    """A field of a record that was left out."""

    field: str
    value_shown: str
    """The value; masked where the attribute is sensitive."""
    reason: str
    """What would be right; it does not repeat the value."""


@dataclass(frozen=True, slots=True)
class MappedRecord:
    """What a source's record says in our names. ``refused`` says why it cannot be used at all."""

    source_key: str | None = None
    name: str | None = None
    email: str | None = None
    phone: str | None = None
    company: str | None = None
    badge: str | None = None
    attributes: Mapping[str, Value] = field(default_factory=dict)
    ids: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Kind to the values, normalised; ``email`` and ``phone`` are among them if they are kinds."""
    consents: tuple[str, ...] | None = None
    """The purposes consented to; None when the record says nothing about any."""
    problems: tuple[Problem, ...] = ()
    unmapped: tuple[str, ...] = ()
    """Names of fields that no mapping asks for, ascending."""
    refused: str | None = None


@dataclass(slots=True)
class _Notes:
    """What has been found so far; it lives for one record only."""

    ground: Ground
    kinds: Mapping[str, IdKind]
    plain: dict[str, str] = field(default_factory=dict)
    attributes: dict[str, Value] = field(default_factory=dict)
    ids: dict[str, tuple[str, ...]] = field(default_factory=dict)
    consents: dict[str, bool] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)


def map_record(source: Source, record: Mapping[str, object], ground: Ground) -> MappedRecord:
    """Put a record of a source, as it was decoded from JSON or CSV, into our names."""
    notes = _Notes(ground, kinds_of(ground.venue))
    for one in source.fields:
        _map_field(notes, one, record)
    _add_ids(notes)
    names_somebody = notes.ids or not notes.plain.keys().isdisjoint({"source_key", "email"})
    return MappedRecord(
        **notes.plain,
        attributes=notes.attributes,
        ids=notes.ids,
        consents=_consents(notes),
        problems=tuple(notes.problems),
        unmapped=_unmapped(source, record),
        refused=None if names_somebody else NAMES_NOBODY,
    )


def _map_field(notes: _Notes, one: Mapped, record: Mapping[str, object]) -> None:
    raw = find(record, one.from_)
    said, _, name = one.to.partition(".")
    info = notes.ground.attributes.get(name) if said == "attributes" else None
    try:
        value = one.default if raw is None else read(one, raw)
        if value is not None:
            _put(notes, one.to, value)
    except (ReadingFault, AttributeFault, IdFault) as fault:
        notes.problems.append(Problem(one.to, shown(raw, info), fault.right))
        if said == "consents":
            notes.consents[name] = False


def _put(notes: _Notes, to: str, value: Value) -> None:
    """Note a value under the name that it is mapped to."""
    said, _, name = to.partition(".")
    match said:
        case "attributes":
            attributes, zone = notes.ground.attributes, notes.ground.zone
            notes.attributes[name] = coerced(attributes, name, value, zone)
        case "ids":
            _put_ids(notes, name, value)
        case "consents":
            purpose = AttributeInfo(name, "boolean")
            notes.consents[name] = coerce(purpose, value, notes.ground.zone) is True
        case _:
            notes.plain[to] = _plain(notes, to, value)


def _put_ids(notes: _Notes, kind: str, value: Value) -> None:
    if kind not in notes.kinds:
        raise IdFault(kind, f"the venue has no kind of id {kind!r}")
    said = value if isinstance(value, list) else [_text(value)]
    found = (normalised(notes.kinds[kind], one) for one in said)
    notes.ids[kind] = tuple(dict.fromkeys((*notes.ids.get(kind, ()), *found)))


def _plain(notes: _Notes, to: str, value: Value) -> str:
    """Text of the person's own record; an e-mail address and a phone number are normalised."""
    text = _text(value)
    if to not in _AS_IDS:
        return text
    return normalised(notes.kinds.get(to) or _AS_IDS[to], text)


def _text(value: Value) -> str:
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise ReadingFault("write one text")
    text = str(value).strip()
    if not text or len(text) > ID_CHARACTERS_MAX:
        raise ReadingFault(f"write a text of at most {ID_CHARACTERS_MAX} characters")
    return text


def _add_ids(notes: _Notes) -> None:
    """An e-mail address and a phone number are ids as well, where the venue has such kinds."""
    for kind in _AS_IDS:
        if kind in notes.plain and kind in notes.kinds:
            value = notes.plain[kind]
            notes.ids[kind] = tuple(dict.fromkeys((*notes.ids.get(kind, ()), value)))


def _consents(notes: _Notes) -> tuple[str, ...] | None:
    if not notes.consents:
        return None
    return tuple(sorted(purpose for purpose, given in notes.consents.items() if given))


def _unmapped(source: Source, record: Mapping[str, object]) -> tuple[str, ...]:
    asked = {name for one in source.fields for name in one.from_}
    return tuple(sorted(leaf for leaf in leaves(record) if not _is_asked(leaf, asked)))[
        :UNMAPPED_MAX
    ]


def _is_asked(leaf: str, asked: set[str]) -> bool:
    parts = leaf.split(".")
    return any(".".join(parts[: count + 1]) in asked for count in range(len(parts)))
