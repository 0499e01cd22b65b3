"""One broker for each test, and a hub on it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.edge.agents import SECRETS
from tests.edge.broker import Mosquitto
from tests.edge.hub import ScriptedHub


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A real broker that refuses strangers."""
    mosquitto = Mosquitto(tmp_path / "mosquitto", SECRETS)
    mosquitto.start()
    yield mosquitto
    mosquitto.kill()


@pytest.fixture
def hub(broker: Mosquitto) -> Iterator[ScriptedHub]:
    """A live hub; all it was sent was as the protocol says."""
    scripted = ScriptedHub(broker.port, SECRETS["hub"])
    scripted.start()
    yield scripted
    scripted.stop()
    assert not scripted.wrong
