"""Carries the outbox to the hub over MQTT."""
