"""Each report is one or a few flat tables: for people, for spreadsheets. The first is its own.

Instants are ISO 8601 in UTC, durations whole seconds, shares 0 to 1 with four decimals.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hub.insight.flows import FlowsReport
from hub.insight.journeys import JourneysReport
from hub.insight.places import PlacesReport
from hub.insight.rewards import RewardsReport
from hub.insight.rules import RulesReport

Cell = str | int | float | None
Report = RulesReport | RewardsReport | PlacesReport | FlowsReport | JourneysReport


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table; every row has a cell for each column."""

    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def sheets_of(report: Report) -> dict[str, Sheet]:
    """Return the tables of a report by name, its own first."""
    match report:
        case RulesReport():
            return {"totals": _rules(report), "over-time": _rules_over_time(report)}
        case RewardsReport():
            return {
                "totals": _pools(report), "stands": _stands(report),
                "over-time": _pools_over_time(report),
            }  # fmt: skip
        case PlacesReport():
            return {"totals": _places(report), "over-time": _places_over_time(report)}
        case FlowsReport():
            return {"matrix": _matrix(report), "pairs": _pairs(report)}
        case _:
            return {"paths": _paths(report), "steps": _steps(report), "tree": _tree(report),
                    "bands": _bands(report)}  # fmt: skip


def instant(at_ms: int | None) -> str | None:
    """Write an instant: ``2026-11-12T08:30:00.000Z``."""
    if at_ms is None:
        return None
    written = datetime.fromtimestamp(at_ms / 1000, UTC).isoformat(timespec="milliseconds")
    return written.replace("+00:00", "Z")


def _seconds(length_ms: int | None) -> int | None:
    return None if length_ms is None else round(length_ms / 1000)


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


def _reasons(counted: dict[str, int]) -> str:
    return ", ".join(f"{name} {number}" for name, number in counted.items())


def _rules(report: RulesReport) -> Sheet:
    columns = (
        "rule", "stage", "fired", "shadow", "suppressed", "because", "done", "failed", "ended",
        "last_fired",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (r.rule, r.stage, r.fired, r.shadow, r.suppressed_total, _reasons(r.suppressed), r.done,
         r.failed_total, _reasons(r.failed), instant(r.last_fired_ms))
        for r in report.rules
    ]  # fmt: skip
    return Sheet(columns, rows)


def _rules_over_time(report: RulesReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for rule in report.rules:
        series = [("fired", "", rule.fired_over_time), ("shadow", "", rule.shadow_over_time)]
        series += [("suppressed", why, n) for why, n in rule.suppressed_over_time.items()]
        series += [("failed", how, n) for how, n in rule.failed_over_time.items()]
        for outcome, because, numbers in series:
            rows += _buckets(report.starts_ms, (rule.rule, outcome, because), numbers)
    return Sheet(("rule", "outcome", "because", "start", "count"), rows)


def _pools(report: RewardsReport) -> Sheet:
    columns = (
        "pool", "title", "stock", "left", "reserved", "given", "redeemed", "returned",
        "to_redemption_median_s", "to_redemption_p90_s",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (p.pool, p.title, p.stock, p.left, p.reserved, p.given, p.redeemed, p.returned,
         _seconds(p.median_ms), _seconds(p.p90_ms))
        for p in report.pools
    ]  # fmt: skip
    return Sheet(columns, rows)


def _stands(report: RewardsReport) -> Sheet:
    columns = ("pool", "stand", "redeemed", "to_redemption_median_s", "to_redemption_p90_s")
    rows: list[tuple[Cell, ...]] = [
        (pool.pool, s.stand, s.redeemed, _seconds(s.median_ms), _seconds(s.p90_ms))
        for pool in report.pools
        for s in pool.stands
    ]
    return Sheet(columns, rows)


def _pools_over_time(report: RewardsReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = []
    for pool in report.pools:
        for what, numbers in (
            ("given", pool.given_over_time),
            ("redeemed", pool.redeemed_over_time),
            ("returned", pool.returned_over_time),
        ):
            rows += _buckets(report.starts_ms, (pool.pool, what), numbers)
    return Sheet(("pool", "what", "start", "count"), rows)


def _places(report: PlacesReport) -> Sheet:
    columns = (
        "place", "name", "visits_by", "visits", "visitors", "repeat_visitors", "repeat_share",
        "dwell_median_s", "dwell_p90_s", "present_max",
    )  # fmt: skip
    rows: list[tuple[Cell, ...]] = [
        (p.place, p.name, p.visits_by, p.visits, p.visitors, p.repeat_visitors,
         _share(p.repeat_share), _seconds(p.dwell_median_ms), _seconds(p.dwell_p90_ms),
         p.present_max)
        for p in report.places
    ]  # fmt: skip
    return Sheet(columns, rows)


def _places_over_time(report: PlacesReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (place.place, instant(start), *numbers)
        for place in report.places
        for start, *numbers in zip(
            report.starts_ms,
            place.visits_over_time,
            place.present_most,
            place.present_end,
            strict=True,
        )
    ]
    return Sheet(("place", "start", "visits", "present_most", "present_end"), rows)


def _matrix(report: FlowsReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (place, *numbers) for place, numbers in zip(report.places, report.people, strict=True)
    ]
    return Sheet(("from", *report.places), rows)


def _pairs(report: FlowsReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (one, then, people, report.moves[row][column])
        for row, one in enumerate(report.places)
        for column, then in enumerate(report.places)
        if (people := report.people[row][column])
    ]
    return Sheet(("from", "to", "people", "moves"), sorted(rows, key=_most))


def _most(row: Sequence[Any]) -> tuple[Any, ...]:
    return (-row[2], row[0], row[1])


def _paths(report: JourneysReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (path.people, _share(path.people / report.journeys), " > ".join(path.places),
         "went on" if path.longer else "ended")
        for path in report.paths
    ]  # fmt: skip
    return Sheet(("people", "share", "places", "then"), rows)


def _steps(report: JourneysReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [
        (s.step, s.reached, s.ended, _share(s.share_on)) for s in report.steps
    ]
    return Sheet(("step", "reached", "ended", "share_on"), rows)


def _tree(report: JourneysReport) -> Sheet:
    columns = ("id", "parent", "step", "place", "people", "ended", "longer", "others")
    rows: list[tuple[Cell, ...]] = [
        (n.id, n.parent, n.step, n.place, n.people, n.ended, n.longer, n.others)
        for n in report.tree
    ]
    return Sheet(columns, rows)


def _bands(report: JourneysReport) -> Sheet:
    rows: list[tuple[Cell, ...]] = [(b.step, b.source, b.target, b.people) for b in report.bands]
    return Sheet(("step", "from", "to", "people"), rows)


def _buckets(
    starts_ms: Sequence[int], head: tuple[str, ...], numbers: Iterable[int]
) -> list[tuple[Cell, ...]]:
    return [(*head, instant(at), n) for at, n in zip(starts_ms, numbers, strict=True) if n]
