"""Bytes of MQTT 3.1.1 to values; what the standard forbids is refused, never repaired.

Only what the guard has to judge is read: CONNECT, the topic of PUBLISH, the filters of SUBSCRIBE.
Section numbers are those of the OASIS standard.
"""

from dataclasses import dataclass
from typing import Final, NamedTuple

from hub.broker.errors import MalformedPacket
from hub.broker.limits import FILTERS_MAX, PACKET_BYTES_MAX

CONNECT: Final = 1
CONNACK: Final = 2
PUBLISH: Final = 3
PUBACK: Final = 4
SUBSCRIBE: Final = 8
SUBACK: Final = 9
UNSUBSCRIBE: Final = 10
PINGREQ: Final = 12
DISCONNECT: Final = 14

FROM_CLIENT: Final = frozenset({PUBLISH, PUBACK, SUBSCRIBE, UNSUBSCRIBE, PINGREQ, DISCONNECT})
"""Packets a client may send once connected; QoS 2 is not spoken here."""
FLAGS: Final = {PUBACK: 0, SUBSCRIBE: 2, UNSUBSCRIBE: 2, PINGREQ: 0, DISCONNECT: 0}
"""The fixed flags each kind must carry (2.2.2)."""
LENGTHS: Final = {PUBACK: 2, PINGREQ: 0, DISCONNECT: 0}
"""The kinds that have one possible length, in bytes after the fixed header."""

LEVEL: Final = 4
ACCEPTED: Final = 0
BAD_PROTOCOL: Final = 1
BAD_CLIENT_ID: Final = 2
UNAVAILABLE: Final = 3
NOT_AUTHORISED: Final = 5
SUBSCRIBE_REFUSED: Final = 0x80

_HEADER_BYTES_MAX = 5
WILL: Final = 0x04
CLEAN: Final = 0x02
PASSWORD: Final = 0x40
USERNAME: Final = 0x80
"""Flags of CONNECT (3.1.2)."""


class Frame(NamedTuple):
    """One whole packet inside a buffer: its kind, flags, and where its parts are."""

    kind: int
    flags: int
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Will:
    """What is published for a client that vanishes."""

    topic: str
    payload: bytes
    qos: int
    retain: bool


@dataclass(frozen=True, slots=True)
class Connect:
    """A CONNECT packet (3.1)."""

    level: int
    clean: bool
    keep_alive_s: int
    client_id: str
    will: Will | None
    username: str
    password: str


def next_frame(data: bytearray, start: int) -> Frame | None:
    """Find the packet that begins at ``start``; None until all of it is there.

    Raises:
        MalformedPacket: an impossible length (2.2.3), or one over ``PACKET_BYTES_MAX``.
    """
    length = shift = 0
    for position in range(start + 1, min(len(data), start + _HEADER_BYTES_MAX)):
        byte = data[position]
        length |= (byte & 0x7F) << shift
        if byte < 0x80:  # noqa: PLR2004 - the continuation bit
            if length > PACKET_BYTES_MAX:
                raise MalformedPacket(f"a packet of {length} bytes is over {PACKET_BYTES_MAX}")
            end = position + 1 + length
            if end > len(data):
                return None
            return Frame(data[start] >> 4, data[start] & 0x0F, start, position + 1, end)
        shift += 7
    if len(data) - start >= _HEADER_BYTES_MAX:
        raise MalformedPacket("a length of more than four bytes")
    return None


def check_form(frame: Frame) -> None:
    """Refuse what a connected client must not send, whatever its content.

    Raises:
        MalformedPacket: not a packet for a client to send, or wrong flags or length.
    """
    if frame.kind not in FROM_CLIENT:
        raise MalformedPacket(f"packet type {frame.kind} is not for a connected client to send")
    if frame.flags != FLAGS.get(frame.kind, frame.flags):
        raise MalformedPacket(f"flags {frame.flags} on packet type {frame.kind}")
    length = frame.end - frame.body
    if length != LENGTHS.get(frame.kind, length):
        raise MalformedPacket(f"length {length} of packet type {frame.kind}")


def publish_topic(data: bytearray, frame: Frame) -> bytes:
    """Return the raw topic of a PUBLISH (3.3).

    Raises:
        MalformedPacket: QoS 2 or 3, no topic, no packet id, or a parting shorter than it says.
    """
    qos = frame.flags >> 1 & 3
    if qos > 1:
        raise MalformedPacket(f"QoS {qos} is not spoken here")
    begin = frame.body + 2
    end = begin + int.from_bytes(data[frame.body : begin])
    if end == begin or end + 2 * qos > frame.end:
        raise MalformedPacket("a PUBLISH without a topic or packet id")
    if qos and not (data[end] or data[end + 1]):
        raise MalformedPacket("packet id 0")
    return bytes(data[begin:end])


def publish_id(data: bytearray, frame: Frame) -> bytes:
    """Return the two bytes of a QoS 1 PUBLISH's packet id."""
    end = frame.body + 2 + int.from_bytes(data[frame.body : frame.body + 2])
    return bytes(data[end : end + 2])


def parse_subscribe(data: bytearray, frame: Frame) -> tuple[bytes, list[tuple[str, int]]]:
    """Return packet id, and each filter with its QoS (3.8).

    Raises:
        MalformedPacket: no filter, more than ``FILTERS_MAX``, or an impossible QoS.
    """
    reader = _Reader(data, frame)
    packet_id = reader.take(2)
    filters = []
    while reader.left():
        filters.append((reader.text(), reader.take(1)[0]))
    if not filters or len(filters) > FILTERS_MAX or any(qos > 2 for _, qos in filters):  # noqa: PLR2004 - the highest QoS there is
        raise MalformedPacket("a SUBSCRIBE with an impossible list of filters")
    return packet_id, filters


def parse_connect(data: bytearray, frame: Frame) -> Connect:
    """Read a CONNECT (3.1).

    Raises:
        MalformedPacket: not a CONNECT, or one that contradicts itself.
    """
    if frame.kind != CONNECT or frame.flags:
        raise MalformedPacket("the first packet is not CONNECT")
    reader = _Reader(data, frame)
    name, level, flags = reader.text(), reader.take(1)[0], reader.take(1)[0]
    if name not in {"MQTT", "MQIsdp"}:
        raise MalformedPacket("another protocol's CONNECT")
    keep_alive_s = int.from_bytes(reader.take(2))
    if level != LEVEL:
        return Connect(level, True, keep_alive_s, "", None, "", "")
    _check_connect_flags(flags)
    client_id = reader.text()
    will = _read_will(reader, flags) if flags & WILL else None
    username = reader.text() if flags & USERNAME else ""
    password = reader.blob().decode("utf-8", "replace") if flags & PASSWORD else ""
    if reader.left():
        raise MalformedPacket("bytes after the end of CONNECT")
    return Connect(level, bool(flags & CLEAN), keep_alive_s, client_id, will, username, password)


def _check_connect_flags(flags: int) -> None:
    qos = flags >> 3 & 3
    willless = not flags & WILL and flags & 0x38
    if flags & 1 or willless or (flags & PASSWORD and not flags & USERNAME):
        raise MalformedPacket("CONNECT flags that contradict each other")
    if qos > 1:
        raise MalformedPacket(f"a will with QoS {qos}, which is not spoken here")


def _read_will(reader: "_Reader", flags: int) -> Will:
    return Will(reader.text(), reader.blob(), flags >> 3 & 3, bool(flags & 0x20))


class _Reader:
    """Takes a packet's body apart from front to back."""

    def __init__(self, data: bytearray, frame: Frame) -> None:
        self._data = data
        self._position = frame.body
        self._end = frame.end

    def left(self) -> int:
        return self._end - self._position

    def take(self, count: int) -> bytes:
        if self.left() < count:
            raise MalformedPacket("a packet shorter than it says")
        begin, self._position = self._position, self._position + count
        return bytes(self._data[begin : self._position])

    def blob(self) -> bytes:
        return self.take(int.from_bytes(self.take(2)))

    def text(self) -> str:
        try:
            text = self.blob().decode()
        except UnicodeDecodeError as error:
            raise MalformedPacket("text that is not UTF-8") from error
        if "\0" in text:
            raise MalformedPacket("text with a NUL")
        return text
