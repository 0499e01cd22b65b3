"""``foyer insight``: what happened at the event."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    opened,
    refusal,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.core.document import Venue
    from hub.insight.service import Insight
    from hub.insight.sheets import Report
    from hub.insight.spans import Asked

app = typer.Typer(
    no_args_is_help=True, help="What happened: rules, rewards, places, and ways through the venue."
)

Since = Annotated[
    str | None,
    typer.Option(help="From this instant on: 2026-11-12T09:00 at the venue, or Unix milliseconds."),
]
Until = Annotated[str | None, typer.Option(help="Up to before this instant.")]
Bucket = Annotated[
    str | None, typer.Option(help="1min, 5min, 15min, 1h, 6h or 1d; else a fitting one.")
]
Format = Annotated[str, typer.Option("--format", "-f", help="table, json or csv.")]
Drawn = Annotated[str, typer.Option("--format", "-f", help="table, json, csv or svg.")]
Part = Annotated[str, typer.Option(help="Which of the report's tables; else its first.")]

Make = Callable[["Insight", "Asked"], "Report"]
Draw = Callable[["Report", "Venue"], str]


@app.command()
def rules(
    since: Since = None, until: Until = None, bucket: Bucket = None, format_: Format = "table",
    part: Part = "", data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say how often each rule fired, was suppressed and why. Parts: totals, over-time."""
    _answer(data, config, (since, until, bucket), format_, part, lambda i, a: i.rules(a))


@app.command()
def rewards(
    since: Since = None, until: Until = None, bucket: Bucket = None, format_: Format = "table",
    part: Part = "", data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say what became of each pool of rewards. Parts: totals, stands, over-time."""
    _answer(data, config, (since, until, bucket), format_, part, lambda i, a: i.rewards(a))


@app.command()
def places(
    since: Since = None, until: Until = None, bucket: Bucket = None, format_: Format = "table",
    part: Part = "", data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say who came to each place and how full it was. Parts: totals, over-time."""
    _answer(data, config, (since, until, bucket), format_, part, lambda i, a: i.places(a))


@app.command()
def flows(
    since: Since = None, until: Until = None, format_: Drawn = "table", part: Part = "",
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say how many went from where to where next. Parts: matrix, pairs."""
    _answer(data, config, (since, until, None), format_, part, lambda i, a: i.flows(a), _flows)


@app.command()
def journeys(
    since: Since = None, until: Until = None, format_: Drawn = "table", part: Part = "",
    steps: Annotated[int, typer.Option(help="How many places of each journey count.")] = 6,
    by_day: Annotated[bool, typer.Option("--by-day", help="Each day is a journey.")] = False,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Say how people went through the venue. Parts: paths, steps, tree, bands."""
    _answer(
        data, config, (since, until, None), format_, part,
        lambda i, a: i.journeys(a, steps, by_day=by_day), _journeys,
    )  # fmt: skip


def _answer(
    data: "Data",
    config: "ConfigOption",
    bounds: tuple[str | None, str | None, str | None],
    format_: str,
    part: str,
    make: Make,
    draw: Draw | None = None,
) -> None:
    from contract.clock import SystemClock
    from hub.insight.errors import InsightError
    from hub.insight.service import Insight

    formats = ("table", "json", "csv") + (("svg",) if draw else ())
    if format_ not in formats:
        raise refusal(f"there is no format {format_!r}; there is: {', '.join(formats)}")
    with opened(data, config) as (_home, store):
        try:
            insight = Insight(store, SystemClock())
            venue = insight.venue()
            report = make(insight, asked_at(venue, *bounds))
            if format_ == "svg" and draw is not None:
                typer.echo(draw(report, venue), nl=False)
            else:
                _show(report, format_, part)
        except InsightError as error:
            raise refusal(str(error)) from error


def asked_at(venue: "Venue", since: str | None, until: str | None, width: str | None) -> "Asked":
    """Read the bounds that were given, in the venue's time.

    Raises:
        BadSpan: they cannot be meant.
    """
    from hub.insight.spans import asked, instant_ms

    zone = venue.event.zone
    since_ms = instant_ms(since, zone) if since else None
    until_ms = instant_ms(until, zone) if until else None
    return asked(since_ms, until_ms, width)


def _show(report: "Report", format_: str, part: str) -> None:
    from hub.insight.errors import UnknownName
    from hub.insight.export.writing import sheet_csv
    from hub.insight.sheets import sheets_of

    if format_ == "json":
        show_json(report)
        return
    sheets = sheets_of(report)
    if part and part not in sheets:
        raise UnknownName(f"there is no part {part!r}; there is: {', '.join(sheets)}")
    name = part or next(iter(sheets))
    if format_ == "csv":
        typer.echo(sheet_csv(sheets[name]).decode(), nl=False)
    else:
        show_table("", [c.replace("_", " ") for c in sheets[name].columns], sheets[name].rows)


def _flows(report: "Report", venue: "Venue") -> str:
    from hub.insight.flows import FlowsReport
    from hub.insight.picture import of_flows

    assert isinstance(report, FlowsReport)  # noqa: S101 - it was made for this picture
    return of_flows(report, _names(venue), f"{venue.event.name}: from place to place")


def _journeys(report: "Report", venue: "Venue") -> str:
    from hub.insight.journeys import JourneysReport
    from hub.insight.picture import of_journeys

    assert isinstance(report, JourneysReport)  # noqa: S101 - it was made for this picture
    return of_journeys(report, _names(venue), f"{venue.event.name}: through the venue")


def _names(venue: "Venue") -> dict[str, str]:
    return {place.id: place.name for place in venue.places}
