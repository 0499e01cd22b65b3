"""``foyer rules``: check a document while it is written, and see and change what is in force."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

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
)  # fmt: skip

if TYPE_CHECKING:
    from hub.core.document import Stage, Venue
    from hub.home import Home
    from hub.reading import Located
    from hub.store import Store

app = typer.Typer(no_args_is_help=True, help="Check rules, compare versions, pause and resume.")
File = Annotated[Path, typer.Argument(help="The document, YAML or JSON.")]
Name = Annotated[str, typer.Argument(help="The rule.")]
Number = Annotated[int | None, typer.Option("--version", help="Default: the one in force.")]
Wait = Annotated[float, typer.Option(help="Longest wait for the engine's answer.")]
WAIT_S: Final = 15.0

COLOURS: Final = {"error": "bold red", "warning": "yellow", "note": "cyan"}


@app.command()
def check(file: File, as_json: Json = False) -> None:
    """Say all that is wrong with a document, where, and what would be right.

    Ends with 1 when there is an error; warnings and notes leave it with 0.
    """
    from hub.cli.rules_versions import read_file

    with plainly():
        read = read_file(file)
        findings = [*read.findings, *_compiled(file, read.venue if read.is_right else None)]
    errors = sum(one.severity == "error" for one in findings)
    if as_json:
        show_json(findings)
    else:
        for one in findings:
            _show(one)
        _sum_up(file, read.venue, errors, len(findings) - errors)
    if errors:
        raise typer.Exit(1)


def _compiled(file: Path, venue: "Venue | None") -> "list[Located]":
    """What putting it in force would refuse that no check has found."""
    from hub.core.compiled import compile_venue
    from hub.core.errors import RulesFault
    from hub.reading import Located

    try:
        if venue is not None:
            compile_venue(venue, version=1)
    except RulesFault as fault:
        return [Located(path="", message=str(fault), file=str(file))]
    return []


def _show(one: "Located") -> None:
    from rich.text import Text

    place = f"{one.file}:{one.line}:{one.column}: "
    said = (f"{one.severity}: ", COLOURS[one.severity])
    screen().print(Text.assemble(place, said, one.sentence()), soft_wrap=True)
    if one.hint:
        screen().print(Text(f"    {one.hint}", style="dim"), soft_wrap=True)


def _sum_up(file: Path, venue: "Venue | None", errors: int, others: int) -> None:
    more = f", {others} to look at" if others else ""
    if errors:
        said = f"{errors} error{'s' if errors > 1 else ''}{more}"
    else:
        assert venue is not None  # noqa: S101 - what is no venue has an error
        said = f"{venue.event.name} can be put in force: {len(venue.rules)} rules{more}"
    screen().print(f"{file}: {said}", soft_wrap=True)


@app.command()
def schema(
    out: Annotated[Path | None, typer.Option(help="Write it to this file.")] = None,
) -> None:
    """Write the JSON Schema of the document, for editors that check while one writes."""
    from hub.reading import schema_text

    with plainly():
        if out is None:
            typer.echo(schema_text(), nl=False)
            return
        out.write_text(schema_text(), encoding="utf-8")
    screen().print(f"{out} is written; a document finds it by its first line:")
    screen().print(f"# yaml-language-server: $schema={out.name}")


@app.command()
def export(
    version: Number = None,
    style: Annotated[Literal["yaml", "json"], typer.Option("--format", help="How.")] = "yaml",
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Write a version as a document that can be put in force again."""
    from hub.cli.rules_versions import numbered
    from hub.core.checking import plain
    from hub.reading import to_yaml

    with opened(data, config) as (_home, store):
        venue = numbered(store, version)
    if style == "json":
        show_json(plain(venue))
    else:
        typer.echo(to_yaml(venue), nl=False)


@app.command()
def versions(data: Data = DATA_DEFAULT, config: ConfigOption = None, as_json: Json = False) -> None:
    """List the versions that were put in force, with who did and when."""
    from hub.cli.rules_versions import numbered
    from hub.core.checking.times import zone_of
    from hub.core.spans import local_time

    with opened(data, config) as (_home, store):
        listed = store.venue_versions()
        zone = zone_of(numbered(store, None)) if listed else None
    if as_json:
        show_json([{"version": one.version, "at_ms": one.at_ms, "by": one.by} for one in listed])
        return
    rows = [(one.version, local_time(one.at_ms, zone), one.by) for one in listed if zone]
    show_table("Versions", ("version", "since", "by"), rows)


@app.command()
def diff(
    before: Annotated[str, typer.Argument(help="A version's number, or a file.")],
    after: Annotated[str, typer.Argument(help="Another one.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:
    """Say what is different between two versions, or a version and a file."""
    from hub.cli.rules_versions import named
    from hub.core.checking import compare

    with opened(data, config) as (_home, store):
        changes = compare(named(store, before), named(store, after))
    if as_json:
        show_json(changes)
        return
    for change in changes:
        screen().print(change.sentence(), soft_wrap=True)
    if not changes:
        screen().print("there is no difference")


@app.command()
def revert(
    version: Annotated[int, typer.Argument(help="The version to go back to.")],
    wait_s: Wait = WAIT_S,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Put an older version's document in force again, as the newest version."""
    from hub.cli.rules_versions import numbered

    with opened(data, config) as (home, store):
        _publish(home, store, numbered(store, version), wait_s)


@app.command()
def pause(
    name: Name, wait_s: Wait = WAIT_S, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Ask a rule no more; it keeps its history."""
    _stage(name, "paused", wait_s, data, config)


@app.command()
def resume(
    name: Name, wait_s: Wait = WAIT_S, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Have a rule act again that was paused."""
    _stage(name, "live", wait_s, data, config)


@app.command()
def shadow(
    name: Name, wait_s: Wait = WAIT_S, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Have a rule decide and be logged, and do nothing."""
    _stage(name, "shadow", wait_s, data, config)


@app.command()
def live(
    name: Name, wait_s: Wait = WAIT_S, data: Data = DATA_DEFAULT, config: ConfigOption = None
) -> None:
    """Have a rule act."""
    _stage(name, "live", wait_s, data, config)


def _stage(name: str, stage: "Stage", wait_s: float, data: Path, config: Any) -> None:
    from hub.cli.rules_versions import numbered, staged

    with opened(data, config) as (home, store):
        _publish(home, store, staged(numbered(store, None), name, stage), wait_s)


def _publish(home: "Home", store: "Store", venue: "Venue", wait_s: float) -> None:
    from hub.cli.publishing import publish

    done, sentence = publish(home, store, venue, wait_s)
    if not done:
        raise refusal(sentence)
    screen().print(sentence)
