"""An edge is as it said last; the will of an earlier session says nothing of a live one."""

from typing import Any

import msgspec
import pytest

from contract.codec import encode
from contract.envelope import Health
from contract.topics import up
from hub.engine.items import Arrived
from tests.databases import EVENT
from tests.engine.parts import OPENS_MS, Hub


def said(hub: Hub, session: int, alive: bool, **figures: Any) -> None:
    """Let the edge say how it is."""
    health = Health(session=session, alive=alive, **figures)
    hub.run(Arrived(up(EVENT, "pi", "health"), encode(health), OPENS_MS))


def known(hub: Hub) -> tuple[int, bool, int]:
    """Session, whether it is alive, and how many rows wait in its outbox."""
    state = hub.store.devices.health()["pi"]
    health = msgspec.json.decode(state.body, type=Health)
    assert (health.session, health.alive) == (state.session, state.alive)
    return state.session, state.alive, health.outbox_rows


def test_the_will_of_an_earlier_session_is_not_believed(hub: Hub) -> None:
    said(hub, 1, True)
    said(hub, 2, True, outbox_rows=7)
    said(hub, 1, False)
    assert known(hub) == (2, True, 7)


@pytest.mark.parametrize("session", [2, 3])
def test_a_will_keeps_the_figures_that_were_said_last(quick_hub: Hub, session: int) -> None:
    said(quick_hub, 2, True, outbox_rows=7)
    said(quick_hub, session, False)
    assert known(quick_hub) == (session, False, 7)
    said(quick_hub, session + 1, True, outbox_rows=1)
    assert known(quick_hub) == (session + 1, True, 1)


def test_a_restart_of_the_hub_changes_neither(quick_hub: Hub) -> None:
    said(quick_hub, 2, True, outbox_rows=7)
    quick_hub.make_engine()
    said(quick_hub, 1, False)
    assert known(quick_hub) == (2, True, 7)
    quick_hub.make_engine()
    said(quick_hub, 2, False)
    assert known(quick_hub) == (2, False, 7)
