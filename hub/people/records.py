"""One record becomes one person to register, or one reason why it does not."""

from typing import Final

from contract.limits import BADGE_CHARS_MAX
from hub.core.events import Value
from hub.core.people.ground import Ground, kinds_of
from hub.core.people.mapping import MappedRecord, map_record
from hub.core.people.normalise import phone as phone_of
from hub.people.errors import BadRow
from hub.people.files import Numbered
from hub.people.sources import Chosen, made_ready
from hub.store.people import NewPerson

REGISTRATION: Final = "registration"
"""The kind of id that a source's own key is, where a person may have several."""
_REPEATED: Final = ("email", "company")
"""What is an attribute as well, for rules and texts, in rows of the plain source."""


def understood(chosen: Chosen, numbered: Numbered, ground: Ground) -> MappedRecord:
    """A record in our names.

    Raises:
        BadRow: it cannot be used at all; the text says why.
    """
    ready = made_ready(chosen, numbered.record)
    mapped = map_record(chosen.source, ready, ground)
    problems = mapped.problems
    if chosen.is_plain:
        problems = tuple(one for one in problems if one.field != "phone")
    if chosen.is_plain and problems:
        first = problems[0]
        raise BadRow(f"{first.field.removeprefix('attributes.')} {first.value_shown}: "
                     f"{first.reason}")  # fmt: skip
    if mapped.refused is not None and not (chosen.is_plain and mapped.badge):
        no_key = "no key, e-mail or badge to know them by"
        raise BadRow(no_key if chosen.is_plain else mapped.refused)
    if not mapped.name:
        raise BadRow("no name")
    if len(mapped.badge or "") > BADGE_CHARS_MAX:
        raise BadRow(f"the badge is over {BADGE_CHARS_MAX} characters")
    return mapped


def person_of(
    chosen: Chosen, numbered: Numbered, mapped: MappedRecord, ground: Ground
) -> NewPerson:
    """Whom a record registers, or changes."""
    assert mapped.name  # noqa: S101 - seen to by :func:`understood`
    source_key = f"{chosen.source.name}/{key_of(mapped)}"
    attributes: dict[str, Value] = {"first_name": mapped.name.partition(" ")[0]}
    if chosen.is_plain:
        said = {name: getattr(mapped, name) for name in _REPEATED}
        attributes |= {name: value for name, value in said.items() if value}
    phone = mapped.phone
    if chosen.is_plain and phone is None:
        phone = str(numbered.record.get(chosen.columns.get("phone", "")) or "").strip() or None
    return NewPerson(
        name=mapped.name,
        email=mapped.email,
        phone=phone,
        company=mapped.company,
        badge=mapped.badge,
        source_key=source_key,
        source=chosen.source.name,
        attributes=attributes | dict(mapped.attributes),
        consents=None if mapped.consents is None else list(mapped.consents),
        ids=_ids(mapped, source_key, ground),
    )


def key_of(mapped: MappedRecord) -> str:
    """By what a source knows somebody: its key, else their e-mail, another id, or the badge."""
    if mapped.source_key or mapped.email:
        return str(mapped.source_key or mapped.email)
    for kind in sorted(mapped.ids):
        return f"{kind}:{mapped.ids[kind][0]}"
    return str(mapped.badge)


def _ids(mapped: MappedRecord, source_key: str, ground: Ground) -> dict[str, list[str]]:
    """The ids of a record; the source's key is one too where a person may have several of those.

    A kind of which a person has only one would keep apart whom two sources know.
    """
    ids = {kind: list(values) for kind, values in mapped.ids.items()}
    kind = kinds_of(ground.venue).get(REGISTRATION)
    if kind is not None and kind.per_person > 1:
        ids[REGISTRATION] = [*ids.get(REGISTRATION, ()), source_key]
    return ids


def known_by(new: NewPerson, ground: Ground) -> NewPerson:
    """Somebody registered at the desk, with their e-mail and phone as ids if they are such."""
    from msgspec.structs import replace

    kinds = kinds_of(ground.venue)
    ids = {}
    if new.email and "email" in kinds and "@" in new.email:
        ids["email"] = [new.email.strip().lower()]
    number = phone_of(new.phone or "")
    if number is not None and "phone" in kinds:
        ids["phone"] = [number]
    return replace(new, ids=ids)
