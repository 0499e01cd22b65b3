"""A strict stand-in for a system that keeps records of people."""

from integrations.records.emulator.system import System

__all__ = ["System"]
