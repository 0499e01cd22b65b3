"""Small pictures whose every figure also stands in words: bars over time, dots with intervals.

A picture has a title for whoever does not see it. Colours only repeat what the words beside it say.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from nicegui.element import Element

from hub.console import words
from hub.console.insight_values import Stretch
from hub.console.parts import box, text

WIDTH: Final = 600
HEIGHT: Final = 60
"""Of bars, in units of their own picture, which is as wide as its box."""
GAP: Final = 0.15
"""Share of a bar's width that stays free beside it."""


@dataclass(frozen=True, slots=True)
class Layer:
    """One kind of thing over time, stacked on those before it; ``kind`` gives its colour."""

    kind: str
    label: str
    numbers: Sequence[int]

    @property
    def total(self) -> int:
        """All of the kind."""
        return sum(self.numbers)


@dataclass(frozen=True, slots=True)
class Dot:
    """A value between its bounds, all on one axis; ``said`` has the figures."""

    label: str
    said: str
    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Axis:
    """From where to where a picture goes; ``marked`` has a line through all of it."""

    low: float
    high: float
    marked: float | None = None
    unit: str = "{:.0f} %"
    """How the ends are written, of a hundred times their value."""

    def at(self, value: float) -> str:
        """Return where a value lies, in percent of the width."""
        inside = min(max(value, self.low), self.high)
        return f"{(inside - self.low) / (self.high - self.low):.2%}"


def stacked(name: str, layers: Sequence[Layer]) -> None:
    """Draw bars, one for each stretch of time, all layers in it."""
    sums = [sum(column) for column in zip(*(one.numbers for one in layers), strict=True)]
    tallest = max(sums, default=0) or 1
    said = ", ".join(f"{words.count(one.total)} {one.label}" for one in layers)
    with _picture("bars", f"{name}: {said}") as drawn:
        drawn.props(f'viewBox="0 0 {WIDTH} {HEIGHT}" preserveAspectRatio="none"')
        below = [0] * len(sums)
        for one in layers:
            path = box(f"layer kind-{one.kind}", "path")
            path.props["d"] = _bars(one.numbers, below, tallest)
            below = [under + number for under, number in zip(below, one.numbers, strict=True)]


def legend(layers: Sequence[Layer]) -> None:
    """Say in words what the colours of bars stand for, and how many each is."""
    with box("legend"):
        for one in layers:
            with box("legend-one", "span"):
                box(f"legend-mark kind-{one.kind}", "span")
                text(f"{one.label} {words.count(one.total)}", "", "span")


def ends(starts_ms: Sequence[int], stretch: Stretch) -> None:
    """Say when the first and the last bar of a picture begin."""
    with box("spark-ends"):
        for at_ms in (starts_ms[0], starts_ms[-1]):
            text(words.when(at_ms, stretch.now_ms, stretch.zone), "row-faint", "span")


def dots(rows: Sequence[Dot], axis: Axis) -> None:
    """Draw a dot and its interval in each row, with its figures beside it."""
    with box("dots"):
        for row in rows:
            text(row.label, "dot-label")
            with _picture("dot-line", f"{row.label}: {row.said}"):
                if axis.marked is not None:
                    _line("dot-zero", axis.at(axis.marked), axis.at(axis.marked), "0", "30")
                _line("dot-track", "0%", "100%", "15", "15")
                _line("dot-interval", axis.at(row.low), axis.at(row.high), "15", "15")
                box("dot-value", "circle").props(f'cx="{axis.at(row.value)}" cy="15" r="6"')
            text(row.said, "dot-said")
        with box("dot-axis"):
            for value in (axis.low, axis.high):
                text(axis.unit.format(value * 100), "", "span")


def _picture(classes: str, said: str) -> Element:
    drawn = box(classes, "svg").props("role=img")
    drawn.props["aria-label"] = said
    with drawn:
        text(said, "", "title")
    return drawn


def _bars(numbers: Sequence[int], below: Sequence[int], tallest: int) -> str:
    wide = WIDTH / max(1, len(numbers))
    high = HEIGHT / tallest
    return "".join(
        f"M{position * wide:.2f},{HEIGHT - under * high:.2f}"
        f"v{-number * high:.2f}h{wide * (1 - GAP):.2f}v{number * high:.2f}z"
        for position, (number, under) in enumerate(zip(numbers, below, strict=True))
        if number
    )


def _line(classes: str, left: str, right: str, top: str, bottom: str) -> None:
    box(classes, "line").props(f'x1="{left}" x2="{right}" y1="{top}" y2="{bottom}"')
