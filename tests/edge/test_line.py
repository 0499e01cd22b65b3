"""The whole way of a tap: reader, outbox, broker, hub, and back as a watermark."""

from pathlib import Path

import pytest

from tests.edge.agents import running
from tests.edge.broker import Mosquitto
from tests.edge.hub import ScriptedHub
from tests.waiting import wait_until

pytestmark = pytest.mark.needs_mosquitto


def test_a_tap_arrives_and_is_forgotten_once_committed(
    broker: Mosquitto, hub: ScriptedHub, tmp_path: Path
) -> None:
    with running(broker.port, tmp_path / "pi") as pi:
        pi.reader.tap("b1")
        wait_until(lambda: hub.badges() == {"b1": 1}, what="the tap")
        wait_until(lambda: hub.health and hub.health[-1].outbox_rows == 0, what="an empty outbox")
        assert hub.health[-1].alive
