"""What a browser is told always fits into one push message; the inbox has the whole text."""

from base64 import urlsafe_b64encode
from hashlib import sha256
from typing import Annotated, Any, Final

import msgspec
from msgspec import Meta

from integrations.push.settings import PLAINTEXT_BYTES_MAX

CHARACTER_BYTES_MAX: Final = 6
"""Most bytes that one character takes in JSON."""

Short = Annotated[str, Meta(max_length=200)]


class Message(msgspec.Struct, frozen=True, kw_only=True):
    """The body of a delivery. ``url`` and ``tag`` may be left out."""

    person: str
    title: Short
    text: str = ""
    url: Annotated[str, Meta(max_length=1_000)] = ""
    tag: Short = ""


def read_message(body: dict[str, Any]) -> Message:
    """Read the body of a delivery.

    Raises:
        ValueError: a field is missing or wrong; the text names it.
    """
    return msgspec.convert(body, Message)


def topic_of(key: str) -> str:
    """Give the 32 characters that stand for a delivery at the push service (RFC 8030, 5.4)."""
    return urlsafe_b64encode(sha256(key.encode()).digest()[:24]).decode()


def payload_of(message: Message, topic: str) -> bytes:
    """Write what the service worker reads, with the text shortened until it fits."""
    text = message.text[:PLAINTEXT_BYTES_MAX]
    payload = _encode(message, text, topic)
    while text and len(payload) > PLAINTEXT_BYTES_MAX:
        excess = len(payload) - PLAINTEXT_BYTES_MAX
        text = text[: -max(1, excess // CHARACTER_BYTES_MAX)]
        payload = _encode(message, text + "…", topic)
    return payload


def _encode(message: Message, text: str, topic: str) -> bytes:
    return msgspec.json.encode(
        {
            "title": message.title,
            "text": text,
            "url": message.url,
            "tag": message.tag or topic,
        }
    )
