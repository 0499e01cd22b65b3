"""The outside systems that Foyer drives, one folder for each."""
