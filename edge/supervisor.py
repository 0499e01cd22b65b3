"""A reader that dies is started again, later each time; the others read on."""

import logging
from collections.abc import Callable, Sequence

from edge.limits import READER_RESTART_S_MAX
from edge.outbox import Outbox
from edge.readers.port import Emit, Progress, Reader

_log = logging.getLogger(__name__)


class Supervisor:
    """All readers of the agent. All times are real monotonic seconds."""

    def __init__(
        self, readers: Sequence[Reader], outbox: Outbox, emit: Emit, settled: Callable[[], bool]
    ) -> None:
        """Store the readers, where positions are kept, where reads go.

        ``settled`` says whether all that was emitted is stored: only then is a position true.
        """
        self.readers = tuple(readers)
        self._outbox = outbox
        self._emit = emit
        self._settled = settled
        self._failures: dict[str, int] = {}
        self._start_at_s: dict[str, float] = {}

    def start(self) -> None:
        """Start every reader where it stopped."""
        for reader in self.readers:
            reader.start(self._emit, self._outbox.position(reader.name))

    def stop(self) -> None:
        """Stop every reader."""
        for reader in self.readers:
            reader.stop()

    def tend(self, now_s: float) -> None:
        """Start again what died, when it is time."""
        for reader in self.readers:
            if reader.fault is None:
                self._start_at_s.pop(reader.name, None)
            elif reader.name not in self._start_at_s:
                self._plan(reader, now_s)
            elif now_s >= self._start_at_s[reader.name] and self._settled():
                del self._start_at_s[reader.name]
                reader.start(self._emit, self._outbox.position(reader.name))

    @property
    def names(self) -> list[str]:
        """Names of the readers."""
        return [reader.name for reader in self.readers]

    @property
    def notes(self) -> list[str]:
        """A sentence for each reader that does not work."""
        return [
            f"reader {reader.name}: {reader.fault}"
            for reader in self.readers
            if reader.fault is not None
        ]

    @property
    def progress(self) -> Progress:
        """Sum over the readers; done when all that have an end are."""
        parts = [reader.progress for reader in self.readers]
        return Progress(
            read=sum(part.read for part in parts),
            total=sum(part.total for part in parts),
            refused=sum(part.refused for part in parts),
            done=all(part.done for part in parts),
        )

    def _plan(self, reader: Reader, now_s: float) -> None:
        failures = self._failures.get(reader.name, 0)
        self._failures[reader.name] = failures + 1
        self._start_at_s[reader.name] = now_s + min(READER_RESTART_S_MAX, 2.0**failures / 2)
        _log.warning("reader %s stopped: %s", reader.name, reader.fault)
