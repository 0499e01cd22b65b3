"""A hub that speaks the protocol and nothing else: what it has it keeps in a dictionary."""

import threading
import time
from collections import Counter
from dataclasses import dataclass, field

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion

from contract import codec, topics
from contract.envelope import (
    Batch,
    ClockReply,
    ClockRequest,
    Committed,
    Desired,
    Health,
    HubState,
    Reported,
    StreamPosition,
)
from contract.readings import Gap, Record, Sighting, Tap
from edge.link.spans import union
from edge.outbox import Span
from tests.waiting import wait_until

EVENT = "conf"


@dataclass
class Stream:
    """One stream of an edge: records by sequence number, and numbers given up."""

    records: dict[int, Record] = field(default_factory=dict)
    gaps: set[int] = field(default_factory=set)

    @property
    def position(self) -> StreamPosition:
        spans = union(Span(n, n) for n in (*self.records, *self.gaps))
        if spans and spans[0].first == 1:
            return StreamPosition(spans[0].last, [(s.first, s.last) for s in spans[1:]])
        return StreamPosition(0, [(s.first, s.last) for s in spans])


class ScriptedHub:
    """Takes batches of one edge; commits at once, unless ``committing`` is off."""

    def __init__(self, port: int, secret: str, edge: str = "pi", username: str = "hub") -> None:
        self._username = username
        self._edge = edge
        self._lock = threading.RLock()
        self._session = 0
        self.port = port
        self.secret = secret
        self.committing = True
        self.clock_offset_ms: int | None = 0
        self.streams: dict[str, Stream] = {}
        self.batches: list[Batch] = []
        self.health: list[Health] = []
        self.reported: list[Reported] = []
        self.clock_requests: list[ClockRequest] = []
        self.wrong: list[str] = []

    def start(self, *, alive: bool = True) -> None:
        self._client = mqtt.Client(CallbackAPIVersion.VERSION2, client_id=f"hub-{id(self)}")
        self._client.username_pw_set(self._username, self.secret)
        self._client.on_message = self._message
        self._client.on_connect = self._connected
        self._client.connect("127.0.0.1", self.port)
        self._client.loop_start()
        wait_until(self._client.is_connected, what="hub connected")
        self.say(alive=alive)

    def stop(self) -> None:
        self._client.disconnect()
        self._client.loop_stop()

    def say(self, *, alive: bool, anew: bool = True) -> None:
        self._session += anew
        state = HubState(session=self._session, alive=alive)
        self._publish(topics.hub_state(EVENT), codec.encode(state))

    def desire(self, desired: Desired) -> None:
        self._publish(topics.down(EVENT, self._edge, "desired"), codec.encode(desired))

    def commit(self) -> None:
        """Tell the edge what is here."""
        with self._lock:
            streams = {name: stream.position for name, stream in self.streams.items()}
        message = codec.encode(Committed(streams=streams))
        self._publish(topics.down(EVENT, self._edge, "committed"), message)

    def records(self) -> list[Record]:
        with self._lock:
            return [r for s in self.streams.values() for _, r in sorted(s.records.items())]

    def taps(self) -> list[Tap]:
        return [record for record in self.records() if isinstance(record, Tap)]

    def sightings(self) -> list[Sighting]:
        return [record for record in self.records() if isinstance(record, Sighting)]

    def gaps(self) -> list[Gap]:
        return [record for record in self.records() if isinstance(record, Gap)]

    def badges(self) -> Counter[str]:
        return Counter(tap.badge for tap in self.taps())

    def _publish(self, topic: str, payload: bytes) -> None:
        self._client.publish(topic, payload, qos=1, retain=True)

    def _connected(self, client: mqtt.Client, *_rest: object) -> None:
        client.subscribe([(topics.up_all(EVENT, lane), 1) for lane in topics.UP_LANES])

    def _message(self, _client: mqtt.Client, _user: object, message: mqtt.MQTTMessage) -> None:
        try:
            self._take(topics.parse_up(message.topic).lane, bytes(message.payload))
        except Exception as error:  # noqa: BLE001 - a thread of paho; the test looks here
            self.wrong.append(repr(error))

    def _take(self, lane: str, payload: bytes) -> None:
        if lane in ("taps", "sightings"):
            self._batch(codec.decode(payload, Batch))
        elif lane == "health":
            self.health.append(codec.decode(payload, Health))
        elif lane == "reported":
            self.reported.append(codec.decode(payload, Reported))
        else:
            self._clock(codec.decode(payload, ClockRequest))

    def _batch(self, batch: Batch) -> None:
        with self._lock:
            self.batches.append(batch)
            if not self.committing:
                return
            self._keep(batch)
        self.commit()

    def _keep(self, batch: Batch) -> None:
        stream = self.streams.setdefault(batch.stream, Stream())
        for number, record in enumerate(batch.records, batch.first):
            known = stream.records.setdefault(number, record)
            if known != record:
                self.wrong.append(f"{batch.stream} {number}: {known} became {record}")
            if isinstance(record, Gap):
                lost = self.streams.setdefault(record.stream, Stream())
                lost.gaps.update(range(record.first, record.last + 1))

    def _clock(self, request: ClockRequest) -> None:
        self.clock_requests.append(request)
        if self.clock_offset_ms is not None:
            reply = ClockReply(
                boot=request.boot,
                boot_ms=request.boot_ms,
                hub_ms=time.time_ns() // 1_000_000 + self.clock_offset_ms,
            )
            payload = codec.encode(reply)
            self._client.publish(topics.down(EVENT, self._edge, "clock"), payload, qos=1)
