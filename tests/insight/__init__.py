"""What happened at the event, against plain recounts of the same event."""
