"""One process, one broker: it says when it is ready, then serves until SIGTERM or SIGINT."""

import argparse
import asyncio
import signal
import socket
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hub.broker.errors import BrokerError
from hub.broker.settings import KINDS, PORT_DEFAULT, BrokerSettings


def run(settings: BrokerSettings) -> None:
    """Serve until told to stop.

    Raises:
        BrokerError: the device file or the broker program cannot be used.
    """
    settings.data.mkdir(parents=True, exist_ok=True)
    if not settings.port and settings.kind == "mosquitto":
        settings = replace(settings, port=_free_port(settings.bind))
    asyncio.run(_serve(settings))


def write_files(settings: BrokerSettings) -> Path:
    """Write what a Mosquitto that somebody else runs has to read; returns the folder.

    Raises:
        DeviceFileError: there is no usable device file.
    """
    from hub.broker import mosquitto

    return mosquitto.write_files(settings)


def main(arguments: Sequence[str] | None = None) -> None:
    """Read the command line, then :func:`run`."""
    parser = argparse.ArgumentParser(prog="python -m hub.broker")
    parser.add_argument("--kind", choices=KINDS, default="embedded")
    parser.add_argument("--bind", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=PORT_DEFAULT)
    parser.add_argument("--devices", type=Path, required=True)
    parser.add_argument("--data", type=Path, required=True)
    try:
        run(BrokerSettings(**vars(parser.parse_args(arguments))))
    except BrokerError as error:
        sys.exit(f"broker: {error}")


async def _serve(settings: BrokerSettings) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    if settings.kind == "embedded":
        from hub.broker import embedded

        await embedded.serve(settings, stop)
    else:
        from hub.broker import mosquitto

        await mosquitto.serve(settings, stop)


def _free_port(bind: str) -> int:
    with socket.create_server((bind, 0)) as server:
        return int(server.getsockname()[1])
