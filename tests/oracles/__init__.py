"""Slow, plain computations that the hub's answers are held against."""
