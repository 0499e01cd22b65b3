"""A figure comes in a sentence that says how sure it is; what is not sure is called so."""

from typing import Final

from hub.core.document import Goal, Venue
from hub.core.restraint.experiments import HOLDOUT
from hub.core.spans import duration_ms, spell
from hub.experiments.exposures import LeftOut
from hub.experiments.intervals import Interval, Share

WANTED: Final = 0.1
"""A difference that is worth finding: so many people are asked for that it would be seen."""

VERDICTS: Final = {
    "more": "more than chance would explain",
    "fewer": "fewer than chance would explain",
    "unsure": "not sure yet",
}
REFUSALS: Final = "consent, cap, quiet, stock"
MATCHED: Final = " Among the others there are such people too."
LOOKING: Final = (
    "Judge at the end. Whoever looks every hour and stops at the first clear answer finds one by "
    "chance far more often than one time in twenty."
)


def goal_text(goal: Goal, venue: Venue) -> str:
    """Say what people did who reached a goal: ``visited Coffee within 2 h``."""
    if goal.visit is not None:
        names = {place.id: place.name for place in venue.places}
        did = f"visited {names.get(goal.visit, goal.visit)}"
    else:
        titles = {pool.id: pool.title for pool in venue.pools}
        pool = goal.redeemed or ""
        did = f"redeemed {titles.get(pool, pool)}"
    return f"{did} within {spell(duration_ms(goal.within))}"


def title_of(arm: str) -> str:
    """Say what an arm is."""
    if arm == HOLDOUT:
        return "held out"
    return f"variant {arm}" if arm else "with the rule"


def verdict_of(interval: Interval) -> str:
    """Say in one word what an interval of a difference means."""
    if interval.low > 0:
        return "more"
    return "fewer" if interval.high < 0 else "unsure"


def difference_text(
    did: str, one: Share, other: Share, interval: Interval, names: tuple[str, str] | None
) -> str:
    """Say how two shares differ; ``names`` are given where there are more than two."""
    seen = one.rate - other.rate
    is_even = not round(seen * 100)
    word = "About as many" if is_even else "More" if seen > 0 else "Fewer"
    head = "" if names is None else f"{names[0]} against {names[1]}: "
    than = "" if is_even else f" {word.lower()}"
    points = f"{abs(round(seen * 100))} points{than}, between {_bounds(interval)}"
    return (
        f"{head}{word} {did}: {_of(one)} against {_of(other)} - {points}: "
        f"{VERDICTS[verdict_of(interval)]}."
    )


def people_text(one: int, other: int, detectable: float | None, needed: int | None) -> str:
    """Say what so many people can show."""
    if detectable is None:
        said = f"With {one} and {other} people no difference would be seen."
    else:
        said = (
            f"With {one} and {other} people only differences above {detectable * 100:.0f} points "
            "would be seen (four times out of five)."
        )
    if needed is None or min(one, other) >= needed:
        return said
    return f"{said} One of {WANTED * 100:.0f} points takes about {needed} people in each arm."


def left_out_texts(left: LeftOut, waiting: int, refused: int) -> list[str]:
    """Say who is not counted, and who is in spite of everything."""
    said = (
        (waiting, "Not counted yet, as they still have time to reach the goal", ""),
        (refused, f"Counted though they got nothing of it ({REFUSALS})", MATCHED),
        (left.merged, "Left out, as two records in different arms turned out to be one person", ""),
        (left.earlier, "Left out, as they came up before the rule had these arms", ""),
        (left.whole_event, "Left out, as no rule acts for them (the event's holdout)", ""),
    )
    return [f"{text}: {number}.{more}" for number, text, more in said if number]


def looks_text(comparisons: int) -> list[str]:
    """Say what looking often, and at much, does."""
    if comparisons < 2:  # noqa: PLR2004 - several are two or more
        return [LOOKING]
    many = (
        f"These are {comparisons} comparisons: each misses the truth one time in twenty by chance, "
        "so among many some do."
    )
    return [LOOKING, many]


def points_text(share: float) -> str:
    """Write a difference in percentage points, with its sign: ``+13``."""
    points = round(share * 100)
    return f"{points:+d}" if points else "0"


def _bounds(interval: Interval) -> str:
    return f"{points_text(interval.low)} and {points_text(interval.high)}"


def _of(share: Share) -> str:
    return f"{share.reached} of {share.people} ({share.rate * 100:.0f} %)"
