"""Arithmetic of sequence numbers: sorted, disjoint spans, both ends included. Pure."""

from collections.abc import Iterable

from contract.envelope import StreamPosition
from edge.outbox.records import Span

Spans = tuple[Span, ...]


def union(spans: Iterable[Span]) -> Spans:
    """Sort and join what overlaps or touches; empty spans vanish."""
    joined: list[Span] = []
    for span in sorted(span for span in spans if span.first <= span.last):
        if joined and span.first <= joined[-1].last + 1:
            joined[-1] = Span(joined[-1].first, max(joined[-1].last, span.last))
        else:
            joined.append(span)
    return tuple(joined)


def missing(within: Span, taken: Spans) -> Spans:
    """List what of ``within`` no span of ``taken`` (as :func:`union` makes it) covers."""
    free: list[Span] = []
    first = within.first
    for span in taken:
        if span.first > within.last:
            break
        if span.first > first:
            free.append(Span(first, span.first - 1))
        first = max(first, span.last + 1)
    if first <= within.last:
        free.append(Span(first, within.last))
    return tuple(free)


def covered(span: Span, taken: Spans) -> bool:
    """Say whether ``taken`` (as :func:`union` makes it) covers all of ``span``."""
    return not missing(span, taken)


def of_position(position: StreamPosition) -> Spans:
    """Read the hub's watermark as spans; whatever order its ranges have."""
    ranges = [Span(max(1, first), last) for first, last in position.ranges]
    return union([Span(1, position.upto), *ranges])
