"""Lets each device speak on its own topics only."""
