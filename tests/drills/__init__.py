"""Pulls plugs out of a running installation."""
