"""The agent that runs on the Pi."""
