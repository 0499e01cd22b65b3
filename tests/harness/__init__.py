"""Runs a whole installation out of real processes that can be killed and cut off."""
