"""Lamps on a Philips Hue bridge."""
