"""One running site for each worker: the real application in a process of its own."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from hub.store import Store
from tests.databases import database_url, postgres, sqlite_template
from tests.web.rules_world import RulesSite, running
from tests.web.serve import PASSWORD
from tests.web.world import EVENT

__all__ = ["PASSWORD", "database_url", "postgres", "sqlite_template"]

ROOT = Path(__file__).resolve().parents[2]
STOP_S_MAX = 10.0


@dataclass(frozen=True, slots=True)
class Site:
    """Where it runs, what lies behind it, and the links of the people in it."""

    base: str
    folder: Path
    links: dict[str, str]

    @property
    def people(self) -> list[str]:
        """Everybody, in the order in which they were seeded."""
        return list(self.links)

    @contextmanager
    def client(self, account: str | None = None) -> Iterator[httpx.Client]:
        """Open a browser-like client, signed in when ``account`` is given."""
        headers = {"Origin": self.base}
        with httpx.Client(base_url=self.base, headers=headers, timeout=30) as client:
            if account is not None:
                body = {"name": account, "password": PASSWORD}
                answer = client.post("/api/v1/session", json=body)
                assert answer.status_code == 200, answer.text
            yield client


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    folder = tmp_path_factory.mktemp("site")
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.web.serve", str(folder)],
        cwd=ROOT, stdout=subprocess.PIPE, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        told = json.loads(process.stdout.readline())
        yield Site(f"http://127.0.0.1:{told['port']}", folder, told["links"])
        process.terminate()
        try:
            process.wait(STOP_S_MAX)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@pytest.fixture(scope="session")
def store(site: Site) -> Iterator[Store]:
    with Store(f"sqlite:///{site.folder / 'foyer.db'}", EVENT) as opened:
        yield opened


@pytest.fixture(scope="session")
def organiser(site: Site) -> Iterator[httpx.Client]:
    with site.client("olga") as client:
        yield client


@pytest.fixture(scope="session")
def staff(site: Site) -> Iterator[httpx.Client]:
    with site.client("staff") as client:
        yield client


@pytest.fixture(scope="session")
def dj(site: Site) -> Iterator[httpx.Client]:
    with site.client("dj") as client:
        yield client


@pytest.fixture
def anybody(site: Site) -> Iterator[httpx.Client]:
    with site.client() as client:
        yield client


@pytest.fixture(scope="session")
def rules_site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RulesSite]:
    """A site with an engine behind it, whose rules are changed by tests."""
    with running(tmp_path_factory.mktemp("rules") / "data") as site:
        yield site
