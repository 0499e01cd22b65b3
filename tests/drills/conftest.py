"""Each drill prints its seed, and a failed one shows what every process said last."""

import os
import random
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import pytest

from hub.core import document as doc
from tests import needs
from tests.harness.installation import Installation

SEED_VARIABLE = "FOYER_SEED"
SEEDS_VARIABLE = "FOYER_SEEDS"
SCALE_VARIABLE = "FOYER_DRILL_SCALE"
FULL = 3
"""What the scale ``full`` means."""
INSTALLATIONS = pytest.StashKey[list[Installation]]()

Install = Callable[..., Installation]


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Hold each drill that has a seed as often as the environment asks for."""
    if "seed" in metafunc.fixturenames:
        runs = range(int(os.environ.get(SEEDS_VARIABLE, "1")))
        metafunc.parametrize("seed", runs, indirect=True, ids=[f"run-{n + 1}" for n in runs])


@pytest.fixture
def seed(request: pytest.FixtureRequest) -> int:
    """The seed of a drill: a new one, or that of the environment."""
    given = os.environ.get(SEED_VARIABLE)
    chosen = int(given) if given else random.SystemRandom().randrange(2**32)
    print(f"{SEED_VARIABLE}={chosen}")  # noqa: T201 - with it a drill can be held again
    request.node.add_report_section("setup", "seed", f"{SEED_VARIABLE}={chosen}")
    return chosen


@pytest.fixture
def scale() -> int:
    """How many times larger than for ``make test`` the drills are."""
    given = os.environ.get(SCALE_VARIABLE, "1")
    return FULL if given == "full" else int(given)


@pytest.fixture(params=["embedded", "mosquitto"])
def broker_kind(request: pytest.FixtureRequest) -> str:
    if request.param == "mosquitto":
        needs.mosquitto()
    return str(request.param)


@pytest.fixture
def install(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Install]:
    """Make installations that are ended with the test, and whose logs a failure shows."""
    made: list[Installation] = []
    request.node.stash[INSTALLATIONS] = made

    def make(venue: doc.Venue, **more: Any) -> Installation:
        installation = Installation(tmp_path / f"data-{len(made)}", venue, **more)
        made.append(installation)
        return installation

    yield make
    for installation in made:
        installation.stop()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if report.failed and call.when == "call":
        for installation in item.stash.get(INSTALLATIONS, []):
            report.sections += installation.logs()
    return report
