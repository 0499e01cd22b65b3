"""``foyer rebuild``: the log gives the same state and the same decisions, and nothing is sent."""

import sqlite3
from pathlib import Path

import pytest

from hub.config import read_config
from hub.home import Home
from tests.cli.recorded import done, foyer, refused, said

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("cli")]

GONE_OUT = ("SELECT * FROM action", "SELECT * FROM message", "SELECT * FROM reward_code")


def _sql(data: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(data / "foyer.db", isolation_level=None)
    try:
        return list(connection.execute(statement))
    finally:
        connection.close()


def test_what_is_stored_is_what_the_log_says(morning: Path) -> None:
    assert "events of the log give what is stored" in done("rebuild", "--check", "-d", morning)


@pytest.mark.parametrize(
    ("damage", "sentence"),
    [
        ("DELETE FROM person_state", "3 of 3 people differ"),
        ("DELETE FROM decision", "2 of 2 decisions differ"),
        ("UPDATE pool_state SET body = replace(body, '1', '4')", "1 of 1 pools differ"),
        ("DELETE FROM venue", "1 of 1 venues differ"),
        ("DELETE FROM lease", "3 of 3 leases differ"),
        ("UPDATE person_state SET body = 'broken'", "what is stored cannot be read"),
    ],
)
def test_what_was_lost_is_filled_again(morning: Path, damage: str, sentence: str) -> None:
    gone_out = [_sql(morning, statement) for statement in GONE_OUT]
    _sql(morning, damage)
    assert "foyer rebuild" in refused("rebuild", "--check", "-d", morning)
    assert sentence in done("rebuild", "-d", morning)
    assert "give what is stored" in done("rebuild", "--check", "-d", morning)
    assert [_sql(morning, statement) for statement in GONE_OUT] == gone_out
    assert said("why", "ada", "coffee-lover", "-d", morning)["answer"] == "fired"


def test_not_while_the_engine_runs(morning: Path) -> None:
    with Home(morning, read_config(morning)).only_one("engine"):
        assert "engine is running on" in refused("rebuild", "-d", morning)


def test_an_empty_log_is_fine(fresh: Path) -> None:
    assert "0 events" in foyer("rebuild", "--check", "-d", fresh).output
