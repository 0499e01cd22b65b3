"""What is shown while a recording is replayed: how far, how fast, how long still."""

from typing import Self

from rich.progress import (
    BarColumn,
    Progress,
    ProgressColumn,
    SpinnerColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from hub.cli.common import screen


class Rate(ProgressColumn):
    """Rows a second that reached the hub."""

    def render(self, task: Task) -> Text:
        """Write it, once it is known."""
        return Text("" if task.speed is None else f"{task.speed:,.0f} rows/s")


class Bar:
    """A progress bar on standard error; nothing is shown where that is no terminal."""

    def __init__(self, rows: int, *, shown: bool) -> None:
        console = screen(to_error=True)
        self._rows = rows
        self._progress = Progress(
            SpinnerColumn(),
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[figures]}"),
            Rate(),
            TimeElapsedColumn(),
            TextColumn("left"),
            TimeRemainingColumn(),
            console=console,
            disable=not (shown and console.is_terminal),
        )
        self._task = self._progress.add_task("", total=None, figures="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._progress.stop()

    def step(self, text: str, total: int | None = None) -> None:
        """Begin the next piece of work."""
        self._progress.reset(self._task, description=text, total=total, figures="")

    def done(self, count: int) -> None:
        """So much more of the piece of work is done."""
        self._progress.advance(self._task, count)

    def rows(self, read: int, committed: int) -> None:
        """Rows read by the agents, and those that the hub has committed."""
        figures = f"{read:,} read, {committed:,} of {self._rows:,} in the hub"
        self._progress.update(self._task, completed=committed, figures=figures)
