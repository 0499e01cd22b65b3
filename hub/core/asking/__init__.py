"""Asks whether a condition holds: compiled once, then asked of a person at an instant."""

from hub.core.asking.compiling import DEPTH_MAX, LEAVES_MAX, compile_condition
from hub.core.asking.view import Ask, Ground, Scene, View

__all__ = ["DEPTH_MAX", "LEAVES_MAX", "Ask", "Ground", "Scene", "View", "compile_condition"]
