"""The demonstration, run as its user runs it."""
