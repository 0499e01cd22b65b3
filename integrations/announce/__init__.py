"""Says what a rule decided on the venue's own broker."""
