"""What is remembered is bounded: when full, the oldest is forgotten."""

from collections import OrderedDict
from typing import Generic, TypeVar

K = TypeVar("K")
V = TypeVar("V")


class Memory(Generic[K, V]):
    """The ``rows_max`` newest entries; used by one thread."""

    def __init__(self, rows_max: int) -> None:
        self._rows_max = rows_max
        self._rows: OrderedDict[K, V] = OrderedDict()

    def __len__(self) -> int:
        return len(self._rows)

    def get(self, key: K) -> V | None:
        """Give what was put under ``key``, or None."""
        return self._rows.get(key)

    def put(self, key: K, value: V) -> None:
        """Remember ``value`` as the newest."""
        self._rows[key] = value
        self._rows.move_to_end(key)
        if len(self._rows) > self._rows_max:
            self._rows.popitem(last=False)
