"""Both brokers, each test with one of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from hub.broker.settings import KINDS, Kind
from tests import needs
from tests.broker.client import Client, connect
from tests.broker_process import BrokerHandle, start_broker

_MARKS = {"embedded": (), "mosquitto": (pytest.mark.needs_mosquitto,)}


@pytest.fixture(params=[pytest.param(kind, marks=_MARKS[kind]) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    if chosen == "mosquitto":
        needs.mosquitto()
    return chosen


@pytest.fixture
def broker(kind: Kind, tmp_path: Path) -> Iterator[BrokerHandle]:
    handle = start_broker(kind, tmp_path)
    yield handle
    handle.stop()


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[BrokerHandle]:
    handle = start_broker("embedded", tmp_path)
    yield handle
    handle.stop()


@pytest.fixture
def hub(broker: BrokerHandle) -> Iterator[Client]:
    """The engine, reading all that edges send."""
    secret = broker.add_device("engine", "hub")
    with connect(broker, "engine", secret) as client:
        client.subscribe("foyer/demo/+/up/+")
        yield client


@pytest.fixture
def edge(broker: BrokerHandle) -> Iterator[Client]:
    """The edge called ``stage``."""
    secret = broker.add_device("stage")
    with connect(broker, "stage", secret) as client:
        yield client
