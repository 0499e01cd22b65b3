"""Feeds recorded scans through the real processes."""
