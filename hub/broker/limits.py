"""Every bound of the broker has one name, one unit and one place."""

from typing import Final

PACKET_BYTES_MAX: Final = 262_144
"""A client that announces a larger packet is disconnected before the packet is read.

Four times the largest payload of the wire protocol, so that the hub can still say what was wrong
with one that is a little too long.
"""

CONNECTIONS_MAX: Final = 1_000
"""Connections at one time; one more is closed at once."""

STRANGERS_MAX: Final = 100
"""Connections that have not yet said who they are; one more, and the oldest of them is closed."""

CONNECT_S_MAX: Final = 5.0
"""Time a new connection has to say who it is, and the broker program to take it in."""

FAREWELL_S_MAX: Final = 2.0
"""Time the broker program has to read what a client sent last."""

KEEPALIVE_FACTOR: Final = 1.5
"""A client silent for this many of its own keep-alive intervals is gone (MQTT 3.1.1, 3.1.2.10)."""

SILENCE_S_MAX: Final = 600.0
"""A client that declared no keep-alive interval may be silent this long."""

CLIENT_ID_CHARS_MAX: Final = 128
TOPICS_REMEMBERED_MAX: Final = 1_024
"""Topics for which a connection remembers whether it may publish."""
FILTERS_MAX: Final = 64
"""Topic filters in one SUBSCRIBE."""
SUBSCRIBES_PENDING_MAX: Final = 64
"""SUBSCRIBE packets of one client that are not yet answered."""

DEVICES_POLL_S: Final = 0.25
"""How often the device file is looked at."""
SWEEP_S: Final = 0.5
"""How often silent connections are looked for."""
PROBE_S: Final = 2.0
"""How often the broker program is asked whether it still answers."""
PROBE_ANSWER_S_MAX: Final = 3.0
"""Time it has to answer."""
PROBE_FAILURES_MAX: Final = 2
"""So many unanswered probes in a row end the process, for its supervisor to start it again."""

INFLIGHT_MESSAGES_MAX: Final = 100
"""QoS 1 messages sent to one client and not yet acknowledged."""
SEGMENT_BYTES: Final = 4_194_304
SEGMENTS_MAX: Final = 8
"""A filter's log holds so many segments (32 MiB); then the oldest goes, read or not."""

QUEUED_MESSAGES_MAX: Final = 20_000
"""Mosquitto: QoS 1 messages waiting for one client that is away or slow."""
QUEUED_BYTES_MAX: Final = 33_554_432
"""Mosquitto: the same in bytes."""

START_S_MAX: Final = 10.0
"""Time Mosquitto has to accept its first connection."""
STOP_S_MAX: Final = 5.0
"""Time Mosquitto has to write its store and end."""
