"""Each action goes to its connector; one without a connector is told so."""

from contract.clock import ManualClock
from hub.outbox.dispatcher import Dispatcher, RewardDesk
from hub.outbox.pending import Report, Settlement
from integrations.port import Connector, StopConnector
from tests.outbox.recording import RecordingConnector, pending
from tests.waiting import wait_until


def dispatcher(*connectors: Connector) -> tuple[Dispatcher, list[Report]]:
    reports: list[Report] = []
    clock = ManualClock(0, speed=10_000.0)
    return Dispatcher(connectors, clock, reports.append, lambda *_: True), reports


def test_each_to_its_own() -> None:
    lights, push = RecordingConnector("lights"), RecordingConnector("push")
    dispatch, reports = dispatcher(lights, push, RewardDesk())
    dispatch.start()
    dispatch.submit(
        [
            pending("l"),
            pending("p", connector="push"),
            pending("r", connector="reward", body={"pool": "card", "index": 3}),
            pending("x", connector="smoke"),
        ]
    )
    wait_until(lambda: len(reports) == 4)
    ends = {report.key: report for report in reports if isinstance(report, Settlement)}
    assert (lights.keys, push.keys) == (["l"], ["p"])
    assert (ends["r"].outcome, ends["r"].detail) == ("done", "reward 3 of card")
    assert (ends["x"].outcome, ends["x"].detail) == ("dropped", "no connector smoke is configured")
    dispatch.confirm("lights", "l")
    dispatch.confirm("smoke", "x")
    dispatch.stop()
    assert (lights.runs, push.runs) == (0, 0)


def test_a_connector_that_stands_still_holds_up_no_other() -> None:
    lights, push = RecordingConnector("lights"), RecordingConnector("push")
    dispatch, reports = dispatcher(lights, push)
    lights.answers["a"] = [StopConnector("key refused")]
    dispatch.start()
    dispatch.submit([pending("a")])
    wait_until(dispatch.stopped)
    assert dispatch.stopped() == {"lights": "key refused"}
    dispatch.submit([pending("b"), pending("p", connector="push")])
    wait_until(lambda: [r.key for r in reports if isinstance(r, Settlement)] == ["p"])
    dispatch.stop()
    assert lights.keys == ["a"]


def test_a_reward_overwrites_nothing() -> None:
    assert RewardDesk().coalesce_key({"pool": "card", "index": 1}) is None
