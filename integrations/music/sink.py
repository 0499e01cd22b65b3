"""A sink takes a wish and says how that went; taking it twice does no harm."""

from collections import OrderedDict
from typing import Protocol

from integrations.music.settings import KEYS_REMEMBERED_MAX
from integrations.music.wish import Wish
from integrations.port import Verdict


class Sink(Protocol):
    """One place that wishes go to; used by one thread."""

    def stop(self) -> None:
        """Close what ``put`` opened; repeatable."""

    def put(self, key: str, wish: Wish, now_ms: int) -> Verdict:
        """Hand ``wish`` over; ``now_ms`` is venue time. Opens what it needs."""


class Keys:
    """The newest keys; when full the oldest is forgotten."""

    def __init__(self, rows_max: int = KEYS_REMEMBERED_MAX) -> None:
        self._rows_max = rows_max
        self._rows: OrderedDict[str, None] = OrderedDict()

    def __contains__(self, key: str) -> bool:
        return key in self._rows

    def add(self, key: str) -> None:
        """Remember ``key`` as the newest."""
        self._rows[key] = None
        self._rows.move_to_end(key)
        if len(self._rows) > self._rows_max:
            self._rows.popitem(last=False)
