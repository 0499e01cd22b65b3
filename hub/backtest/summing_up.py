"""The whole comparison in a few plain sentences, for somebody who has to say yes or no."""

from datetime import tzinfo

from hub.backtest.comparing import Both, Change, Report
from hub.backtest.told import ToldPool
from hub.core.spans import local


def summary(report: Report, zone: tzinfo) -> str:
    """What would have been different; instants in the venue's time."""
    changed = [rule.rule for rule in report.rules if rule.is_changed]
    over = f"Over {report.facts:,} facts of {report.people.live or 0:,} people"
    if not changed:
        said = [f"{over}, nothing would have been decided otherwise."]
    else:
        named = f"{changed[0]} comes" if len(changed) == 1 else f"{len(changed)} rules come"
        gain, lose = _people(report.gains), _people(report.losses)
        said = [f"{over}, {named} to something else: {gain} gain, {lose} lose."]
    said += [
        sentence
        for name, pool in report.pools.items()
        if (sentence := _pool(name, pool, zone)) is not None
    ]
    faults = len(report.faults.proposed or [])
    if faults:
        said.append(f"What is proposed showed {faults} faults.")
    return " ".join(said)


def _people(changes: list[Change]) -> str:
    count = len({change.person for change in changes})
    return (
        "nobody would" if not count else f"{count:,} {'person' if count == 1 else 'people'} would"
    )


def _pool(name: str, both: Both[ToldPool], zone: tzinfo) -> str | None:
    """What is different about a pool."""
    live, proposed = both.live, both.proposed
    given = (live.given if live else 0, proposed.given if proposed else 0)
    ran_out = [None if one is None else one.ran_out_ms for one in (live, proposed)]
    if given[0] == given[1] and ran_out[0] == ran_out[1]:
        return None
    said = f"Of {name} {given[1]:,} would have been given instead of {given[0]:,}"
    more = (proposed.cost if proposed else 0) - (live.cost if live else 0)
    if more:
        said += f", for {abs(more):,.2f} {'more' if more > 0 else 'less'}"
    if ran_out[0] != ran_out[1]:
        said += f"; none left {_when(ran_out[1], zone)} instead of {_when(ran_out[0], zone)}"
    return f"{said}."


def _when(at_ms: int | None, zone: tzinfo) -> str:
    return "never" if at_ms is None else f"at {local(at_ms, zone):%a %H:%M}"
