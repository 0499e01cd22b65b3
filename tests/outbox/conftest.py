from collections.abc import Iterator

import pytest

from tests.outbox.recording import Desk


@pytest.fixture
def desk() -> Iterator[Desk]:
    """A worker that runs."""
    desk = Desk()
    desk.worker.start()
    yield desk
    desk.connector.open.set()
    desk.worker.stop()
    assert desk.connector.runs == 0
