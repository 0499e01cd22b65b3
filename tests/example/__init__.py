"""Tests of the example venue with the crowd that walks through it."""
