"""Each fault happens to one request, in the order they were switched on; then all is well again."""

from collections import deque
from typing import Literal

from msgspec import Struct


class Fault(Struct, frozen=True):
    """What goes wrong with one request, and whether the receiver has acted on it before."""

    kind: Literal["answer", "silence", "hang-up", "trickle"] = "answer"
    """``silence`` says nothing until the caller gives up, ``trickle`` never comes to an end."""
    status: int = 500
    headers: dict[str, str] = {}
    text: str = ""
    acted: bool = False


class Faults:
    """The faults that are to come."""

    def __init__(self) -> None:
        self._coming: deque[Fault] = deque()

    def switch(self, *faults: Fault) -> None:
        """Let these happen to the next requests, one each."""
        self._coming.extend(faults)

    def next(self) -> Fault | None:
        """Take the fault of this request."""
        return self._coming.popleft() if self._coming else None


def too_many(retry_after: str) -> Fault:
    """Too many just now: the answer says when to come back."""
    return Fault(status=429, headers={"Retry-After": retry_after}, text='{"error": "slow down"}')


QUOTA_USED = Fault(status=429, text='{"error": "limit exceeded"}')
"""Too many for today: the answer does not say when to come back."""
LOST_ANSWER = Fault("hang-up", acted=True)
LATE_FAULT = Fault(status=500, text='{"error": "written in part"}', acted=True)
"""The receiver has acted, and says that it has a fault."""
