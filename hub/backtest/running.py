"""Two documents over the same facts: each in a process of its own when there are two cores."""

import gc
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Final

import msgspec
from msgspec import Struct

from hub.backtest.errors import BacktestError, FoldFault
from hub.backtest.facts import with_next
from hub.backtest.fold import Fold
from hub.backtest.sources import Setting
from hub.backtest.tally import Tally
from hub.backtest.told import Told
from hub.core import document as doc
from hub.core.compiled import compile_venue
from hub.store import StoreError

EACH_FACTS: Final = 2_000
"""Facts between two words about how far it is."""

YOUNG_OBJECTS_MAX: Final = 50_000
"""New objects until the collector looks at them: values are freed by counting, few are cycles."""

STOP_S: Final = 5.0
"""How long a process that is done may take to end by itself."""

Each = Callable[[int], None]


class Task(Struct, frozen=True):
    """One document to fold; instants are Unix ms, both ends included."""

    setting: Setting
    venue: doc.Venue
    version: int
    since_ms: int
    until_ms: int


def fold(task: Task, each: Each = lambda _: None) -> Told:
    """Fold all facts through one document; ``each`` is told how many since it was told last.

    Raises:
        StoreError, RulesFault: the facts or the document cannot be read.
    """
    setting = task.setting
    rules = compile_venue(task.venue, task.version)
    tally = Tally(rules, task.since_ms, task.until_ms)
    ends_ms = min(task.until_ms, setting.ends_ms)
    with _quiet_collector():
        into = Fold(rules, setting.begins_ms, setting.settle_ms, tally, is_terse=True)
        count = 0
        for fact, next_pos in with_next(setting.source.facts()):
            if fact.recorded_ms > ends_ms:
                break
            into.take(fact, next_pos)
            count += 1
            if count == EACH_FACTS:
                each(count)
                count = 0
        each(count)
        return into.end(ends_ms)


def fold_both(live: Task, proposed: Task, each: Each = lambda _: None) -> tuple[Told, Told]:
    """Fold both; ``each`` is told of the facts of the two together.

    Raises:
        FoldFault: the other process has ended before it was done.
    """
    if (os.cpu_count() or 1) < 2:  # noqa: PLR2004 - two documents
        return fold(live, each), fold(proposed, each)
    with _elsewhere(proposed) as other:

        def told(count: int) -> None:
            each(count + other.news())

        mine = fold(live, told)
        return mine, other.result(each)


class _Other:
    """The process that folds the other document."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._said: bytes | None = None

    @property
    def is_done(self) -> bool:
        """Whether it has said all it has to say."""
        return self._said is not None

    def news(self) -> int:
        """How many facts it has folded since this was asked last."""
        count = 0
        while self._said is None and self._pipe.poll():
            count += self._hear()
        return count

    def result(self, each: Each) -> Told:
        """Wait until it is done."""
        while self._said is None:
            each(self._hear())
        fault, said = self._said[:1], self._said[1:]
        if fault == b"!":
            raise FoldFault(said.decode())
        return msgspec.msgpack.decode(said, type=Told)

    def _hear(self) -> int:
        try:
            said = self._pipe.recv_bytes()
        except EOFError:
            raise FoldFault("the process that folds what is proposed has ended") from None
        if said[:1] == b"+":
            return int(said[1:])
        self._said = said
        return 0


@contextmanager
def _elsewhere(task: Task) -> Iterator[_Other]:
    mine, theirs = multiprocessing.Pipe(duplex=False)
    spawning = multiprocessing.get_context("spawn")
    body = msgspec.msgpack.encode(task)
    process = spawning.Process(target=_fold_there, args=(body, theirs), daemon=True)
    process.start()
    theirs.close()
    other = _Other(mine)
    try:
        yield other
    finally:
        mine.close()
        if other.is_done:
            process.join(STOP_S)
        process.terminate()
        process.join()
        process.close()


def _fold_there(body: bytes, pipe: Connection) -> None:
    """Run in the other process: it is stopped by who started it, not by the keyboard."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    task = msgspec.msgpack.decode(body, type=Task)
    try:
        told = fold(task, lambda count: pipe.send_bytes(b"+%d" % count))
    except BrokenPipeError:
        return  # nobody waits for it any more
    except (BacktestError, StoreError, OSError) as error:
        pipe.send_bytes(b"!" + str(error).encode())
    else:
        pipe.send_bytes(b"=" + msgspec.msgpack.encode(told))


@contextmanager
def _quiet_collector() -> Iterator[None]:
    """Let the collector of cycles leave alone what is there, and look seldom."""
    before = gc.get_threshold()
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS_MAX, 20, 50)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
