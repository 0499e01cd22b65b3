"""Whoever asks for a change of people waits until the engine has made it, or refused it."""

import secrets
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import typer

from hub.cli.common import opened, refusal
from hub.cli.running_parts import is_running
from hub.config import ConfigFault
from hub.core.events import Event
from hub.home import Home
from hub.people.errors import PeopleError
from hub.store import Store, StoreUnavailable
from hub.store.commands import CommandResult

WAIT_S: Final = 30.0
"""How long the engine may take for one part of what it is asked, in real seconds."""
POLL_S: Final = 0.05
AT_ONCE: Final = 100
"""Commands that are left before they are waited for."""
QUIET_S: Final = 0.5
"""So long the log has to rest before the database is rewritten beside a running engine."""
NOT_RUNNING: Final = "the engine is not running: it takes this when it starts"

__all__ = ["asked", "confirmed", "desk", "scrubbed", "told"]


@contextmanager
def desk(data: Path, config: Path | None) -> Iterator[tuple[Home, Store]]:
    """An installation with its store open, where what the desk refuses is said plainly."""
    with opened(data, config) as (home, store):
        try:
            yield home, store
        except PeopleError as error:
            raise ConfigFault(str(error)) from error


def asked(
    home: Home,
    store: Store,
    events: Sequence[Event],
    progress: Callable[[int], None] = lambda _: None,
) -> bool:
    """Leave commands, a part at a time, and wait for each part; False when no engine runs.

    Raises:
        ConfigFault: the engine refused one, or has not answered in time.
    """
    running = is_running(home, "engine")
    for start in range(0, len(events), AT_ONCE):
        some = events[start : start + AT_ONCE]
        keys = [f"cli:{secrets.token_hex(12)}" for _ in some]
        for key, event in zip(keys, some, strict=True):
            store.add_command(key, event, event.at_ms)
        if running:
            _wait(store, keys)
        progress(len(some))
    return running


def _wait(store: Store, keys: Sequence[str]) -> None:
    deadline_s = time.monotonic() + WAIT_S
    for key in keys:
        while not (
            result := store.command_result(key) or CommandResult(done=True, error=None)
        ).done:
            if time.monotonic() > deadline_s:
                raise ConfigFault(f"the engine has not answered within {WAIT_S:g} s; it takes it "
                                  "when it can")  # fmt: skip
            time.sleep(POLL_S)
        if result.error is not None:
            raise ConfigFault(f"the engine refused it: {result.error}")


def told(done: bool, sentence: str) -> None:
    """Say what was done, or that it will be."""
    typer.echo(sentence if done else f"{sentence} - {NOT_RUNNING}")


def confirmed(question: str, *, yes: bool) -> None:
    """Go on when somebody says yes.

    Raises:
        typer.Exit: they do not, or nobody is there to be asked.
    """
    if yes:
        return
    if not typer.confirm(question, default=False, err=True):
        raise refusal("nothing was changed")


def scrubbed(home: Home, store: Store, when: str) -> str:
    """Let nothing be left in the files of what was deleted; returns what came of it.

    ``when`` is auto (once the engine rests), now or never.
    """
    if when == "never":
        return "the database's files still hold what was deleted: foyer people erase --scrub now"
    if when == "auto" and is_running(home, "engine") and not _rests(store):
        return "the engine is busy: scrub the database later with --scrub now"
    try:
        store.scrub()
    except StoreUnavailable as error:
        return f"the database is in use, scrub it later with --scrub now: {error}"
    return "the database's files hold nothing of it any more; copies and backups do"


def _rests(store: Store) -> bool:
    """Wait until nothing is asked of the engine and the log has stood still for a while."""
    deadline_s = time.monotonic() + WAIT_S
    last, since_s = store.last_pos(), time.monotonic()
    while time.monotonic() < deadline_s:
        pos = store.last_pos()
        if pos != last or store.pending_commands(limit=1):
            last, since_s = pos, time.monotonic()
        elif time.monotonic() - since_s >= QUIET_S:
            return True
        time.sleep(POLL_S)
    return False
