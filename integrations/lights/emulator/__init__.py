"""A strict stand-in for a Philips Hue bridge of the first API."""

from integrations.lights.emulator.faults import Faults
from integrations.lights.emulator.server import Emulator

__all__ = ["Emulator", "Faults"]
