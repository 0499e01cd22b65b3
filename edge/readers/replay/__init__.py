"""Reads a recording as if it happened again."""

from edge.readers.replay.mapping import Mapping, parse_mapping
from edge.readers.replay.reader import ReplayReader

__all__ = ["Mapping", "ReplayReader", "parse_mapping"]
