"""What all commands share: the data folder, and errors said in one sentence."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from hub.config import ConfigFault, read_config
from hub.core.errors import CoreError
from hub.home import Home
from hub.store import StoreError

Data = Annotated[
    Path,
    typer.Option("--data", "-d", envvar="FOYER_DATA", help="Data folder of the installation."),
]
ConfigOption = Annotated[
    Path | None,
    typer.Option("--config", "-c", envvar="FOYER_CONFIG", help="Default: foyer.yaml in the data "
                 "folder."),
]  # fmt: skip
DATA_DEFAULT = Path("foyer-data")


@contextmanager
def plainly() -> Iterator[None]:
    """Say what is wrong in one sentence and end with 1, instead of a traceback."""
    try:
        yield
    except (ConfigFault, CoreError, StoreError, OSError) as error:
        typer.secho(f"foyer: {error}", fg="red", err=True)
        raise typer.Exit(1) from error


def home_at(data: Path, config: Path | None) -> Home:
    """The installation in a data folder."""
    return Home(data, read_config(data, config))


def log_plainly(level: int = logging.INFO) -> None:
    """Log to standard error, a line each."""
    logging.basicConfig(level=level, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    logging.getLogger("apscheduler").setLevel(logging.WARNING)


Run = Callable[[Home], None]
