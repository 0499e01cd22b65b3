"""Both brokers, each test with one of its own."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from hub.broker.settings import KINDS, Kind
from tests import needs
from tests.broker.client import Client, connect
from tests.broker_process import BrokerHandle, start_broker

_TAGS = count()
_MARKS = {"embedded": (), "mosquitto": (pytest.mark.needs_mosquitto,)}


@pytest.fixture(scope="session", params=[pytest.param(kind, marks=_MARKS[kind]) for kind in KINDS])
def kind(request: pytest.FixtureRequest) -> Kind:
    chosen: Kind = request.param
    if chosen == "mosquitto":
        needs.mosquitto()
    return chosen


@pytest.fixture(scope="session")
def broker(kind: Kind, tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerHandle]:
    """One broker for all tests that leave it as it was; each takes device names of its own."""
    handle = start_broker(kind, tmp_path_factory.mktemp(kind))
    yield handle
    handle.stop()


@pytest.fixture
def own_broker(kind: Kind, tmp_path: Path) -> Iterator[BrokerHandle]:
    """A broker that the test may stop."""
    handle = start_broker(kind, tmp_path)
    yield handle
    handle.stop()


@pytest.fixture(scope="session")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrokerHandle]:
    """The embedded broker, for what it alone promises."""
    handle = start_broker("embedded", tmp_path_factory.mktemp("embedded-only"))
    yield handle
    handle.stop()


@pytest.fixture
def tag() -> str:
    """A part of names that no other test uses."""
    return f"t{next(_TAGS)}"


@pytest.fixture
def stage(tag: str) -> str:
    """The name of an edge."""
    return f"stage-{tag}"


@pytest.fixture
def bar(tag: str) -> str:
    """The name of another edge."""
    return f"bar-{tag}"


@pytest.fixture
def hub(broker: BrokerHandle, stage: str, bar: str, tag: str) -> Iterator[Client]:
    """A process of the hub, reading all that the two edges send."""
    name = f"engine-{tag}"
    with connect(broker, name, broker.add_device(name, "hub")) as client:
        client.subscribe(f"foyer/demo/{stage}/up/+", f"foyer/demo/{bar}/up/+")
        yield client


@pytest.fixture
def edge(broker: BrokerHandle, stage: str) -> Iterator[Client]:
    """The edge called ``stage``."""
    with connect(broker, stage, broker.add_device(stage)) as client:
        yield client
