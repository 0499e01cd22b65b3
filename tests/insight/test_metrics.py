"""What Prometheus reads is what the store holds; labels name no person and are bounded."""

from collections import Counter

from prometheus_client.parser import text_string_to_metric_families

from contract.clock import ManualClock
from hub.core.outcome import Decision
from hub.insight.metrics import KEPT_MS, METRICS, OTHER, VALUES_MAX, Metrics, _bounded
from hub.store import Group, LogRow, Store
from tests.insight.made import ENTERED, START_MS, TAPPED, Made, register

Labels = frozenset[tuple[str, str]]


def scraped(metrics: Metrics) -> dict[str, dict[Labels, float]]:
    found: dict[str, dict[Labels, float]] = {}
    for family in text_string_to_metric_families(metrics.text().decode()):
        for sample in family.samples:
            found.setdefault(family.name, {})[frozenset(sample.labels.items())] = sample.value
    return found


def labels(**named: str) -> Labels:
    return frozenset(named.items())


def test_every_metric_is_there_and_right(made: Made) -> None:
    register(made.store, 4)
    made.store.devices.report_health("pi-coffee", 1, True, b'{"outbox_rows": 7}', START_MS)
    made.store.devices.report_health("pi-stray", 1, True, b"not JSON", START_MS)
    found = scraped(Metrics(made.store, ManualClock(0)))
    assert set(found) == set(METRICS)
    decided = Counter(
        (d.rule if d.rule != "old" else OTHER, d.outcome, d.because) for d in made.decisions
    )
    assert found["foyer_decisions"] == {
        labels(rule=rule, outcome=outcome, because=because): number
        for (rule, outcome, because), number in decided.items()
    }
    visits = Counter(visit.place for visit in made.visits)
    assert found["foyer_visits"] == {
        labels(place=place): visits[place] for place in (*TAPPED, *ENTERED)
    }
    assert found["foyer_rewards_left"][labels(pool="card")] == 20 + made.returned
    assert found["foyer_rewards_left"][labels(pool="cup")] == 5
    assert found["foyer_rewards"][labels(pool="card", status="redeemed")] == len(made.redeemed)
    assert found["foyer_people_registered"] == {labels(): 4}
    assert found["foyer_people_present"] == {
        labels(place=place): 0 for place in (*TAPPED, *ENTERED)
    }
    assert found["foyer_audience_members"] == {
        labels(audience="fans"): 11, labels(audience="nobody"): 0,
    }  # fmt: skip
    assert found["foyer_edge_alive"] == {labels(edge="pi-coffee"): 1}
    assert found["foyer_edge_outbox_rows"][labels(edge="pi-coffee")] == 7
    assert sum(found["foyer_actions"].values()) == 90
    text = Metrics(made.store, ManualClock(0)).text().decode()
    assert not [person for person in (f"p{n:02}" for n in range(12)) if f'"{person}"' in text]


def test_visits_are_counted_on_and_the_text_is_kept_for_a_moment(made: Made) -> None:
    clock = ManualClock(0)
    metrics = Metrics(made.store, clock)
    coffee = labels(place="coffee")
    before = scraped(metrics)["foyer_visits"][coffee]
    pos = int(scraped(metrics)["foyer_log_position"][labels()]) + 1
    body = b'{"event":"tapped","badge":"b","place":"coffee","at_ms":1}'
    made.store.commit(Group(log=[LogRow(pos, "x", "p00", "tapped", 1, 1, body)]))
    assert scraped(metrics)["foyer_visits"][coffee] == before
    clock.advance(KEPT_MS)
    assert scraped(metrics)["foyer_visits"][coffee] == before + 1
    assert scraped(metrics)["foyer_log_position"][labels()] == pos


def test_before_anything_is_published(empty: Store) -> None:
    empty.commit(Group(decisions=[Decision("d", "r", 1, None, None, 1, "fired", "so")]))
    found = scraped(Metrics(empty, ManualClock(0)))
    assert found["foyer_decisions"] == {labels(rule=OTHER, outcome="fired", because=""): 1}
    assert found["foyer_people_registered"] == {labels(): 0}


def test_what_no_document_bounds_is_bounded() -> None:
    many = {(f"connector-{n:03}", "done"): 1 for n in range(VALUES_MAX + 9)}
    bounded = _bounded(many)
    assert len(bounded) == VALUES_MAX + 1
    assert bounded[OTHER, "done"] == 9
