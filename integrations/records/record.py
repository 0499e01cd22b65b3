"""A record is the same bytes at each try: its fields under their names there, and nothing else.

Beside the action's own fields, a mapping may name what the action says of itself: ``_event``,
``_rule``, ``_at`` (ISO 8601), ``_at_ms`` and ``_key``.
"""

from typing import Annotated, Any, Final
from urllib.parse import quote

import msgspec
from msgspec import Meta

from integrations.records.errors import RecordUnwritable
from integrations.records.settings import ID_PLACE, RecordSettings
from integrations.webhook.call import Instant, Text, encoded, instant_text
from integrations.webhook.errors import CallUnreadable

ID_CHARS_MAX: Final = 256
ABOUT: Final = ("_event", "_rule", "_at", "_at_ms", "_key")

Id = Annotated[str, Meta(max_length=ID_CHARS_MAX)]


class Write(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a delivery. ``at_ms`` is when the cause happened, in venue time."""

    target: Text
    event: Text
    rule: Text
    person: Text
    ids: dict[str, list[Id]] = {}
    at_ms: Instant
    fields: dict[str, str] = {}


def read_write(body: dict[str, Any]) -> Write:
    """Read the body of a delivery.

    Raises:
        RecordUnwritable: it is none; the text names the field.
    """
    try:
        return msgspec.convert(body, Write)
    except msgspec.ValidationError as error:
        raise RecordUnwritable(f"the body of the delivery: {error}") from error


def id_of(write: Write, settings: RecordSettings) -> str:
    """Give the id by which the system knows the person: the first of its kind; "" for none needed.

    Raises:
        RecordUnwritable: the person has none, or one that cannot stand in an address.
    """
    if not settings.id:
        return ""
    found = next((one for one in write.ids.get(settings.id, []) if one), "")
    if not found:
        raise RecordUnwritable(f"the person has no id of the kind {settings.id}")
    if found in {".", ".."} or not found.isprintable():
        raise RecordUnwritable(f"the person's id of the kind {settings.id} is not usable")
    return found


def address(url: str, found: str) -> str:
    """Put the id into the address, so that no sign in it means anything there."""
    return url.replace(ID_PLACE, quote(found, safe=""))


def content_of(write: Write, settings: RecordSettings, found: str, name: str) -> bytes:
    """Write the record as JSON; ``name`` is the action's key outside.

    Raises:
        RecordUnwritable: nothing is left to write, or it is too large.
    """
    record = _mapped(write, settings, name)
    if not record:
        raise RecordUnwritable("no field of the action is one that this system is to be sent")
    if settings.id_field:
        record[settings.id_field] = found
    try:
        return encoded(record)
    except CallUnreadable as error:
        raise RecordUnwritable(str(error)) from error


def _mapped(write: Write, settings: RecordSettings, name: str) -> dict[str, Any]:
    if not settings.fields:
        return dict(write.fields)
    said = (write.event, write.rule, instant_text(write.at_ms), write.at_ms, name)
    known = write.fields | dict(zip(ABOUT, said, strict=True))
    return {theirs: known[ours] for ours, theirs in settings.fields.items() if ours in known}
