"""Says where somebody might go next."""
