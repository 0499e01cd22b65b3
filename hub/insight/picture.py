"""Bands from step to step, as wide as the people who went: an SVG that needs nothing else.

It has a title and a description, each box and band says its figures, and no colour says anything
that words do not. Text in it is escaped; it holds no style and no script.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Final

from hub.insight.flows import FlowsReport
from hub.insight.journeys import OTHERS, JourneysReport

COLUMN_PX: Final = 200
WIDE_COLUMN_PX: Final = 420
"""Between the two columns of flows, which have bands from everywhere to everywhere."""
BOX_PX: Final = 14
TALLEST_PX: Final = 420
"""Height of all people of the fullest column together."""
LABEL_PX: Final = 17
GAP_PX: Final = 8
MARGIN_PX: Final = 24
HEAD_PX: Final = 64
NAME_CHARS_MAX: Final = 22
PALETTE: Final = (
    "#2a6f97", "#c1666b", "#588157", "#8f5fa8", "#d08c2e", "#3d8f8a", "#a8577e", "#6b705c",
    "#4a5fc1", "#9c6644", "#5a8f3d", "#b5485d",
)  # fmt: skip
REST_COLOUR: Final = "#8a8f98"
INK: Final = "#1d2430"


@dataclass(frozen=True, slots=True)
class Box:
    """``people`` at a place; ``rest`` of them went on to no box of the next column."""

    place: str
    people: int
    rest: int = 0


@dataclass(frozen=True, slots=True)
class Link:
    """``people`` from a box of ``column`` to one of the next."""

    column: int
    source: str
    target: str
    people: int


@dataclass(frozen=True, slots=True)
class _Put:
    """A box with its place in the picture."""

    box: Box
    x: float
    y: float
    height: float


def of_journeys(report: JourneysReport, names: Mapping[str, str], title: str) -> str:
    """Draw journeys: a column for each step, the grey foot of a box is those who ended there."""
    columns = [
        [Box(s.place, s.people, s.ended) for s in report.stops if s.step == step.step]
        for step in report.steps
    ]
    links = [Link(band.step - 1, band.source, band.target, band.people) for band in report.bands]
    heads = [f"Step {s.step}: {s.reached}, grey {s.ended} ended" for s in report.steps]
    on = ", ".join(
        f"{step.reached} came to step {step.step} and {step.ended} ended there"
        for step in report.steps
    )
    described = f"{report.journeys} journeys: {on or 'none yet'}."
    return draw(columns, links, heads, names, title, described)


def of_flows(report: FlowsReport, names: Mapping[str, str], title: str) -> str:
    """Draw flows: from the places on the left to the places on the right.

    The number of a box is that of its bands together: who went to two places is in it twice.
    """
    went = [
        Link(0, one, then, people)
        for one, row in zip(report.places, report.people, strict=True)
        for then, people in zip(report.places, row, strict=True)
        if people
    ]
    columns = [
        [
            Box(place, n)
            for place in report.places
            if (n := sum(link.people for link in went if link.source == place))
        ],
        [
            Box(place, n)
            for place in report.places
            if (n := sum(link.people for link in went if link.target == place))
        ],
    ]
    described = "; ".join(
        f"{link.people} from {_name(link.source, names)} to {_name(link.target, names)}"
        for link in sorted(went, key=lambda link: -link.people)[:10]
    )
    return draw(columns if went else [], went, ["From", "Next"], names, title,
                f"The strongest flows: {described or 'none yet'}.", WIDE_COLUMN_PX)  # fmt: skip


def draw(
    columns: Sequence[Sequence[Box]],
    links: Iterable[Link],
    heads: Sequence[str],
    names: Mapping[str, str],
    title: str,
    described: str,
    column_px: int = COLUMN_PX,
) -> str:
    """Return the picture as SVG text."""
    fullest = max((sum(box.people for box in column) for column in columns), default=1)
    scale = TALLEST_PX / max(1, fullest)
    put = [
        _stack(column, MARGIN_PX + number * column_px, scale)
        for number, column in enumerate(columns)
    ]
    bottom = max((_foot(one) for column in put for one in column), default=HEAD_PX + LABEL_PX)
    width = 2 * MARGIN_PX + max(1, len(columns) - 1) * column_px + COLUMN_PX
    height = round(bottom + MARGIN_PX)
    colours = _colours(columns)
    parts = [
        _opening(width, height),
        f'<title id="journeys-title">{escape(title)}</title>',
        f'<desc id="journeys-desc">{escape(described)}</desc>',
        f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
        f'<text x="{MARGIN_PX}" y="26" font-size="16" font-weight="600">{escape(title)}</text>',
        *(
            f'<text x="{MARGIN_PX + n * column_px}" y="50" fill="#5a6270">{escape(head)}</text>'
            for n, head in enumerate(heads[: len(columns)])
        ),
        *_bands(put, links, scale, names, colours),
        *(_box(one, scale, names, colours) for column in put for one in column),
        "</svg>",
    ]
    return "\n".join(parts) + "\n"


def _opening(width: int, height: int) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" '
        f'height="{height}" role="img" aria-labelledby="journeys-title journeys-desc" '
        f'font-family="system-ui, sans-serif" font-size="12" fill="{INK}">'
    )


def _stack(column: Sequence[Box], x: int, scale: float) -> list[_Put]:
    found = []
    y = float(HEAD_PX)
    for box in column:
        height = box.people * scale
        found.append(_Put(box, x, y, height))
        y += max(height, LABEL_PX) + GAP_PX
    return found


def _foot(one: _Put) -> float:
    return one.y + max(one.height, LABEL_PX)


def _colours(columns: Iterable[Iterable[Box]]) -> dict[str, str]:
    places = dict.fromkeys(box.place for column in columns for box in column if box.place != OTHERS)
    found = {place: PALETTE[number % len(PALETTE)] for number, place in enumerate(places)}
    return {**found, OTHERS: REST_COLOUR}


def _bands(
    put: Sequence[Sequence[_Put]],
    links: Iterable[Link],
    scale: float,
    names: Mapping[str, str],
    colours: Mapping[str, str],
) -> Iterable[str]:
    """Bands leave and arrive in the order of the boxes, so that few of them cross."""
    rank = [{one.box.place: n for n, one in enumerate(column)} for column in put]
    order = sorted(
        links,
        key=lambda link: (
            link.column,
            rank[link.column][link.source],
            rank[link.column + 1][link.target],
        ),
    )
    left = [column[0].x if column else 0 for column in put]
    out = [{one.box.place: one.y for one in column} for column in put]
    into = [{one.box.place: one.y for one in column} for column in put]
    for link in order:
        width = link.people * scale
        x0 = left[link.column] + BOX_PX
        x1 = left[link.column + 1]
        y0, y1 = out[link.column][link.source], into[link.column + 1][link.target]
        out[link.column][link.source] += width
        into[link.column + 1][link.target] += width
        said = f"{link.people} from {_name(link.source, names)} to {_name(link.target, names)}"
        yield (
            f'<path d="{_curve(x0, y0, x1, y1, width)}" fill="{colours[link.source]}" '
            f'fill-opacity="0.32"><title>{escape(said)}</title></path>'
        )


def _curve(x0: float, y0: float, x1: float, y1: float, width: float) -> str:
    middle = (x0 + x1) / 2
    return (
        f"M{x0:.1f},{y0:.1f} C{middle:.1f},{y0:.1f} {middle:.1f},{y1:.1f} {x1:.1f},{y1:.1f} "
        f"V{y1 + width:.1f} C{middle:.1f},{y1 + width:.1f} {middle:.1f},{y0 + width:.1f} "
        f"{x0:.1f},{y0 + width:.1f} Z"
    )


def _box(one: _Put, scale: float, names: Mapping[str, str], colours: Mapping[str, str]) -> str:
    box, name = one.box, _name(one.box.place, names)
    said = f"{name}: {box.people}" + (f", {box.rest} ended here" if box.rest else "")
    rest = box.rest * scale
    short = name if len(name) <= NAME_CHARS_MAX else f"{name[: NAME_CHARS_MAX - 1]}\u2026"
    return (
        f"<g><title>{escape(said)}</title>"
        f'<rect x="{one.x:.1f}" y="{one.y:.1f}" width="{BOX_PX}" height="{max(one.height, 1):.1f}" '
        f'fill="{colours[box.place]}"/>'
        f'<rect x="{one.x:.1f}" y="{one.y + one.height - rest:.1f}" width="{BOX_PX}" '
        f'height="{rest:.1f}" fill="{REST_COLOUR}"/>'
        f'<text x="{one.x + BOX_PX + 5:.1f}" y="{one.y + 12:.1f}" stroke="#ffffff" '
        f'stroke-width="3" paint-order="stroke">{escape(short)} {box.people}</text></g>'
    )


def _name(place: str, names: Mapping[str, str]) -> str:
    return "other places" if place == OTHERS else names.get(place, place)
