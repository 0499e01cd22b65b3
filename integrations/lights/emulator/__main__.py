"""``python -m integrations.lights.emulator``: a bridge without lamps in the ceiling."""

import argparse
import signal
import sys
import threading
from pathlib import Path

from integrations.lights.emulator.server import Emulator

LIGHTS = "Photo corner,Dance 1,Dance 2,Dance 3,Dance 4"


def main(arguments: list[str] | None = None) -> int:
    """Run until interrupted; the first line printed is the address of the page."""
    options = _parser().parse_args(arguments)
    lights = [name.strip() for name in options.lights.split(",") if name.strip()]
    groups = dict(_group(text) for text in options.group)
    unknown = {m for members in groups.values() for m in members} - set(lights)
    if unknown:
        sys.stderr.write(f"a group names lamps that are not there: {', '.join(sorted(unknown))}\n")
        return 2
    emulator = Emulator(
        lights, groups=groups, state_file=options.state, host=options.host, port=options.port
    )
    return _run(emulator, press=options.press)


def _run(emulator: Emulator, *, press: bool) -> int:
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopped.set())
    try:
        emulator.start()
    except OSError as error:
        sys.stderr.write(f"cannot listen on {emulator.address}: {error.strerror}\n")
        return 1
    if press:
        emulator.press()
    sys.stdout.write(f"emulated Hue bridge at http://{emulator.address}/\n")
    sys.stdout.flush()
    stopped.wait()
    emulator.stop()
    return 0


def _group(text: str) -> tuple[str, list[str]]:
    name, _, members = text.partition("=")
    return name.strip(), [member.strip() for member in members.split(",") if member.strip()]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m integrations.lights.emulator")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on")
    parser.add_argument("--port", type=int, default=8180, help="port to listen on; 0: a free one")
    parser.add_argument("--lights", default=LIGHTS, help="names of lamps, with commas between")
    parser.add_argument("--group", action="append", default=[], help="NAME=LAMP,LAMP; repeatable")
    parser.add_argument("--state", type=Path, help="file for lamps and hashed keys")
    parser.add_argument("--press", action="store_true", help="press the button at the start")
    return parser


if __name__ == "__main__":
    sys.exit(main())
