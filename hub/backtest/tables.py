"""The comparison as tables for people: what is the same is left out."""

from collections.abc import Callable, Iterator, Mapping
from datetime import tzinfo
from typing import Final, TypeVar

from msgspec import Struct

from hub.backtest.comparing import Both, Change, Report, RuleReport
from hub.backtest.told import ToldBudget, ToldChannel, ToldPool
from hub.core.spans import local

CHANGES_SHOWN_MAX: Final = 50
"""Most people listed who gain, and as many who lose; JSON has all of them."""

Cell = str | int | float | None
T = TypeVar("T")


class Sheet(Struct, frozen=True):
    """A table with its title."""

    title: str
    columns: tuple[str, ...]
    rows: list[tuple[Cell, ...]]


def sheets(report: Report, names: Mapping[str, str], zone: tzinfo) -> list[Sheet]:
    """Every table that has anything in it; ``names`` says who the people are."""
    found = [
        Sheet(
            "Rules, live and proposed",
            ("rule", "stage", "fired", "gain", "lose", "moved", "same", "shadow", "follow-ups",
             "suppressed"),
            [_rule(rule) for rule in report.rules],
        ),
        _changes("Who would gain", report.gains, names, zone),
        _changes("Who would lose", report.losses, names, zone),
        Sheet(
            "Rewards",
            ("pool", "given", "cost", "left", "none left"),
            [_pool(name, both, zone) for name, both in report.pools.items()],
        ),
        Sheet(
            "Budgets",
            ("budget", "amount", "spent", "first refused"),
            [_budget(name, both, zone) for name, both in report.budgets.items()],
        ),
        Sheet(
            "What goes out",
            ("channel", "messages", "busiest minute", "busiest second"),
            [_channel(name, both, zone) for name, both in report.channels.items()],
        ),
        Sheet(
            "Audiences in the end",
            ("audience", "members"),
            [(name, _two(both, str)) for name, both in report.audiences.items()],
        ),
        Sheet("What could not be decided", ("document", "what", "times"), list(_trouble(report))),
    ]  # fmt: skip
    return [sheet for sheet in found if sheet.rows]


def _rule(rule: RuleReport) -> tuple[Cell, ...]:
    return (
        rule.rule,
        _two(rule.stage, str),
        _two(rule.fired, str),
        rule.gain,
        rule.lose,
        rule.moved,
        rule.unchanged,
        _two(rule.shadow, str),
        _two(rule.follow_ups, str),
        _two(rule.suppressed, _reasons),
    )


def _reasons(counts: dict[str, int]) -> str:
    return ", ".join(f"{because} {count}" for because, count in sorted(counts.items())) or "0"


def _changes(title: str, changes: list[Change], names: Mapping[str, str], zone: tzinfo) -> Sheet:
    shown = changes[:CHANGES_SHOWN_MAX]
    title = title if len(shown) == len(changes) else f"{title}: {len(shown)} of {len(changes)}"
    rows: list[tuple[Cell, ...]] = [
        (names.get(one.person, one.person), one.rule, _when(one.first_ms, zone), one.live,
         one.proposed)
        for one in shown
    ]  # fmt: skip
    return Sheet(title, ("person", "rule", "first", "live", "proposed"), rows)


def _pool(name: str, both: Both[ToldPool], zone: tzinfo) -> tuple[Cell, ...]:
    return (
        name,
        _two(both, lambda pool: str(pool.given)),
        _two(both, lambda pool: f"{pool.cost:.2f}"),
        _two(both, lambda pool: f"{pool.left} of {pool.stock}"),
        _two(both, lambda pool: _when(pool.ran_out_ms, zone)),
    )


def _budget(name: str, both: Both[ToldBudget], zone: tzinfo) -> tuple[Cell, ...]:
    return (
        name,
        _two(both, lambda one: f"{one.amount:.2f} {one.currency}"),
        _two(both, lambda one: f"{one.spent:.2f}"),
        _two(both, lambda one: _when(one.refused_ms, zone)),
    )


def _channel(name: str, both: Both[ToldChannel], zone: tzinfo) -> tuple[Cell, ...]:
    return (
        name,
        _two(both, lambda one: str(one.count)),
        _two(both, lambda one: f"{one.minute} at {_when(one.minute_ms, zone)}"),
        _two(both, lambda one: f"{one.second} at {_when(one.second_ms, zone)}"),
    )


def _trouble(report: Report) -> Iterator[tuple[Cell, ...]]:
    for name in ("live", "proposed"):
        refused: dict[str, int] | None = getattr(report.refused, name)
        yield from ((name, what, times) for what, times in (refused or {}).items())
        for fault in getattr(report.faults, name) or ():
            yield name, f"{fault.rule or 'an event'}: {fault.text}", 1
        unknown = getattr(report.not_redeemed, name)
        if unknown:
            yield name, "redeemed, and not given here", unknown


def _two(both: Both[T], said: Callable[[T], str]) -> str:
    """One figure when the two are equal, else from the one to the other."""
    live, proposed = ("-" if one is None else said(one) for one in (both.live, both.proposed))
    return live if live == proposed else f"{live} → {proposed}"


def _when(at_ms: int | None, zone: tzinfo) -> str:
    return "never" if at_ms is None else f"{local(at_ms, zone):%a %d %H:%M:%S}"
