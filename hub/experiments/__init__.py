"""Says what a rule brought about, compared with those whom it left alone."""
