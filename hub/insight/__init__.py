"""Says what happened at an event, from what the store holds."""
