"""``foyer people``: who takes part."""

from pathlib import Path
from typing import Annotated

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

app = typer.Typer(no_args_is_help=True, help="Import and look up those who take part.")


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with a header.")],
    map_: Annotated[
        str, typer.Option("--map", help="FIELD=COLUMN,...; fields are name, email, phone, company, "
                          "badge, consents, key; any other is an attribute. Without it columns "
                          "mean what they are called.")
    ] = "",
    consents: Annotated[
        str, typer.Option(help="Purposes that all of them consented to: lights,music,presence,"
                          "push,rewards.")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="Say what would happen, change nothing.")] = False,
    links: Annotated[
        Path | None, typer.Option(help="Write the page of each new person to this CSV.")
    ] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Register everybody in a file. Doing it twice changes nothing."""
    from hub.cli.importing import import_people, write_links
    from hub.cli.people_file import read_people

    with opened(data, config) as (home, store):
        given = [part.strip() for part in consents.split(",") if part.strip()]
        read = read_people(file, map_, given)
        found = import_people(store, read, home.clock().wall_ms(), dry_run=dry_run)
        if links is not None and not dry_run:
            write_links(links, found.links, home.public_url)
    if as_json:
        show_json({"new": found.new, "known": found.known, "refused": found.refused,
                   "dry_run": dry_run})  # fmt: skip
    else:
        would = "would be " if dry_run else ""
        screen().print(
            f"{found.new} {would}new, {found.known} known already, {len(found.refused)} refused"
        )
        if found.refused:
            show_table("Refused", ("line", "reason"), found.refused)
    if found.refused:
        raise typer.Exit(1)


@app.command(name="list")
def list_(
    search: Annotated[str, typer.Argument(help="Part of a name, e-mail or company; or a badge.")]
        = "",
    limit: Annotated[int, typer.Option(help="Most that are shown.")] = 50,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """List people."""
    with opened(data, config) as (_home, store):
        found = store.people.search(search, limit)
        count = store.people.count()
    if as_json:
        show_json(found)
        return
    rows = [(one.person, one.name, one.email, one.company) for one in found]
    show_table(f"{len(rows)} of {count} people", ("id", "name", "e-mail", "company"), rows)


@app.command()
def show(
    person: Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """Show all that is known of somebody."""
    from hub.cli.person_sheet import sheet, show_sheet
    from hub.cli.who import find_person

    with opened(data, config) as (home, store):
        found = sheet(store, find_person(store, person), home.clock().wall_ms())
    if as_json:
        show_json(found)
    else:
        show_sheet(found)


@app.command()
def link(
    person: Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Make a new link to somebody's own page; the one before opens nothing from then on."""
    from hub.cli.importing import page_of
    from hub.cli.who import find_person

    with opened(data, config) as (home, store):
        token = store.people.new_link(find_person(store, person))
        if token is None:
            raise refusal(f"{person!r} is not registered")
        typer.echo(page_of(home.public_url, token))
