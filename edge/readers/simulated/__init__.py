"""Hears a crowd that follows a script."""

from edge.readers.simulated.reader import SimulatedReader
from edge.readers.simulated.script import Outage, Script, Stay, TapAt, load_script, script_of

__all__ = ["Outage", "Script", "SimulatedReader", "Stay", "TapAt", "load_script", "script_of"]
