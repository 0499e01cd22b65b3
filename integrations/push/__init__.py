"""Sends a notification to the browsers a person subscribed with (Web Push)."""
