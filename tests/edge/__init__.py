"""Tests of the agent on the Pi, against a real broker and a scripted hub."""
