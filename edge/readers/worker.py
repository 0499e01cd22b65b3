"""A thread that can be asked to end, and that keeps what went wrong for its supervisor."""

import threading
from collections.abc import Callable


class Worker:
    """Runs ``work(stopping)`` in a thread; ``stopping`` is set when it should end."""

    def __init__(self, name: str) -> None:
        """Store the thread's name."""
        self._name = name
        self._stopping = threading.Event()
        self._thread: threading.Thread | None = None
        self.fault: Exception | None = None

    def start(self, work: Callable[[threading.Event], None]) -> None:
        """Begin; does nothing when already running."""
        if self._thread is not None and self._thread.is_alive():
            return
        self.fault = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._run, args=(work, self._stopping), name=self._name, daemon=True
        )
        self._thread.start()

    def stop(self, timeout_s: float = 5.0) -> None:
        """Ask the thread to end and wait for it."""
        self._stopping.set()
        if self._thread is not None:
            self._thread.join(timeout_s)

    def _run(self, work: Callable[[threading.Event], None], stopping: threading.Event) -> None:
        try:
            work(stopping)
        except Exception as error:  # noqa: BLE001 - the supervisor looks here and starts it again
            self.fault = error
