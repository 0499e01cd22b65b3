"""Runs what the container set-up would run, without containers."""
