"""``foyer`` on one page: each command imports its part when asked for, so an edge stays small."""

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from hub.cli import (
    backtest_command,
    badge_commands,
    device_commands,
    experiment_commands,
    export_commands,
    held_commands,
    insight_commands,
    people_commands,
    people_notes,
    rebuild_command,
    recommend_commands,
    replay_command,
    rules_commands,
    upkeep_commands,
    venue_commands,
    why_command,
)
from hub.cli.common import DATA_DEFAULT, ConfigOption, Data, home_at, log_plainly, plainly

app = typer.Typer(
    name="foyer",
    no_args_is_help=True,
    add_completion=False,
    help="Makes a venue respond to the people in it.",
    pretty_exceptions_show_locals=False,
)


@app.command()
def init(
    venue: Annotated[Path, typer.Option(help="The venue's document.")],
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Make a data folder ready for the event of a venue's document."""
    from hub.cli.running import initialise

    with plainly():
        initialise(data, config, venue)


@app.command()
def up(
    venue: Annotated[Path | None, typer.Option(help="Put this venue in force first.")] = None,
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
) -> None:
    """Run broker, engine and web on this machine, and start again what dies."""
    from hub.cli.running import initialise, supervise

    with plainly():
        home = initialise(data, config, venue) if venue else home_at(data, config)
        supervise(home, config)


@app.command()
def engine(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Run the engine alone."""
    from hub.app import run_engine

    log_plainly()
    with plainly():
        run_engine(home_at(data, config))


@app.command()
def web(data: Data = DATA_DEFAULT, config: ConfigOption = None) -> None:
    """Run the web alone: pages and API."""
    from hub.app import run_web

    log_plainly()
    with plainly():
        run_web(home_at(data, config))


@app.command()
def broker(
    data: Data = DATA_DEFAULT,
    config: ConfigOption = None,
    write_only: Annotated[
        bool, typer.Option("--write-only", help="Write the files of a Mosquitto that runs "
                           "elsewhere, and end.")
    ] = False,
) -> None:  # fmt: skip
    """Run the broker alone, embedded or Mosquitto, as the configuration says."""
    from hub.broker.main import run, write_files
    from hub.broker.settings import BrokerSettings

    log_plainly()
    with plainly():
        home = home_at(data, config)
        chosen = home.config.broker
        settings = BrokerSettings(
            kind=chosen.kind,
            devices=home.devices_file,
            data=data / "broker",
            bind=chosen.bind,
            port=chosen.port,
        )
        if write_only:
            typer.echo(f"Mosquitto's files are in {write_files(settings)}")
        else:
            run(settings)


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True},
    add_help_option=False,
)
def edge(context: typer.Context) -> None:
    """Run the agent of a Pi; foyer edge run --help says how."""
    from edge.main import main as edge_main

    sys.exit(edge_main(context.args))


@app.command()
def demo(
    speed: Annotated[
        float,
        typer.Option(help="Venue seconds in a real one. Over 200, stays are measured coarsely."),
    ] = 180.0,
    seed: Annotated[int, typer.Option(help="Another seed is another day.")] = 1,
    port: Annotated[int, typer.Option(help="Port of the pages, if it is free.")] = 8000,
    seconds: Annotated[float | None, typer.Option(help="Stop after so many real seconds.")] = None,
    data: Annotated[Path | None, typer.Option(help="Keep everything in this folder.")] = None,
    example: Annotated[Path | None, typer.Option(help="Folder with venue and people.")] = None,
    browser: Annotated[bool, typer.Option(help="Open a browser.")] = False,
) -> None:
    """Run a whole conference on this machine, in fast time."""
    from hub.cli.demo import DemoSettings, data_folder, example_folder, run_demo

    with plainly(), data_folder(data) as folder:
        run_demo(
            DemoSettings(example_folder(example), folder, speed, seed, port, seconds, browser,
                         kept=data is not None)
        )  # fmt: skip


app.command(epilog=replay_command.EPILOG)(replay_command.replay)
app.command()(why_command.why)
app.command()(rebuild_command.rebuild)
app.add_typer(export_commands.app, name="export")
app.add_typer(insight_commands.app, name="insight")
app.command()(experiment_commands.experiments)
app.command()(recommend_commands.recommend)
app.add_typer(venue_commands.app, name="venue")
app.add_typer(rules_commands.app, name="rules")
backtest_command.register(rules_commands.app)
app.add_typer(people_commands.app, name="people")
app.add_typer(badge_commands.app, name="badges")
app.add_typer(people_notes.app, name="notes")
app.add_typer(device_commands.app, name="devices")
app.add_typer(held_commands.quarantine, name="quarantine")
app.add_typer(held_commands.actions, name="actions")
app.add_typer(upkeep_commands.accounts, name="accounts")
app.add_typer(upkeep_commands.lights, name="lights")
app.add_typer(upkeep_commands.database, name="db")


def main() -> None:
    """Run the command line; what it writes, its owner alone may read."""
    os.umask(0o077)
    app()
