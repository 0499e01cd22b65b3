"""What all commands share: the data folder, errors said in one sentence, tables and JSON."""

import logging
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import msgspec
import typer

if TYPE_CHECKING:
    from rich.console import Console

    from hub.home import Home
    from hub.store import Store

WIDTH_CHARS: Final = 160
"""Width of what is not written to a terminal."""

Data = Annotated[
    Path,
    typer.Option("--data", "-d", envvar="FOYER_DATA", help="Data folder of the installation."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="FOYER_CONFIG", help="Default: foyer.yaml in the data "
                 "folder."),
]  # fmt: skip
Json = Annotated[bool, typer.Option("--json", help="JSON for machines instead of a table.")]
DATA_DEFAULT = Path("foyer-data")


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is wrong in one sentence and end with 1, instead of a traceback."""
    from edge.errors import EdgeError
    from hub.broker.errors import BrokerError
    from hub.config import ConfigFault
    from hub.core.errors import CoreError
    from hub.store import StoreError

    try:
        yield
    except (ConfigFault, CoreError, StoreError, BrokerError, EdgeError, OSError) as error:
        raise refusal(str(error)) from error


def refusal(sentence: str) -> typer.Exit:
    """Say what is wrong, in red on standard error; raise what is returned."""
    typer.secho(f"foyer: {' '.join(sentence.split())}", fg="red", err=True)
    return typer.Exit(1)


def home_at(data: Path, config: Path | None) -> "Home":
    """The installation in a data folder."""
    from hub.config import read_config
    from hub.home import Home

    return Home(data, read_config(data, config))


@contextmanager
def opened(data: Path, config: Path | None) -> Iterator[tuple["Home", "Store"]]:
    """An installation with its store open; what is wrong is said plainly."""
    with plainly():
        home = home_at(data, config)
        with home.store() as store:
            yield home, store


def log_plainly(level: int = logging.INFO) -> None:
    """Log to standard error, a line each."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    for name in ("apscheduler", "alembic"):
        logging.getLogger(name).setLevel(logging.WARNING)


def screen(*, to_error: bool = False) -> "Console":
    """Where people read; wide enough when it is no terminal."""
    from rich.console import Console

    stream = sys.stderr if to_error else sys.stdout
    width = None if stream.isatty() else WIDTH_CHARS
    return Console(file=stream, width=width, highlight=False, markup=False)


def show_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Write a table for people; None is an empty cell, numbers stand to the right."""
    from rich.table import Table

    cells = [["" if cell is None else cell for cell in row] for row in rows]
    table = Table(title=title or None, title_justify="left")
    for index, name in enumerate(columns):
        numbers = bool(cells) and all(isinstance(row[index], int | float) for row in cells)
        table.add_column(name, justify="right" if numbers else "left", overflow="fold")
    for row in cells:
        table.add_row(*(str(cell) for cell in row))
    screen().print(table)


def show_json(value: Any) -> None:
    """Write JSON for machines."""
    typer.echo(msgspec.json.format(msgspec.json.encode(value), indent=2).decode())
