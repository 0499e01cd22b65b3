"""Runs one event: what comes in is logged, decided, committed together, then acted on."""
