"""A strict stand-in for a receiver of signed requests."""

from integrations.webhook.emulator.receiver import Receiver

__all__ = ["Receiver"]
