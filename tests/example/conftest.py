"""The example as a newcomer gets it: its document, its people, a day of its crowd."""

from pathlib import Path

import msgspec
import pytest
import yaml

from hub.core.document import Venue
from hub.demo.crowd import generate, start_of
from hub.demo.people import Attendee, read_people
from hub.demo.script import Script

MARTECH = Path(__file__).resolve().parents[2] / "examples" / "martech"
SEED = 7


@pytest.fixture(scope="session")
def venue() -> Venue:
    text = (MARTECH / "venue.yaml").read_text(encoding="utf-8")
    return msgspec.convert(yaml.safe_load(text), Venue)


@pytest.fixture(scope="session")
def people() -> list[Attendee]:
    return read_people(MARTECH / "people.csv")


@pytest.fixture(scope="session")
def script(venue: Venue, people: list[Attendee]) -> Script:
    return generate(venue, people, SEED, start_of(venue))
