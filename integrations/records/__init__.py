"""Writes a person's record, under their id there, into another system over HTTP."""
