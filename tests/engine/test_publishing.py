"""A version of the venue that is published counts what those inside have stayed before it."""

from pathlib import Path
from typing import Any, Final, Literal

import pytest

from hub.core import events as ev
from tests.core.fold import rule
from tests.engine.hub import Hub, at_ms, stored

DWELL: Final[dict[str, Any]] = {"kind": "dwell", "place": "stage", "at_least": "45min"}


def moved(kind: Literal["entered", "left"], minute: int) -> ev.Moved:
    return ev.Moved("ann", "stage", kind, at_ms(minute))


@pytest.mark.parametrize("restart", [False, True])
def test_people_inside_are_read_for_it_when_they_are_not_in_memory(
    tmp_path: Path, restart: bool
) -> None:
    with stored(tmp_path) as store:
        hub = Hub(store)
        hub.publish(0)
        for event in (moved("entered", 0), moved("left", 30), moved("entered", 100)):
            hub.tell(event)
        if restart:
            hub = Hub(store)
            assert "ann" not in hub.memory.people
        hub.publish(101, rule(DWELL))
        hub.sweep(101)
        (timer,) = store.load_engine().timers
        assert (timer.person, timer.due_ms) == ("ann", at_ms(115))
        hub.publish(102)
        hub.sweep(102)
        hub.fall_due(timer)
        assert store.load_engine().timers == []
        assert store.views.decisions() == []
