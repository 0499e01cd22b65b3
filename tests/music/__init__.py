"""Wishes of those present reach the DJ."""
