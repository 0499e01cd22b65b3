"""``foyer export``: rows to take along, for a spreadsheet or a notebook."""

from pathlib import Path
from typing import Annotated, Self

import typer

from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, opened, refusal, screen

app = typer.Typer(no_args_is_help=True, help="Rows to take along: CSV, JSON Lines or Parquet.")

TOLD_EVERY_ROWS = 500
"""How often the bar is told."""

Out = Annotated[Path, typer.Option("--out", "-o", help="The file; what is there is replaced.")]
Format = Annotated[str, typer.Option("--format", "-f", help="csv, jsonl or parquet.")]
Since = Annotated[
    str | None,
    typer.Option(help="From this instant on: 2026-11-12T09:00 at the venue, or Unix milliseconds."),
]
Until = Annotated[str | None, typer.Option(help="Up to before this instant.")]


@app.command()
def people(
    out: Out, format_: Format = "csv",
    sensitive: Annotated[
        bool, typer.Option("--sensitive", help="With the attributes that are sensitive.")
    ] = False,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write everybody with attributes, consents, tags, points, status and audiences."""
    _export("people", out, format_, data, config, sensitive=sensitive)


@app.command()
def audiences(
    out: Out, format_: Format = "csv",
    audience: Annotated[str | None, typer.Option(help="Only this one.")] = None,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write the members of audiences, with the instant since which they are in."""
    _export("audiences", out, format_, data, config, audience=audience)


@app.command()
def visits(
    out: Out, format_: Format = "csv", since: Since = None, until: Until = None,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write every visit with its beginning, its end and its length."""
    _export("visits", out, format_, data, config, since=since, until=until)


@app.command()
def decisions(
    out: Out, format_: Format = "csv", since: Since = None, until: Until = None,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write what every rule decided, and why."""
    _export("decisions", out, format_, data, config, since=since, until=until)


@app.command()
def rewards(
    out: Out, format_: Format = "csv", since: Since = None, until: Until = None,
    data: Data = DATA_DEFAULT, config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write every reward that was given, and when it was redeemed; never its code."""
    _export("rewards", out, format_, data, config, since=since, until=until)


def _export(
    name: str,
    out: Path,
    format_: str,
    data: Path,
    config: Path | None,
    *,
    since: str | None = None,
    until: str | None = None,
    audience: str | None = None,
    sensitive: bool = False,
) -> None:
    from contract.clock import SystemClock
    from hub.cli.insight_commands import asked_at
    from hub.insight.errors import InsightError
    from hub.insight.export import files, tables
    from hub.insight.service import Insight

    with opened(data, config) as (_home, store):
        try:
            insight = Insight(store, SystemClock())
            bounds = asked_at(insight.venue(), since, until, None)
            made = tables.export(insight, name, bounds, audience=audience, sensitive=sensitive)
            with _Bar(name) as bar:
                rows = files.write(made, out, format_, bar.at)
        except InsightError as error:
            raise refusal(str(error)) from error
    screen(to_error=True).print(f"{rows:,} rows of {name} are in {out}")


class _Bar:
    """How far it is, on standard error; nothing is shown where that is no terminal."""

    def __init__(self, name: str) -> None:
        from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn

        console = screen(to_error=True)
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn(f"{name}: {{task.completed:,.0f}} rows"),
            TimeElapsedColumn(),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._progress.add_task(name, total=None)

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def at(self, rows: int) -> None:
        """Say how many rows have been taken."""
        if rows % TOLD_EVERY_ROWS == 0:
            self._progress.update(self._task, completed=rows)
