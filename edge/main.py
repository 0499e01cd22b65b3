"""The command line of the agent: reads what was asked, builds the parts, says what went wrong."""

import argparse
import json
import logging
import os
import signal
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from contract.clock import Clock, SystemClock, parse_clock
from contract.topics import valid_name
from edge.agent import Agent, Figures
from edge.errors import EdgeError, SettingsError
from edge.options import make_readers, parser
from edge.settings import SECRET_VARIABLE, Settings, Tunable, parse_address
from edge.timekeeper import boot_id_of

EXIT_FAULT: Final = 1
EXIT_USAGE: Final = 2
PROGRESS_S: Final = 0.5
"""Real time between two lines of progress."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run the agent as ``argv`` says; returns the exit code."""
    options = parser().parse_args(argv)
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.DEBUG if options.verbose else logging.INFO,
        format=f"%(asctime)s edge {options.name}: %(message)s",
    )
    try:
        return _run(options)
    except SettingsError as error:
        print(f"edge: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
        return EXIT_USAGE
    except EdgeError as error:
        print(f"edge: {error}", file=sys.stderr)  # noqa: T201 - this is the command line
        return EXIT_FAULT


def _run(options: argparse.Namespace) -> int:
    settings, clock = _settings(options), _clock(options)
    agent = Agent(
        settings,
        clock,
        options.boot or boot_id_of(clock),
        lambda wifi: make_readers(options, settings, clock, wifi),
    )
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda _number, _frame: agent.stop())
    last = agent.run(_Watch(say=options.progress_json, drained=options.exit_when_drained))
    if options.progress_json or options.exit_when_drained:
        _print({"event": "stopped", "drained": last.done, **last.as_dict()})
    return EXIT_FAULT if options.exit_when_drained and not last.done else 0


class _Watch:
    """Looks at the figures each turn: says them now and then, and knows when it is enough."""

    def __init__(self, *, say: bool, drained: bool) -> None:
        self._say = say
        self._drained = drained
        self._say_at_s = 0.0

    def __call__(self, figures: Figures) -> bool:
        now_s = time.monotonic()
        if self._say and now_s >= self._say_at_s:
            self._say_at_s = now_s + PROGRESS_S
            _print({"event": "progress", **figures.as_dict()})
        return self._drained and figures.done


def _print(line: dict[str, object]) -> None:
    print(json.dumps(line), flush=True)  # noqa: T201 - read by the process that started this one


def _settings(options: argparse.Namespace) -> Settings:
    host, port = parse_address(options.broker)
    tunable = Tunable().changed(
        {
            "tap_bounce_s": options.tap_bounce_s,
            "outbox_bytes_max": options.outbox_bytes_max,
            "resend_s": options.resend_s,
        }
    )
    return Settings(
        event=options.event,
        name=options.name,
        secret=_secret(options.secret_file),
        host=host,
        port=port,
        folder=options.data / options.name if valid_name(options.name) else options.data,
        health_s=options.health_s,
        tunable=tunable,
    )


def _secret(file: Path | None) -> str:
    if file is None:
        return os.environ.get(SECRET_VARIABLE, "")
    try:
        return file.read_text("utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise SettingsError(f"cannot read the secret: {error}") from error


def _clock(options: argparse.Namespace) -> Clock:
    try:
        clock = parse_clock(options.clock)
    except ValueError as error:
        raise SettingsError(str(error)) from error
    if isinstance(clock, SystemClock):
        return SystemClock(quality=options.clock_quality)
    return clock
