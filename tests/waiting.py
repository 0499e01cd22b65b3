"""Tests wait for a condition with a deadline; they never sleep for time to pass."""

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
POLL_S = 0.01


def wait_until(condition: Callable[[], T | None], timeout_s: float = 20.0, what: str = "") -> T:
    """Return the first truthy value of ``condition``.

    Raises:
        TimeoutError: it stayed false for ``timeout_s`` seconds of real time.
    """
    deadline = time.monotonic() + timeout_s
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline:
            raise TimeoutError(
                f"waited {timeout_s} s in vain for {what or condition}; saw {value!r}"
            )
        time.sleep(POLL_S)
