"""``foyer notes``: what those who work here ought to know, until somebody has read it."""

from typing import Annotated, Final
from zoneinfo import ZoneInfo

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    refusal,
    screen,
    show_json,
    show_table,
)

app = typer.Typer(no_args_is_help=True, help="What those who work here ought to know.")
BY: Final = "cli"


@app.command(name="list")
def list_(
    every: Annotated[bool, typer.Option("--all", help="Those that were read too.")] = False,
    limit: Annotated[int, typer.Option(help="Most that are shown.")] = 50,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """List notes, newest first: refused merges, lost badges, what rules told staff."""
    from hub.core.spans import local
    from hub.people.sources import venue_of

    with opened(data, config) as (_home, store):
        rows = store.notes.rows(unread=not every, limit=limit)
        unread, zone = store.notes.count_unread(), ZoneInfo(venue_of(store).event.zone)
    if as_json:
        show_json(rows)
        return
    shown = [(one.id, f"{local(one.at_ms, zone):%d %b %H:%M}", one.title, one.text, one.person,
              one.read_by) for one in rows]  # fmt: skip
    show_table(f"{unread} unread", ("id", "at", "title", "text", "person", "read by"), shown)


@app.command()
def read(
    numbers: Annotated[list[int], typer.Argument(help="Their ids.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Say that notes were read."""
    with opened(data, config) as (home, store):
        done = store.notes.mark_read(numbers, BY, home.clock().wall_ms())
    if not done:
        raise refusal("none of them was unread")
    screen().print(f"{done} are read")
