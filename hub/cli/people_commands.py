"""``foyer people``: who takes part."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli import people_forgetting, people_pairs
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

app = typer.Typer(no_args_is_help=True, help="Import, look up, merge and forget those who take "
                  "part.")  # fmt: skip

Who = Annotated[str, typer.Argument(help="Id, badge, e-mail, or a name only they have.")]


@app.command(name="import")
def import_(
    file: Annotated[Path, typer.Argument(help="CSV with a header, a JSON list, or JSON Lines.")],
    source: Annotated[
        str, typer.Option(help="A source of the venue's document, whose mapping is used. Without "
                          "it columns mean what they are called.")
    ] = "",
    event: Annotated[str, typer.Option(help="Refuse unless the installation runs this event.")]
        = "",
    map_: Annotated[
        str, typer.Option("--map", help="Without a source: FIELD=COLUMN,...; fields are name, "
                          "email, phone, company, badge, consents, key; any other is an attribute.")
    ] = "",
    consents: Annotated[
        str, typer.Option(help="Without a source: purposes that all of them consented to, as "
                          "lights,music.")
    ] = "",
    format_: Annotated[
        str, typer.Option("--format", help="csv, json or jsonl; by default the file's ending.")
    ] = "",
    dry_run: Annotated[bool, typer.Option(help="Say what would happen, change nothing.")] = False,
    links: Annotated[
        Path | None, typer.Option(help="Write the page of each new person to this CSV.")
    ] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Register everybody in a file. Doing it twice changes nothing; changed rows update."""
    from hub.cli.importing import bar, plain_report, show_report, write_links
    from hub.cli.people_asking import desk
    from hub.cli.people_file import listed, parse_map
    from hub.people.files import read_file
    from hub.people.importing import import_file
    from hub.people.sources import choose, venue_of

    with desk(data, config) as (home, store):
        if event not in {"", home.event}:
            raise refusal(f"{home.data} runs the event {home.event!r}, not {event!r}")
        if source and (map_ or consents):
            raise refusal("--map and --consents are for files without a --source")
        read = read_file(file, format_)
        mapping, given = parse_map(map_), listed(consents)
        chosen = choose(venue_of(store), read, source, mapping=mapping, given=given)
        with bar("Importing", len(read.records)) as progress:
            report = import_file(store, read, chosen, home.clock().wall_ms(), dry_run=dry_run,
                                 progress=progress)  # fmt: skip
        if links is not None and not dry_run:
            write_links(links, report.links, home.public_url)
    if as_json:
        show_json(plain_report(report))
    else:
        show_report(report)
    if report.refused_rows:
        raise typer.Exit(1)


@app.command()
def retry(
    source: Annotated[str, typer.Option(help="Only what this source brought.")] = "",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Take refused records in again, once the mapping or the reason is mended."""
    from hub.cli.people_asking import desk
    from hub.people.importing import held_of, take_again

    with desk(data, config) as (home, store):
        now_ms = home.clock().wall_ms()
        said = [(row.id, take_again(store, row, now_ms)) for row in list(held_of(store, source))]
    again = [(number, reason) for number, reason in said if reason is not None]
    screen().print(f"{len(said) - len(again)} are taken in, {len(again)} are refused again")
    if again:
        show_table("Refused", ("id", "reason"), again)
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
    person: Who, data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False
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
def link(person: Who, data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Make a new link to somebody's own page; the one before opens nothing from then on."""
    from hub.cli.importing import page_of
    from hub.cli.who import find_person

    with opened(data, config) as (home, store):
        token = store.people.new_link(find_person(store, person))
        if token is None:
            raise refusal(f"{person!r} is not registered")
        typer.echo(page_of(home.public_url, token))


@app.command()
def everything(
    person: Who,
    out: Annotated[Path, typer.Option("--out", "-o", help="The zip; what is there is replaced.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Write everything that is stored about somebody into a zip, to hand it to them."""
    from hub.cli.people_asking import desk
    from hub.cli.who import find_person
    from hub.people.handover import write_everything

    with desk(data, config) as (home, store):
        found = find_person(store, person)
        written = write_everything(store, found, home.clock().wall_ms(), out)
    typer.echo(f"{out}: {written} bytes, for its owner's eyes")


app.command()(people_pairs.merge)
app.command()(people_pairs.unmerge)
app.command()(people_pairs.duplicates)
app.command(name="walk-ins")(people_pairs.walk_ins)
app.command()(people_pairs.claim)
app.command()(people_forgetting.erase)
app.command()(people_forgetting.purge)
