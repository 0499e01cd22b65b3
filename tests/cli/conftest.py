import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.cli.recorded import done, replayed


@pytest.fixture(scope="session")
def kept(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], Path]:
    """What came of the morning, and the installation that was kept."""
    folder = tmp_path_factory.mktemp("morning")
    return replayed(folder, "--keep", folder / "kept"), folder / "kept"


@pytest.fixture
def morning(kept: tuple[dict[str, Any], Path], tmp_path: Path) -> Path:
    """A copy of that installation, stopped, for one test."""
    return Path(shutil.copytree(kept[1], tmp_path / "morning"))


@pytest.fixture
def fresh(tmp_path: Path) -> Path:
    """An installation of the example conference whose engine has not run yet."""
    data = tmp_path / "fresh"
    venue = Path(__file__).parents[2] / "examples" / "martech" / "venue.yaml"
    done("init", "--venue", venue, "--data", data)
    return data
