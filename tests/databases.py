"""One suite runs on both databases: ``database_url`` gives each test a fresh one, tables made.

PostgreSQL is a private server on a socket of its own, or, when ``FOYER_TEST_POSTGRES_URL`` is set,
that server, where the tests make databases of their own and drop them.
"""

import os
import shutil
import subprocess
import tempfile
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from hub.store import Store
from tests import needs
from tests.waiting import wait_until

EVENT = "demo"
KINDS = ("sqlite", "postgres")
URL_VARIABLE = "FOYER_TEST_POSTGRES_URL"
_OWNER = "postgres"
QUICK_SETTINGS = (
    "fsync=off",
    "full_page_writes=off",
    "synchronous_commit=off",
    "shared_buffers=32MB",
)


@dataclass(frozen=True, slots=True)
class Postgres:
    """A PostgreSQL server on which databases can be made."""

    url: str
    """Address of its maintenance database."""
    template: str = ""

    def create(self, template: str = "template1") -> str:
        """Make a database and return its name."""
        name = f"foyer_{uuid.uuid4().hex[:12]}"
        self._run(
            sql.SQL("CREATE DATABASE {} TEMPLATE {}").format(
                sql.Identifier(name), sql.Identifier(template)
            )
        )
        return name

    def drop(self, name: str) -> None:
        """Drop a database, whoever is connected to it."""
        self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def url_of(self, name: str) -> str:
        """Return the address of one of its databases."""
        address, mark, options = self.url.partition("?")
        return f"{address.rpartition('/')[0]}/{name}{mark}{options}"

    def _run(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(statement)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "template.sqlite"
    make_tables(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    given = os.environ.get(URL_VARIABLE)
    if given:
        yield from _with_template(Postgres(given))
        return
    programs = needs.postgres()
    memory = Path("/dev/shm")  # noqa: S108 - a private folder in memory, where copying is quick
    parent = memory if os.access(memory, os.W_OK) else None
    folder = Path(tempfile.mkdtemp(prefix="foyer-pg-", dir=parent))
    try:
        with private_server(programs, folder) as url:
            yield from _with_template(Postgres(url))
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=KINDS)
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a fresh database with tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "foyer.sqlite"
        shutil.copy(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: Postgres = request.getfixturevalue("postgres")
    yield from _database(server, server.template)


@pytest.fixture(params=KINDS)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Address of a fresh database without tables, once on SQLite and once on PostgreSQL."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'foyer.sqlite'}"
        return
    yield from _database(request.getfixturevalue("postgres"), "template1")


class private_server:  # noqa: N801 - a context manager reads like a function
    """A PostgreSQL server in ``folder``, reachable through a socket there, until the block ends."""

    def __init__(
        self, programs: Path, folder: Path, settings: tuple[str, ...] = QUICK_SETTINGS
    ) -> None:
        self._programs = programs
        self._settings = settings
        self._folder = folder
        self._data = folder / "data"
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> str:
        if os.geteuid() == 0:
            shutil.chown(self._folder, _OWNER, _OWNER)
        made = [str(self._programs / "initdb"), "-D", str(self._data), "-U", "foyer", "-A", "trust"]
        subprocess.run(
            [*_as_owner(), *made, "--no-sync", "-E", "UTF8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip
        settings = (*self._settings, "listen_addresses=", "max_connections=200")
        options = [part for setting in settings for part in ("-c", setting)]
        server = [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self._folder)]
        self._process = subprocess.Popen(
            [*_as_owner(), *server, *options],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=self._folder,
        )  # fmt: skip
        url = f"postgresql://foyer@/postgres?host={self._folder}"
        wait_until(lambda: self._answers(url), 30, "PostgreSQL to answer")
        return url

    def __exit__(self, *_: object) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    def _answers(self, url: str) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, "PostgreSQL did not start"
        try:
            psycopg.connect(url).close()
        except psycopg.OperationalError:
            return False
        return True


def make_tables(url: str) -> None:
    """Bring the database at ``url`` to the newest tables, and leave no connection to it."""
    store = Store(url, EVENT)
    store.start(migrate=True)
    store.stop()


def _as_owner() -> list[str]:
    if os.geteuid() != 0:
        return []
    return ["setpriv", f"--reuid={_OWNER}", f"--regid={_OWNER}", "--clear-groups", "--"]


def _with_template(server: Postgres) -> Iterator[Postgres]:
    name = server.create()
    try:
        make_tables(server.url_of(name))
        yield Postgres(server.url, name)
    finally:
        server.drop(name)


def _database(server: Postgres, template: str) -> Iterator[str]:
    name = server.create(template)
    yield server.url_of(name)
    server.drop(name)
