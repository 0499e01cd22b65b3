"""Every option of the command line, and the readers that the options ask for."""

import argparse
from collections.abc import Callable
from pathlib import Path
from typing import Final

from contract.clock import Clock
from contract.limits import READER_CHARS_MAX
from edge.errors import SettingsError
from edge.limits import OUTBOX_BYTES_MAX
from edge.readers.keyboard import STDIN, KeyboardReader
from edge.readers.port import Reader, Wifi
from edge.readers.replay import ReplayReader, parse_mapping
from edge.readers.replay.mapping import ISO
from edge.readers.simulated import SimulatedReader, load_script
from edge.readers.simulated.reader import ADVERT_S
from edge.settings import SECRET_VARIABLE, Settings

EXAMPLES: Final = """examples:
  python -m edge run --event conf --name pi-door --secret-file door.secret \\
      --broker hub.local:1883 --data /var/lib/foyer --reader keyboard --device /dev/input/event0
  python -m edge run --event conf --name pi-hall --secret-file hall.secret --broker localhost \\
      --data data --reader replay --file scans.csv --pace max --exit-when-drained \\
      --map badge=Name,reader=session,time=updated_at --where participation=Join --zone UTC
"""

Make = Callable[[argparse.Namespace, Settings, Clock, Wifi], Reader]


def parser() -> argparse.ArgumentParser:
    """Build the parser of ``python -m edge``."""
    root = argparse.ArgumentParser(prog="edge", description="The agent that runs on the Pi.")
    commands = root.add_subparsers(required=True, metavar="COMMAND")
    run = commands.add_parser(
        "run",
        help="read badges and carry them to the hub",
        description="Read badges, keep every read on disk, and carry it to the hub exactly once.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    _who(run)
    _how(run)
    _keyboard(run)
    _replay(run)
    _simulated(run)
    return root


def _who(run: argparse.ArgumentParser) -> None:
    who = run.add_argument_group("who and where")
    who.add_argument("--event", required=True, help="name of the event")
    who.add_argument("--name", required=True, help="name of this edge, unique in the event")
    who.add_argument(
        "--secret-file",
        type=Path,
        metavar="FILE",
        help=f"file with this edge's secret; without it the variable {SECRET_VARIABLE}",
    )
    who.add_argument(
        "--broker", default="localhost:1883", metavar="HOST:PORT", help="default: %(default)s"
    )
    who.add_argument(
        "--data",
        type=Path,
        default=Path("edge-data"),
        metavar="DIR",
        help="folder for the outbox, in a folder of this edge's name (default: %(default)s)",
    )
    who.add_argument(
        "--reader",
        choices=sorted(READERS),
        action="append",
        required=True,
        help="what to read from; may be given several times",
    )


def _how(run: argparse.ArgumentParser) -> None:
    how = run.add_argument_group("how")
    how.add_argument(
        "--clock",
        default="system",
        help="system, fixed:VENUE_MS, or paced:VENUE_MS:REAL_MS:SPEED (default: %(default)s)",
    )
    how.add_argument(
        "--clock-quality",
        choices=("ntp", "rtc", "unset"),
        default="ntp",
        help="how far the system's clock is to be trusted until the hub was asked"
        " (default: %(default)s)",
    )
    how.add_argument("--boot", default="", help="boot id, 8 to 32 hex digits (default: found out)")
    how.add_argument(
        "--tap-bounce-s",
        type=float,
        default=2.0,
        help="a card read again within this time is the same tap (default: %(default)s)",
    )
    how.add_argument(
        "--outbox-bytes-max",
        type=int,
        default=OUTBOX_BYTES_MAX,
        help="when the outbox is larger, old sightings are given up (default: %(default)s)",
    )
    how.add_argument(
        "--resend-s",
        type=float,
        default=10.0,
        help="send again what the hub has not taken in this time (default: %(default)s)",
    )
    how.add_argument(
        "--health-s",
        type=float,
        default=10.0,
        help="time between two messages of health (default: %(default)s)",
    )
    how.add_argument(
        "--exit-when-drained",
        action="store_true",
        help="end when all was read and the hub has it; prints a line of JSON",
    )
    how.add_argument(
        "--progress-json", action="store_true", help="print a line of JSON each half second"
    )
    how.add_argument("--verbose", action="store_true", help="say more on standard error")


def _keyboard(run: argparse.ArgumentParser) -> None:
    keyboard = run.add_argument_group("reader keyboard: each line is the number of a badge")
    keyboard.add_argument(
        "--device",
        default=STDIN,
        metavar="PATH",
        help="file, pipe, or /dev/input/eventN (default: standard input)",
    )
    keyboard.add_argument(
        "--reader-name", default="keyboard", help="reader that records name (default: %(default)s)"
    )


def _replay(run: argparse.ArgumentParser) -> None:
    replay = run.add_argument_group("reader replay: a recording, CSV or separated by blanks")
    replay.add_argument("--file", type=Path, help="recording; .gz is unpacked")
    replay.add_argument(
        "--map",
        default="",
        metavar="FIELD=COLUMN,...",
        help="fields: badge, reader, time, rssi, kind; FIELD==TEXT for a constant",
    )
    replay.add_argument(
        "--columns", metavar="A,B,...", help="names of columns separated by blanks, for no header"
    )
    replay.add_argument(
        "--where",
        action="append",
        default=[],
        metavar="COLUMN=VALUE|VALUE",
        help="only such rows; may be given several times, all must hold",
    )
    replay.add_argument(
        "--time-format",
        default=ISO,
        help="iso, s, ms (numbers since --time-origin-ms), or a strptime pattern"
        " (default: %(default)s)",
    )
    replay.add_argument(
        "--time-origin-ms",
        type=int,
        default=0,
        help="Unix milliseconds that numbers count from (default: %(default)s)",
    )
    replay.add_argument(
        "--zone", default="UTC", help="time zone of times without one (default: %(default)s)"
    )
    replay.add_argument(
        "--pace",
        choices=("clock", "max"),
        default="clock",
        help="each row at its time, or all at once in the order of the file (default: %(default)s)",
    )


def _simulated(run: argparse.ArgumentParser) -> None:
    simulated = run.add_argument_group("reader simulated: hears a crowd that follows a script")
    simulated.add_argument("--script", type=Path, help="lines of JSON; .gz is unpacked")
    simulated.add_argument(
        "--place", action="append", help="place heard well (default: the edge's name)"
    )
    simulated.add_argument(
        "--neighbours", default="", metavar="A,B,...", help="places next door, heard weakly"
    )
    simulated.add_argument(
        "--advert-s",
        type=float,
        default=ADVERT_S,
        help="venue time between two adverts of a badge (default: %(default)s)",
    )
    simulated.add_argument(
        "--seed", type=int, default=0, help="of the noise (default: %(default)s)"
    )


def make_readers(
    options: argparse.Namespace, settings: Settings, clock: Clock, wifi: Wifi
) -> list[Reader]:
    """Build the readers that ``options`` ask for.

    Raises:
        SettingsError: an option that a reader needs is missing.
        ReaderError: an option of a reader makes no sense.
    """
    kinds = dict.fromkeys(options.reader)
    return [READERS[kind](options, settings, clock, wifi) for kind in kinds]


def _make_keyboard(
    options: argparse.Namespace, _settings: Settings, clock: Clock, _wifi: Wifi
) -> Reader:
    if not 0 < len(options.reader_name) <= READER_CHARS_MAX:
        raise SettingsError(f"--reader-name: write 1 to {READER_CHARS_MAX} characters")
    return KeyboardReader(clock, options.device, options.reader_name)


def _make_replay(
    options: argparse.Namespace, settings: Settings, clock: Clock, _wifi: Wifi
) -> Reader:
    if options.file is None:
        raise SettingsError("--reader replay needs --file and --map")
    mapping = parse_mapping(
        options.map, options.where, options.time_format, options.zone, options.time_origin_ms
    )
    reader = ReplayReader(
        clock,
        options.file,
        mapping,
        settings.folder,
        columns=options.columns.split(",") if options.columns else None,
        paced=options.pace == "clock",
    )
    reader.check()
    return reader


def _make_simulated(
    options: argparse.Namespace, settings: Settings, clock: Clock, wifi: Wifi
) -> Reader:
    if options.script is None:
        raise SettingsError("--reader simulated needs --script")
    places = options.place or [settings.name]
    neighbours = [place for place in options.neighbours.split(",") if place]
    script = load_script(options.script, settings.name, {*places, *neighbours})
    return SimulatedReader(
        clock,
        script,
        places,
        wifi,
        neighbours=neighbours,
        advert_s=options.advert_s,
        seed=options.seed,
    )


READERS: Final[dict[str, Make]] = {
    "keyboard": _make_keyboard,
    "replay": _make_replay,
    "simulated": _make_simulated,
}
