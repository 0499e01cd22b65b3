"""``foyer rules backtest`` and ``foyer rules record``: what another document would have done."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    opened,
    plainly,
    refusal,
    screen,
    show_json,
    show_table,
)

if TYPE_CHECKING:
    from hub.backtest.sources import Setting
    from hub.home import Home
    from hub.store import Store

EVER_MS: Final = 1 << 62
"""Later than every instant."""

INTERRUPTED: Final = 130
"""How a command ends that was to judge, and was stopped before."""

Since = Annotated[
    str | None, typer.Option(help="From when on: a local time, or 2h or 1d back.")
]  # fmt: skip
Until = Annotated[str | None, typer.Option(help="Up to when, written likewise.")]
Style = Literal["table", "json", "svg"]


def register(app: typer.Typer) -> None:
    """Add both commands to the commands about rules."""
    app.command()(backtest)
    app.command()(record)


def backtest(
    rules: Annotated[Path, typer.Argument(help="A venue's document, or parts of one: rules: ...")],
    event: Annotated[
        Path | None, typer.Option(help="A recorded event, instead of this installation's.")
    ] = None,
    since: Since = None,
    until: Until = None,
    as_live: Annotated[
        bool, typer.Option("--as-live", help="Judge drafts and shadows as if they were live.")
    ] = False,
    style: Annotated[Style, typer.Option("--format", help="How it is shown.")] = "table",
    picture: Annotated[
        Path | None, typer.Option(help="Write the picture, an SVG, to this file as well.")
    ] = None,
    fail_on_loss: Annotated[
        bool, typer.Option("--fail-on-loss", help="End with 1 when somebody would lose.")
    ] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Say what a document would have done with what happened, beside the one in force.

    Nothing is changed, and nobody is sent anything.
    """
    from hub.cli.backtesting import Asked, judge

    asked = Asked(rules, since, until, as_live, picture)
    with _plainly():
        setting, names = _setting(event, data, config)
        try:
            with _progress(2 * setting.rows) as each:
                judged = judge(setting, asked, each)
        except KeyboardInterrupt:
            screen(to_error=True).print("stopped: nothing was compared")
            raise typer.Exit(INTERRUPTED if fail_on_loss else 0) from None
    match style:
        case "json":
            show_json({"summary": judged.summary, **judged.plain(names)})
        case "svg":
            typer.echo(judged.svg, nl=False)
        case _:
            for sheet in judged.sheets(names):
                show_table(sheet.title, sheet.columns, sheet.rows)
            screen().print(judged.summary, soft_wrap=True)
    if judged.losers and fail_on_loss:
        raise refusal(f"{judged.losers} would lose something")


def record(
    out: Annotated[Path, typer.Option(help="The file; one that ends in .gz is packed.")],
    since: Since = None,
    until: Until = None,
    pseudonyms: Annotated[
        bool, typer.Option("--pseudonyms", help="Call people and badges by other names, and leave "
                           "out what tells who they are.")
    ] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:  # fmt: skip
    """Write what happened to a file that ``foyer rules backtest --event`` reads."""
    from hub.backtest.record import record as write
    from hub.cli.backtesting import span

    with _plainly(), opened(data, config) as (home, store):
        setting = _installed(home, store)
        since_ms, until_ms = span(setting, since, until)
        count = write(store, setting, out, since_ms, until_ms, pseudonyms=pseudonyms)
    screen().print(f"{out} holds {count} facts", soft_wrap=True)


def _setting(
    event: Path | None, data: Path, config: Path | None
) -> "tuple[Setting, dict[str, str]]":
    """Where the facts are, and who the people are."""
    from hub.backtest.sources import of_file

    if event is not None:
        return of_file(event), {}
    with opened(data, config) as (home, store):
        return _installed(home, store), store.people.names()


def _installed(home: "Home", store: "Store") -> "Setting":
    from hub.backtest.sources import of_store
    from hub.config import ConfigFault
    from hub.engine.rebuild import noted_grace_ms

    published = store.venue_at()
    if published is None:
        raise ConfigFault("no venue is published yet: foyer venue apply FILE")
    now_ms = home.clock().wall_ms()
    return of_store(store, home.database_url, published, noted_grace_ms(store), now_ms)


@contextmanager
def _plainly() -> Iterator[None]:
    """Say what is wrong with a backtest in one sentence as well."""
    from hub.backtest.errors import BacktestError

    try:
        with plainly():
            yield
    except BacktestError as error:
        raise refusal(str(error)) from error


@contextmanager
def _progress(total: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error, where somebody looks at it."""
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
    )

    console = screen(to_error=True)
    columns: tuple[Any, ...] = (
        TextColumn("deciding anew"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(),
    )  # fmt: skip
    with Progress(*columns, console=console, disable=not console.is_terminal) as bar:
        task = bar.add_task("", total=total)
        yield lambda count: bar.advance(task, count)
