"""Decides: the pure part of the hub."""
