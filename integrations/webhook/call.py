"""A call is written down the same way at each try, so that its key always means the same bytes."""

from datetime import UTC, datetime
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from integrations.webhook.errors import CallUnreadable
from integrations.webhook.limits import PAYLOAD_BYTES_MAX

INSTANT_MS_MAX: Final = 253_402_300_799_999
"""The last millisecond of the year 9999."""

Instant = Annotated[int, Meta(ge=0, le=INSTANT_MS_MAX)]
Text = Annotated[str, Meta(min_length=1, max_length=256)]


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a delivery. ``at_ms`` is when the cause happened, in venue time."""

    target: Text
    event: Text
    rule: Text
    person: Text | None = None
    at_ms: Instant
    fields: dict[str, str] = {}


def read_call(body: dict[str, Any]) -> Call:
    """Read the body of a delivery.

    Raises:
        CallUnreadable: it is none; the text names the field.
    """
    try:
        return msgspec.convert(body, Call)
    except msgspec.ValidationError as error:
        raise CallUnreadable(f"the body of the delivery: {error}") from error


def written(call: Call, name: str) -> bytes:
    """Write ``call`` as JSON, with its ``name`` outside as ``key``.

    Raises:
        CallUnreadable: it is too large, or holds what is no text.
    """
    payload = {
        "type": "rule.fired",
        "timestamp": instant_text(call.at_ms),
        "key": name,
        "data": {
            "event": call.event,
            "rule": call.rule,
            "person": call.person,
            "at_ms": call.at_ms,
            "fields": call.fields,
        },
    }
    return encoded(payload)


def instant_text(at_ms: int) -> str:
    """Write an instant as ISO 8601 does, in UTC, with milliseconds."""
    at = datetime.fromtimestamp(at_ms // 1_000, UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at_ms % 1_000:03}Z"


def encoded(payload: dict[str, Any]) -> bytes:
    """Write ``payload`` as JSON within the bound.

    Raises:
        CallUnreadable: it is too large, or holds what is no text.
    """
    try:
        content = msgspec.json.encode(payload)
    except UnicodeEncodeError as error:
        raise CallUnreadable("a field holds half a character") from error
    if len(content) > PAYLOAD_BYTES_MAX:
        raise CallUnreadable(f"{len(content)} bytes are more than the {PAYLOAD_BYTES_MAX} allowed")
    return content
