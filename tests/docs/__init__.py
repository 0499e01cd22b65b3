"""Holds the documentation against the code, in both directions."""
