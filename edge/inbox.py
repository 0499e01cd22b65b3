"""All that happens to the agent comes in by this one door, so that one thread does all the work."""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from edge.limits import POSTS_WAITING_MAX, READS_WAITING_MAX
from edge.readers.port import Chunk


@dataclass(frozen=True, slots=True)
class Mail:
    """What came in since the last look: chunks in order, and the latest post of each topic."""

    chunks: tuple[Chunk, ...] = ()
    posts: Mapping[str, Any] = field(default_factory=dict)


class Inbox:
    """Bounded: readers wait, posts replace the earlier one of their topic."""

    def __init__(self) -> None:
        """Begin empty."""
        self._changed = threading.Condition()
        self._chunks: list[Chunk] = []
        self._reads = 0
        self._posts: dict[str, Any] = {}
        self._closing = False
        self._woken = False

    @property
    def reads(self) -> int:
        """Reads that wait to be taken."""
        return self._reads

    def put(self, chunk: Chunk) -> None:
        """Hand over a chunk; waits while too many reads wait."""
        with self._changed:
            self._changed.wait_for(lambda: self._closing or self._reads < READS_WAITING_MAX)
            self._chunks.append(chunk)
            self._reads += len(chunk.reads)
            self._changed.notify_all()

    def post(self, topic: str, value: object) -> None:
        """Leave the latest ``value`` of ``topic``; never waits."""
        with self._changed:
            if topic in self._posts or len(self._posts) < POSTS_WAITING_MAX:
                self._posts.pop(topic, None)
                self._posts[topic] = value
            self._changed.notify_all()

    def wake(self) -> None:
        """Make a waiting :meth:`take` return."""
        with self._changed:
            self._woken = True
            self._changed.notify_all()

    def take(self, timeout_s: float) -> Mail:
        """Wait until something is there, or for ``timeout_s`` real seconds; take all of it."""
        with self._changed:
            self._changed.wait_for(
                lambda: self._chunks or self._posts or self._woken, max(0.0, timeout_s)
            )
            mail = Mail(tuple(self._chunks), self._posts)
            self._chunks, self._reads, self._posts, self._woken = [], 0, {}, False
            self._changed.notify_all()
            return mail

    def close(self) -> None:
        """Let no reader wait any more: each may bring the one chunk that it holds, then ends."""
        with self._changed:
            self._closing = True
            self._changed.notify_all()
