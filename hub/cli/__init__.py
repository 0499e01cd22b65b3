"""The command ``foyer``."""

from hub.cli.main import main

__all__ = ["main"]
