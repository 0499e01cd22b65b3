"""How often rules fired up to each moment, live and proposed: two lines that ink can tell apart.

It is an SVG without scripts, styles or links; what it shows stands in its title and description.
"""

from array import array
from bisect import bisect_right
from datetime import tzinfo
from typing import Final
from xml.sax.saxutils import escape

from hub.backtest.told import Told
from hub.core.spans import local

WIDTH: Final = 900
HEIGHT: Final = 420
LEFT, RIGHT, TOP, BOTTOM = 76, 132, 64, 56
POINTS_MAX: Final = 240
"""Most steps of one line: more cannot be told apart at this width."""
TICKS: Final = 5
INK: Final = "#1a1a1a"
GRID: Final = "#d9d9d9"
LIVE: Final = "#5b5b5b"
PROPOSED: Final = "#0b5cad"
DASHES: Final = "7 5"


def picture(live: Told, proposed: Told, title: str, zone: tzinfo) -> str:
    """Firings of all rules up to each moment, as SVG."""
    lines = [_sorted(live), _sorted(proposed)]
    first_ms = min((line[0] for line in lines if line), default=0)
    last_ms = max((line[-1] for line in lines if line), default=first_ms)
    last_ms = max(last_ms, first_ms + 1)
    most = max(1, *(len(line) for line in lines))
    frame = _Frame(first_ms, last_ms, _rounded(most))
    begin, end = (f"{local(at_ms, zone):%a %d %b %H:%M}" for at_ms in (first_ms, last_ms))
    said = f"Firings from {begin} to {end}: {len(lines[0]):,} live, {len(lines[1]):,} proposed."
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" '
        f'width="{WIDTH}" height="{HEIGHT}" role="img" aria-labelledby="title said" '
        f'font-family="sans-serif" font-size="13" fill="{INK}">'
    )
    parts = [
        opening,
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="said">{escape(said)}</desc>',
        f'<rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>',
        _text(LEFT, 26, escape(title), more=' font-size="17" font-weight="bold"'),
        _text(LEFT, 46, escape(said)),
        *frame.grid(zone),
        frame.line(lines[0], LIVE, f' stroke-dasharray="{DASHES}"'),
        frame.line(lines[1], PROPOSED, ""),
        *_labels(frame, len(lines[0]), len(lines[1])),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


class _Frame:
    """Where an instant and a number are on the picture."""

    def __init__(self, first_ms: int, last_ms: int, most: int) -> None:
        self._first_ms = first_ms
        self._length_ms = last_ms - first_ms
        self._most = most

    def x(self, at_ms: float) -> float:
        inside = WIDTH - LEFT - RIGHT
        return round(LEFT + (at_ms - self._first_ms) / self._length_ms * inside, 1)

    def y(self, count: float) -> float:
        return round(HEIGHT - BOTTOM - count / self._most * (HEIGHT - TOP - BOTTOM), 1)

    def grid(self, zone: tzinfo) -> list[str]:
        parts = []
        for tick in range(TICKS):
            count = self._most * tick / (TICKS - 1)
            at_ms = self._first_ms + self._length_ms * tick / (TICKS - 1)
            y, x = self.y(count), self.x(at_ms)
            parts += [
                f'<path d="M{LEFT} {y}H{WIDTH - RIGHT}" stroke="{GRID}" fill="none"/>',
                _text(LEFT - 10, y + 4, f"{count:,.0f}", more=' text-anchor="end"'),
                _text(
                    x, HEIGHT - BOTTOM + 22, f"{local(int(at_ms), zone):%a %H:%M}",
                    more=' text-anchor="middle"',
                ),
            ]  # fmt: skip
        return parts

    def line(self, instants: "array[int]", colour: str, more: str) -> str:
        path = [f"M{self.x(self._first_ms)} {self.y(0)}"]
        for step in range(POINTS_MAX + 1):
            at_ms = self._first_ms + self._length_ms * step / POINTS_MAX
            path.append(f"L{self.x(at_ms)} {self.y(bisect_right(instants, at_ms))}")
        drawn = "".join(path)
        return f'<path d="{drawn}" stroke="{colour}" stroke-width="2.5" fill="none"{more}/>'


def _labels(frame: _Frame, live: int, proposed: int) -> list[str]:
    """What each line is, at its end; they keep apart when the lines do not."""
    x, apart = WIDTH - RIGHT + 10, 18
    y_live, y_proposed = frame.y(live) + 4, frame.y(proposed) + 4
    if abs(y_live - y_proposed) < apart:
        higher = -1 if proposed >= live else 1
        y_proposed, y_live = y_live + higher * apart / 2, y_live - higher * apart / 2
    return [
        _text(x, y_live, f"live {live:,}", more=f' fill="{LIVE}"'),
        _text(x, y_proposed, f"proposed {proposed:,}", more=f' fill="{PROPOSED}"'),
    ]


def _text(x: float, y: float, text: str, more: str = "") -> str:
    return f'<text x="{x}" y="{y}"{more}>{text}</text>'


def _sorted(told: Told) -> "array[int]":
    found: list[int] = []
    for rule in told.rules.values():
        found += rule.firings.all_ms()
    return array("q", sorted(found))


def _rounded(most: int) -> int:
    """The next number that divides well into the steps of the scale."""
    steps = TICKS - 1
    size = 1
    while True:
        for digit in (1, 2, 3, 5):
            if digit * size * steps >= most:
                return digit * size * steps
        size *= 10
