"""What a rule came to is shown alike wherever a rule is: its stage, a bar, a line over time."""

from collections.abc import Sequence
from typing import Final

from nicegui import ui

from hub.console import words
from hub.console.parts import box, text
from hub.web.rule_counts import Came

WIDTH: Final = 600
HEIGHT: Final = 60
"""Of a sparkline, in units of its own picture; it is as wide as its box."""
REASONS: Final = {
    "limit": "limit", "cap": "cap", "consent": "no consent", "quiet": "quiet hours",
    "holdout": "holdout", "stock": "out of stock", "budget": "over budget", "late": "too late",
    "priority": "another came first", "depth": "too deep", "unknown": "unknown",
}  # fmt: skip


def stage_chip(stage: str) -> ui.label:
    """Show a stage."""
    return text(stage, f"chip stage stage-{stage}", "span")


def bar(came: Came) -> None:
    """Show fired and suppressed as parts of one bar, with the reasons as its words."""
    total = came.fired + came.shadow + came.suppressed_total
    with box("came"):
        text(words.count(came.fired), "figure" if came.fired else "figure quiet", "span")
        text("fired", "row-faint", "span")
        if came.shadow:
            text(f"{words.count(came.shadow)} in shadow", "row-faint", "span")
        if came.suppressed_total:
            text(f"{words.count(came.suppressed_total)} suppressed", "row-faint", "span")
    if total:
        with box("came-bar").props(f'title="{_reasons(came)}"'):
            _part("fired", came.fired, total)
            _part("shadow", came.shadow, total)
            for because, number in _most(came):
                _part(because, number, total)
    if came.suppressed:
        text(_reasons(came), "row-faint came-why")


def _part(kind: str, number: int, total: int) -> None:
    if number:
        box(f"came-part came-{kind}").style(f"width: {number / total:.2%}")


def spark(numbers: Sequence[int], classes: str = "") -> None:
    """Draw how many there were in each stretch, as bars of one picture."""
    most = max(numbers, default=0) or 1
    width = WIDTH / max(1, len(numbers))
    view = f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"'
    with box(f"spark {classes}", "svg").props(view):
        for position, number in enumerate(numbers):
            high = HEIGHT * number / most
            box("", "rect").props(
                f'x="{position * width:.2f}" y="{HEIGHT - high:.2f}" '
                f'width="{max(width - 1, 0.5):.2f}" height="{high:.2f}"'
            )


def _most(came: Came) -> list[tuple[str, int]]:
    return sorted(came.suppressed.items(), key=lambda pair: -pair[1])


def _reasons(came: Came) -> str:
    return ", ".join(f"{words.count(n)} {REASONS.get(why, why)}" for why, n in _most(came))
