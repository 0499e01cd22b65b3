"""Says why a rule did what it did, or nothing, from what was known at the instant."""
