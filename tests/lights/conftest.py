from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lights.venue import Venue, venue


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Venue]:
    with venue(tmp_path) as found:
        yield found
