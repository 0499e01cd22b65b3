"""A stream's position says exactly which records are committed: a watermark, and ranges beyond it.

Ranges are inclusive, sorted, disjoint and never touch each other or the watermark.
"""

from contract.envelope import StreamPosition
from contract.limits import COMMITTED_RANGES_MAX

Range = tuple[int, int]

START = StreamPosition(0, [])


def missing(position: StreamPosition, first: int, last: int) -> list[Range]:
    """The parts of ``first..last`` that are not committed yet, ascending."""
    found = []
    start = max(first, position.upto + 1)
    for low, high in position.ranges:
        if start > last:
            break
        if low > start:
            found.append((start, min(low - 1, last)))
        start = max(start, high + 1)
    if start <= last:
        found.append((start, last))
    return found


def added(position: StreamPosition, first: int, last: int) -> StreamPosition:
    """The position once ``first..last`` is committed as well."""
    if first <= position.upto + 1 and not position.ranges:
        return StreamPosition(max(position.upto, last), [])
    merged: list[Range] = []
    for low, high in sorted([*position.ranges, (first, last)]):
        if merged and low <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], high))
        else:
            merged.append((low, high))
    upto = position.upto
    while merged and merged[0][0] <= upto + 1:
        upto = max(upto, merged.pop(0)[1])
    return StreamPosition(upto, merged)


def has_room(position: StreamPosition) -> bool:
    """Say whether the position is within the bound on its ranges."""
    return len(position.ranges) <= COMMITTED_RANGES_MAX
