"""``foyer venue``: the document that says what there is and what happens."""

from pathlib import Path
from typing import Annotated

import typer

from hub.cli.common import (
    DATA_DEFAULT,
    ConfigOption,
    Data,
    Json,
    opened,
    plainly,
    refusal,
    screen,
    show_json,
    show_table,
)

app = typer.Typer(no_args_is_help=True, help="Check, put in force and show a venue's document.")
File = Annotated[Path, typer.Argument(help="The document, YAML or JSON.")]


@app.command()
def check(file: File) -> None:
    """Say whether a document can be meant, and if not, where and why."""
    from hub.bootstrap import read_venue

    with plainly():
        venue = read_venue(file)
    screen().print(
        f"{file}: {venue.event.name} can be put in force: {len(venue.places)} places, "
        f"{len(venue.edges)} edges, {len(venue.rules)} rules"
    )


@app.command()
def apply(
    file: File,
    wait_s: Annotated[float, typer.Option(help="Longest wait for the engine's answer.")] = 15.0,
    past: Annotated[
        bool, typer.Option("--past", help="Let rules that changed count what happened before.")
    ] = False,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Put a document in force, and wait until the engine has taken or refused it."""
    from hub.bootstrap import read_venue
    from hub.cli.publishing import publish

    with opened(data, config) as (home, store):
        done, sentence = publish(home, store, read_venue(file), wait_s, past=past)
    if not done:
        raise refusal(sentence)
    screen().print(sentence)


@app.command()
def show(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False) -> None:
    """Show the document that is in force."""
    import msgspec
    import yaml

    from hub.core.document import Venue

    with opened(data, config) as (home, store):
        current = store.venue_at()
        if current is None:
            raise refusal(f"no venue is published in {home.data}: foyer venue apply FILE")
        venue = msgspec.json.decode(current.document, type=Venue)
    if as_json:
        show_json(venue)
        return
    typer.echo(f"# version {current.version}")
    plain = msgspec.to_builtins(venue)
    typer.echo(yaml.safe_dump(plain, sort_keys=False, allow_unicode=True, width=100))


@app.command()
def rules(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False) -> None:
    """List the rules in force with what they did so far."""
    import msgspec

    from hub.core.document import Venue

    with opened(data, config) as (_home, store):
        current, counts = store.venue_at(), store.views.decision_counts()
    listed = msgspec.json.decode(current.document, type=Venue).rules if current else []
    rows = [
        (r.name, r.text, r.stage, counts.get((r.name, "fired"), 0),
         counts.get((r.name, "suppressed"), 0))
        for r in listed
    ]  # fmt: skip
    names = ("rule", "text", "stage", "fired", "suppressed")
    if as_json:
        show_json([dict(zip(names, row, strict=True)) for row in rows])
        return
    show_table("Rules", names, rows)


@app.command()
def schema() -> None:
    """Write the JSON Schema of the document, for editors that check while one writes."""
    import msgspec

    from hub.core.document import Venue

    show_json(msgspec.json.schema(Venue))
