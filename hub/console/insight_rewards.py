"""What became of each pool: issued and redeemed over time, how long that took, what is left."""

from typing import Final

from hub.console import words
from hub.console.insight_picture import Layer, ends, legend, stacked
from hub.console.insight_reading import download, lasted, nothing_yet, report_address
from hub.console.insight_values import Stretch
from hub.console.parts import box, empty, heading, text
from hub.insight.rewards import PoolReport, RewardsReport

WILL: Final = "From the first reward on, each pool stands here with what was issued and redeemed."
POOLS_SHOWN: Final = 50


def rewards_panel(report: RewardsReport, stretch: Stretch) -> None:
    """Show every pool."""
    with box("panel", "section"):
        heading("Rewards", f"each bar is {report.width}" if report.starts_ms else "")
        if not report.pools:
            empty("The document has no rewards. A pool of rewards will have its figures here.")
            return
        if not report.starts_ms:
            nothing_yet(WILL, stretch)
        for pool in report.pools[:POOLS_SHOWN]:
            _line(pool, report, stretch)
        if len(report.pools) > POOLS_SHOWN:
            empty(f"and {words.count(len(report.pools) - POOLS_SHOWN)} more in the file")
        with box("tools files"):
            asked = stretch.asked
            download("Rewards as CSV", report_address("rewards", asked), "rewards.csv")
            stands = report_address("rewards", asked, part="stands")
            download("By stand as CSV", stands, "rewards-stands.csv")


def _line(pool: PoolReport, report: RewardsReport, stretch: Stretch) -> None:
    with box("happened"):
        with box(""):
            text(pool.title or pool.pool, "row-main")
            stock = f"{words.count(pool.left)} of {words.count(pool.stock)} left now"
            text(stock + (f", {words.count(pool.reserved)} reserved" if pool.reserved else ""),
                 "row-sub")  # fmt: skip
            for said in _said(pool):
                text(said, "row-faint")
        with box(""):
            layers = [Layer("issued", "issued", pool.given_over_time),
                      Layer("redeemed", "redeemed", pool.redeemed_over_time),
                      Layer("returned", "returned", pool.returned_over_time)]  # fmt: skip
            drawn = [one for one in layers if one.total]
            for one in drawn:
                stacked(pool.title or pool.pool, [one])
                legend([one])
            if drawn:
                ends(report.starts_ms, stretch)
            else:
                empty("Nothing was issued or redeemed.")


def _said(pool: PoolReport) -> list[str]:
    found = []
    if pool.median_ms is not None:
        found.append(
            f"half were redeemed within {lasted(pool.median_ms)}, nine of ten within "
            f"{lasted(pool.p90_ms)}"
        )
    if len(pool.stands) > 1 or any(one.stand for one in pool.stands):
        each = (f"{one.stand or 'no stand'} {words.count(one.redeemed)}" for one in pool.stands)
        found.append(f"redeemed at: {', '.join(each)}")
    return found
