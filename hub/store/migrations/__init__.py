"""Bring the tables of an older version to the newest."""
