"""Sends signed requests to the web addresses that the configuration names."""
