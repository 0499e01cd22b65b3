"""Holds what every page of the hub shares."""
