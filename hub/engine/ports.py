"""What the engine asks of the parts that it drives: one method for each thing they do."""

from collections.abc import Callable
from typing import Protocol

from contract.envelope import Desired, StreamPosition


class Publisher(Protocol):
    """Tells edges what is committed."""

    def publish_committed(self, edge: str, streams: dict[str, StreamPosition]) -> None:
        """Publish an edge's watermarks."""

    def publish_desired(self, edge: str, desired: Desired) -> None:
        """Publish how an edge is to be set."""


class Waker(Protocol):
    """Wakes the engine at the next instant that matters."""

    def at(self, due_ms: int | None, wake: Callable[[], None]) -> None:
        """Ring once."""
