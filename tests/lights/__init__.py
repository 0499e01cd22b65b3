"""The lights: connector, real phue, real HTTP, strict bridge."""
