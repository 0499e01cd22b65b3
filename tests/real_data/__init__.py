"""Recorded data through every real process, against slow computations over the same files."""
