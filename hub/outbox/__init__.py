"""Delivers what was decided to outside systems."""
