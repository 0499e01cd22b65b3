"""Tests speak at the boundaries, on real parts."""
