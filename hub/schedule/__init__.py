"""Wakes the engine when something falls due."""
