"""A whole conference through real processes comes to what its script should lead to."""

import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from hub.demo.crowd import start_of
from hub.demo.programme import DAY_MIN, MS_PER_MIN
from tests.demo.came_to import CameTo, Should, should
from tests.demo.running import EXAMPLE, running
from tests.harness.ports import free_port
from tests.waiting import wait_until

pytestmark = [pytest.mark.processes, pytest.mark.xdist_group("demo")]
FULL_VARIABLE: Final = "FOYER_DEMO_SCALE"
SEED: Final = 1
QUICK_SPEED: Final = 3_000
QUICK_PEOPLE: Final = 40
QUICK_DAY_S_MAX: Final = 120.0
FULL_S_MAX: Final = 900.0
MORNING_MIN: Final = 24 * 60 + 20
"""Minutes from the opening to twenty past eight next morning."""
BY_TAP: Final = ("welcome", "coffee-lover", "bacon-lover", "sponsor-tour")


def test_a_quick_day_counts_every_tap_once(tmp_path: Path) -> None:
    """A few dozen people in half a minute: so fast that stays blur, but no tap may."""
    example = tmp_path / "example"
    shutil.copytree(EXAMPLE, example)
    rows = (EXAMPLE / "people.csv").read_text("utf-8").splitlines()
    (example / "people.csv").write_text("\n".join(rows[: QUICK_PEOPLE + 1]) + "\n", "utf-8")
    options = ("--speed", str(QUICK_SPEED), "--example", str(example))
    _runs(tmp_path, options, DAY_MIN, QUICK_DAY_S_MAX, should(example, SEED), _check_taps)


@pytest.mark.timeout(FULL_S_MAX + 300)
def test_a_conference_at_the_default_speed_comes_to_what_it_should(tmp_path: Path) -> None:
    """150 people, a day, a night, and the recovery kits next morning: eight minutes."""
    if os.environ.get(FULL_VARIABLE) != "full":
        pytest.skip(f"takes eight minutes: part of make sim, or set {FULL_VARIABLE}=full")
    _runs(tmp_path, (), MORNING_MIN, FULL_S_MAX, should(EXAMPLE, SEED), _check_all)


def _runs(
    folder: Path,
    options: tuple[str, ...],
    until_min: int,
    within_s: float,
    what: Should,
    check: Callable[[CameTo, Should], None],
) -> None:
    """Run until a minute of the venue's time, let all be delivered, compare."""
    data = folder / "data"
    with running("--data", str(data), "--port", str(free_port()), *options) as demo:
        came = CameTo(data)
        with came.store:
            clock = came.home.clock()
            until_ms = start_of(what.venue) + until_min * MS_PER_MIN
            wait_until(
                lambda: clock.wall_ms() >= until_ms or demo.ended, within_s, "the day to be over"
            )
            assert not demo.ended, demo.said
            total = sum(what.expected.taps.values())
            wait_until(lambda: came.taps().total() == total, what="all taps to arrive")
            wait_until(lambda: not came.open_actions(), what="every action to be settled")
            wait_until(lambda: not came.offline(), what="every edge to be online")
            check(came, what)
        demo.interrupt()


def _check_taps(came: CameTo, what: Should) -> None:
    expected = what.expected
    assert came.taps() == expected.taps
    for rule in BY_TAP:
        assert came.decided(rule).keys() == expected.fired[rule].keys(), rule
    assert came.tagged("coffee-lover") == expected.who("coffee-lover")
    assert came.tagged("bacon-lover") == expected.who("bacon-lover")
    assert came.in_draw("grand-prize") == what.consenting("rewards") & expected.who("sponsor-tour")
    photographed = expected.fired["photo-colour"]
    decided = came.decided("photo-colour")
    assert {badge: len(times) for badge, times in decided.items()} == {
        badge: len(times) for badge, times in photographed.items()
    }
    assert came.fired("photo-colour") <= what.consenting("lights") & photographed.keys()
    for pool in ("coffee-card", "bacon-card"):
        assert came.rewards()[pool] == what.rewards[pool], pool
    assert came.store.quarantine.counts() == {}
    assert came.dead_letters() == 0


def _check_all(came: CameTo, what: Should) -> None:
    _check_taps(came, what)
    tracked = what.consenting("presence")
    assert came.decided("recovery-kit").keys() == tracked & what.expected.who("recovery-kit")
    assert came.rewards()["recovery-kit"] == tracked & what.rewards["recovery-kit"]
