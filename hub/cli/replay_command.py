"""``foyer replay``: its options, in the words of whoever has a recording."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from hub.cli.common import ConfigOption, Json, plainly

EPILOG = (
    "Example: foyer replay scans.csv --map person=Name,place=session,time=updated_at "
    "--where participation=Join --zone America/Sao_Paulo"
)


def replay(
    files: Annotated[list[Path], typer.Argument(help="Recordings; each has an agent of its own.")],
    map_: Annotated[str, typer.Option("--map", help="Which column is what: person=COLUMN,"
        "place=COLUMN,time=COLUMN and rssi=COLUMN; name==TEXT is a constant.")],
    where: Annotated[list[str] | None, typer.Option(help="Only rows with COLUMN=VALUE|VALUE.")]
        = None,
    zone: Annotated[str, typer.Option(help="Time zone of times without one.")] = "UTC",
    time_format: Annotated[str, typer.Option(help="iso, s, ms, or a strptime pattern.")] = "iso",
    time_origin_ms: Annotated[int, typer.Option(help="Instant that numbers count from.")] = 0,
    columns: Annotated[str | None, typer.Option(help="Names of columns, for a file without a "
        "header whose columns are separated by blanks: A,B,C.")] = None,
    kind: Annotated[Literal["tap", "sighting"] | None, typer.Option(help="What a row is. Default: "
        "a sighting when rssi is mapped, else a tap.")] = None,
    speed: Annotated[str, typer.Option(help="Venue seconds for each real one, or max.")] = "max",
    venue: Annotated[Path | None, typer.Option(help="A venue's document with rules. Without one "
        "every place of the recording is a place, and there are no rules.")] = None,
    place_map: Annotated[list[str] | None, typer.Option(help="What a place of the recording is "
        "called in the venue: TEXT=PLACE,...")] = None,
    parts: Annotated[int, typer.Option(help="Deal the rows out to so many agents.")] = 1,
    register: Annotated[bool, typer.Option(help="Register a person for each unknown badge.")]
        = True,
    interval_s: Annotated[float, typer.Option(help="How often a badge is reported.")] = 1.0,
    leave_after_s: Annotated[float, typer.Option(help="Silence that means gone.")] = 60.0,
    keep: Annotated[Path | None, typer.Option(help="Make the installation in this new folder and "
        "keep it.")] = None,
    data: Annotated[Path | None, typer.Option("--data", "-d", help="Replay into this installation "
        "instead of one made for it.")] = None,
    config: ConfigOption = None,
    as_json: Json = False,
) -> None:  # fmt: skip
    """Feed recorded scans through agent, broker and engine, and say what came of it."""
    from hub.cli.replay import command, pace, recording
    from hub.cli.replay.order import Order
    from hub.cli.replay.venue import place_map as read_places

    with plainly():
        command.check_files(files, parts)
        what = recording.recording(
            files, map_, kind, where or (), command.check_zone(zone), time_format, time_origin_ms,
            columns,
        )  # fmt: skip
        order = Order(
            what=what,
            seen=recording.survey(what),
            speed=pace.parse_speed(speed),
            zone=zone,
            venue_file=venue,
            place_map=read_places(place_map or []),
            parts=parts,
            register=register,
            keep=keep,
            interval_s=interval_s,
            leave_after_s=leave_after_s,
        )
        command.carry_out(order, data, config, as_json=as_json)
