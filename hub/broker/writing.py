"""Values to the bytes of MQTT 3.1.1: the packets that the guard itself sends."""

from hub.broker import packets


def make_connect(
    client_id: str, username: str, password: str, *, clean: bool, keep_alive_s: int
) -> bytes:
    """Write a CONNECT without a will."""
    flags = packets.USERNAME | packets.PASSWORD | (packets.CLEAN if clean else 0)
    head = _text("MQTT") + bytes([packets.LEVEL, flags]) + keep_alive_s.to_bytes(2)
    return _packet(
        packets.CONNECT << 4, head + _text(client_id) + _text(username) + _text(password)
    )


def make_publish(
    topic: str, payload: bytes, qos: int, packet_id: bytes = b"", *, retain: bool = False
) -> bytes:
    """Write a PUBLISH; ``packet_id`` is two bytes when ``qos`` is 1."""
    return _packet(
        packets.PUBLISH << 4 | qos << 1 | int(retain), _text(topic) + packet_id + payload
    )


def make_subscribe(packet_id: bytes, filters: list[tuple[str, int]]) -> bytes:
    """Write a SUBSCRIBE."""
    body = b"".join(_text(topic_filter) + bytes([qos]) for topic_filter, qos in filters)
    return _packet(packets.SUBSCRIBE << 4 | 2, packet_id + body)


def make_connack(code: int) -> bytes:
    """Write a CONNACK without a session."""
    return bytes([packets.CONNACK << 4, 2, 0, code])


def make_disconnect() -> bytes:
    """Write a DISCONNECT."""
    return bytes([packets.DISCONNECT << 4, 0])


def _packet(first: int, body: bytes) -> bytes:
    length, header = len(body), bytearray([first])
    while True:
        length, low = length >> 7, length & 0x7F
        header.append(low | (0x80 if length else 0))
        if not length:
            return bytes(header) + body


def _text(text: str) -> bytes:
    raw = text.encode()
    return len(raw).to_bytes(2) + raw
