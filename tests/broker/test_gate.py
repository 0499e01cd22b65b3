"""The gate on bytes alone: however they are cut, the same comes out, and nothing forbidden."""

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hub.broker import packets, writing
from hub.broker.errors import MalformedPacket
from hub.broker.gate import REFUSED_PUBLISH, Gate
from hub.broker.limits import SUBSCRIBES_PENDING_MAX, TOPICS_REMEMBERED_MAX
from hub.broker.packets import Frame


class _Own:
    """Rights to what begins with ``own/``."""

    def authenticate(self, username: str, password: str) -> bool:
        return bool(username and password)

    def may_publish(self, username: str, topic: str) -> bool:
        return bool(username) and topic.startswith("own/")

    def may_subscribe(self, username: str, topic_filter: str) -> bool:
        return bool(username) and topic_filter.startswith("own/")


PACKETS = st.lists(
    st.sampled_from(
        [
            writing.make_publish("own/a", b"x" * 200, 1, b"\0\1"),
            writing.make_publish("own/b", b"", 0, retain=True),
            writing.make_publish("other", b"y" * 300, 1, b"\0\2"),
            writing.make_publish("other", b"z", 0),
            writing.make_subscribe(b"\0\3", [("own/#", 1), ("#", 2)]),
            b"\xc0\0",
            b"\x40\2\0\1",
        ]
    ),
    max_size=12,
)


def _frames(data: bytes) -> list[Frame]:
    frames, start, buffer = [], 0, bytearray(data)
    while frame := packets.next_frame(buffer, start):
        frames.append(frame)
        start = frame.end
    assert start == len(data)
    return frames


@given(PACKETS, st.integers(min_value=1, max_value=50))
def test_where_the_bytes_are_cut_does_not_matter(sent: list[bytes], piece: int) -> None:
    whole = b"".join(sent)
    at_once = Gate("x", _Own()).up(bytearray(whole))
    gate, buffer, out = Gate("x", _Own()), bytearray(), b""
    for begin in range(0, len(whole), piece):
        buffer += whole[begin : begin + piece]
        out += gate.up(buffer)
    assert out == at_once
    assert not buffer
    assert len(_frames(out)) == len(sent)


@given(PACKETS)
def test_nothing_forbidden_passes(sent: list[bytes]) -> None:
    out = Gate("x", _Own()).up(bytearray(b"".join(sent)))
    for frame in _frames(out):
        if frame.kind == packets.PUBLISH:
            topic = packets.publish_topic(bytearray(out), frame).decode()
            assert topic.startswith("own/") or topic == REFUSED_PUBLISH


@given(st.binary(max_size=300))
def test_any_bytes_pass_or_are_called_malformed(noise: bytes) -> None:
    with suppress(MalformedPacket):
        _ = Gate("x", _Own()).up(bytearray(noise))
    with suppress(MalformedPacket):
        buffer = bytearray(noise)
        if frame := packets.next_frame(buffer, 0):
            packets.parse_connect(buffer, frame)


def test_what_the_gate_lets_through_is_unchanged() -> None:
    sent = writing.make_publish("own/a", b"x" * 20_000, 1, b"\0\1", retain=True)
    assert Gate("x", _Own()).up(bytearray(sent * 3)) == sent * 3


def test_refusals_are_counted_and_marked_in_the_answer() -> None:
    gate = Gate("x", _Own())
    gate.up(bytearray(writing.make_subscribe(b"\0\7", [("#", 1), ("own/a", 1), ("b", 0)])))
    gate.up(bytearray(writing.make_publish("b", b"", 0)))
    assert gate.refused == 3
    answer = b"\x90\5\0\7\1\1\0"
    assert gate.down(answer[:3]) == b""
    assert gate.down(answer[3:]) == b"\x90\5\0\7\x80\1\x80"
    assert gate.down(answer) == answer


def test_nothing_after_a_farewell_is_read() -> None:
    gate = Gate("x", _Own())
    ping = b"\xc0\0"
    assert gate.up(bytearray(ping + writing.make_disconnect() + ping)) == ping
    assert gate.said_goodbye


def test_rights_are_asked_again_when_the_table_changes() -> None:
    gate = Gate("x", _Own())
    packet = writing.make_publish("own/a", b"x", 0)
    assert gate.up(bytearray(packet)) == packet
    gate._username = ""
    assert gate.up(bytearray(packet)) == packet
    gate.forget()
    assert gate.up(bytearray(packet)) != packet


def test_what_is_remembered_is_bounded() -> None:
    gate = Gate("x", _Own())
    for number in range(TOPICS_REMEMBERED_MAX + 5):
        gate.up(bytearray(writing.make_publish(f"own/{number}", b"", 0)))
    assert len(gate._allowed) <= TOPICS_REMEMBERED_MAX
    one = writing.make_subscribe(b"\0\1", [("own/a", 1)])
    with pytest.raises(MalformedPacket, match="too many"):
        gate.up(bytearray(one * (SUBSCRIBES_PENDING_MAX + 1)))


def _connect(flags: int, rest: bytes, name: bytes = b"\0\4MQTT") -> packets.Connect:
    body = name + bytes([4, flags, 0, 60]) + rest
    buffer = bytearray([0x10, len(body)]) + body
    frame = packets.next_frame(buffer, 0)
    assert frame is not None
    return packets.parse_connect(buffer, frame)


def test_a_connect_is_read() -> None:
    connect = _connect(0xEE, b"\0\1i\0\1t\0\2up\0\1u\0\1p")
    assert (connect.client_id, connect.username, connect.password) == ("i", "u", "p")
    assert connect.will == packets.Will("t", b"up", 1, retain=True)
    assert connect.clean
    assert connect.keep_alive_s == 60


@pytest.mark.parametrize(
    ("flags", "rest"),
    [
        pytest.param(0x01, b"\0\1i", id="reserved flag"),
        pytest.param(0x08, b"\0\1i", id="QoS without a will"),
        pytest.param(0x20, b"\0\1i", id="retain without a will"),
        pytest.param(0x14, b"\0\1i\0\1t\0\1p", id="will with QoS 2"),
        pytest.param(0x40, b"\0\1i\0\1p", id="password without a user"),
        pytest.param(0x02, b"\0\1ix", id="more than it should have"),
        pytest.param(0x02, b"\0\5i", id="shorter than it says"),
        pytest.param(0x02, b"\0\1\0", id="NUL"),
        pytest.param(0x02, b"\0\1\xff", id="not UTF-8"),
    ],
)
def test_a_connect_that_contradicts_itself_is_refused(flags: int, rest: bytes) -> None:
    with pytest.raises(MalformedPacket):
        _connect(flags, rest)


def test_another_protocol_is_refused() -> None:
    with pytest.raises(MalformedPacket, match="another protocol"):
        _connect(2, b"", b"\0\4HTTP")
