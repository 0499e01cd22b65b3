"""Says what another document would have done: facts as they were recorded, decided anew."""
