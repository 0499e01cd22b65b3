"""Keeps every record on disk until the hub has committed it."""

from edge.outbox.outbox import Outbox
from edge.outbox.records import LANES, Lane, Slice, Span

__all__ = ["LANES", "Lane", "Outbox", "Slice", "Span"]
