"""What a client sends goes on only as far as its rights go; the rest is replaced, never dropped.

A refused PUBLISH becomes one to a topic that nobody may read, a refused filter one on which nobody
may publish. So the broker program still answers every packet, in order, and the gate never has to
speak in between. No socket and no clock is known here.
"""

from collections import deque
from typing import Final

from hub.broker import packets, writing
from hub.broker.errors import MalformedPacket
from hub.broker.limits import SUBSCRIBES_PENDING_MAX, TOPICS_REMEMBERED_MAX
from hub.broker.packets import Frame
from hub.broker.rights import DeviceRights

REFUSED_PUBLISH: Final = "refused/publish"
REFUSED_SUBSCRIBE: Final = "refused/subscribe"


class Gate:
    """The two directions of one authenticated client's packets."""

    def __init__(self, username: str, rights: DeviceRights) -> None:
        self.said_goodbye = False
        """The client sent DISCONNECT: its will is void (MQTT 3.1.1, 3.14.4)."""
        self.refused = 0
        """Packets that went beyond the client's rights."""
        self._username = username
        self._rights = rights
        self._allowed: dict[bytes, bool] = {}
        self._subscribes: deque[tuple[bytes, frozenset[int]]] = deque()
        self._down = bytearray()

    def forget(self) -> None:
        """Ask the device table again from now on: it has changed."""
        self._allowed.clear()

    def up(self, data: bytearray) -> bytes:
        """Take whole packets off the front of ``data``; return what goes to the broker program.

        Raises:
            MalformedPacket: the client must be disconnected.
        """
        out, start, copied = bytearray(), 0, 0
        while not self.said_goodbye and (frame := packets.next_frame(data, start)) is not None:
            instead = self._judge(data, frame)
            if instead is not None:
                out += data[copied : frame.start] + instead
                copied = frame.end
            start = frame.end
        out += data[copied:start]
        del data[:start]
        return bytes(out)

    def down(self, data: bytes) -> bytes:
        """Return what goes to the client: whole packets, refusals marked in each SUBACK."""
        self._down += data
        start = 0
        while (frame := packets.next_frame(self._down, start)) is not None:
            if frame.kind == packets.SUBACK:
                self._mark_refusals(frame)
            start = frame.end
        out = bytes(self._down[:start])
        del self._down[:start]
        return out

    def _judge(self, data: bytearray, frame: Frame) -> bytes | None:
        packets.check_form(frame)
        if frame.kind == packets.PUBLISH:
            return self._judge_publish(data, frame)
        if frame.kind == packets.SUBSCRIBE:
            return self._judge_subscribe(data, frame)
        self.said_goodbye = frame.kind == packets.DISCONNECT
        return b"" if self.said_goodbye else None

    def _judge_publish(self, data: bytearray, frame: Frame) -> bytes | None:
        topic = packets.publish_topic(data, frame)
        allowed = self._allowed.get(topic)
        if allowed is None:
            allowed = self._remember(topic)
        if allowed:
            return None
        self.refused += 1
        qos = frame.flags >> 1 & 3
        packet_id = packets.publish_id(data, frame) if qos else b""
        return writing.make_publish(REFUSED_PUBLISH, b"", qos, packet_id)

    def _remember(self, topic: bytes) -> bool:
        try:
            allowed = self._rights.may_publish(self._username, topic.decode())
        except UnicodeDecodeError as error:
            raise MalformedPacket("a topic that is not UTF-8") from error
        if len(self._allowed) >= TOPICS_REMEMBERED_MAX:
            self._allowed.clear()
        self._allowed[topic] = allowed
        return allowed

    def _judge_subscribe(self, data: bytearray, frame: Frame) -> bytes | None:
        packet_id, wanted = packets.parse_subscribe(data, frame)
        refused = frozenset(
            index
            for index, (topic_filter, _) in enumerate(wanted)
            if not self._rights.may_subscribe(self._username, topic_filter)
        )
        if len(self._subscribes) >= SUBSCRIBES_PENDING_MAX:
            raise MalformedPacket("too many SUBSCRIBE packets at a time")
        self._subscribes.append((packet_id, refused))
        self.refused += len(refused)
        return writing.make_subscribe(
            packet_id,
            [
                (REFUSED_SUBSCRIBE if index in refused else topic_filter, min(qos, 1))
                for index, (topic_filter, qos) in enumerate(wanted)
            ],
        )

    def _mark_refusals(self, frame: Frame) -> None:
        packet_id = bytes(self._down[frame.body : frame.body + 2])
        while self._subscribes:
            expected, refused = self._subscribes.popleft()
            if expected == packet_id:
                for index in refused:
                    self._down[frame.body + 2 + index] = packets.SUBSCRIBE_REFUSED
                return
