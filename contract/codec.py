"""Bytes to structs and back; what cannot be read is refused with a sentence, never guessed at."""

from typing import Any, TypeVar

import msgspec

from contract.envelope import (
    Batch,
    ClockReply,
    ClockRequest,
    Committed,
    Desired,
    Health,
    HubState,
    Reported,
)
from contract.errors import MalformedPayload, PayloadTooLarge, UnsupportedVersion
from contract.limits import PAYLOAD_BYTES_MAX, WIRE_VERSION

Message = Batch | Committed | Health | HubState | ClockRequest | ClockReply | Desired | Reported
M = TypeVar("M", bound=Message)

_encoder = msgspec.json.Encoder()
_decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {
    kind: msgspec.json.Decoder(kind)
    for kind in (
        Batch, Committed, Health, HubState, ClockRequest, ClockReply, Desired, Reported,
    )
}  # fmt: skip


class _Versioned(msgspec.Struct):
    v: int


_version = msgspec.json.Decoder(_Versioned)


def encode(message: Message) -> bytes:
    """Write ``message`` as UTF-8 JSON."""
    return _encoder.encode(message)


def decode(payload: bytes, kind: type[M]) -> M:
    """Read ``payload`` as ``kind``.

    Raises:
        PayloadTooLarge: over ``PAYLOAD_BYTES_MAX`` bytes.
        UnsupportedVersion: a readable payload of another protocol version.
        MalformedPayload: anything else that is wrong; the text names the field.
    """
    if len(payload) > PAYLOAD_BYTES_MAX:
        raise PayloadTooLarge(
            f"payload of {len(payload)} bytes is over the limit of {PAYLOAD_BYTES_MAX}"
        )
    try:
        return _decoders[kind].decode(payload)  # type: ignore[no-any-return]
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        _refuse_other_version(payload)
        raise MalformedPayload(f"not a {kind.__name__.lower()}: {error}") from error


def _refuse_other_version(payload: bytes) -> None:
    try:
        version = _version.decode(payload).v
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return
    if version != WIRE_VERSION:
        raise UnsupportedVersion(
            f"protocol version {version} is not spoken here, only {WIRE_VERSION}"
        )
