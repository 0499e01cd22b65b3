"""Tests of the engine's own small parts."""
