"""Turns what an organiser wrote into a document, or says where it is wrong; and writes it back."""

from hub.reading.located import Located, Positions
from hub.reading.read import Read, read_venue
from hub.reading.schema import schema, schema_text
from hub.reading.writing import to_yaml

__all__ = ["Located", "Positions", "Read", "read_venue", "schema", "schema_text", "to_yaml"]
