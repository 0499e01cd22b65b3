"""Makes up the crowd that walks through a demonstration."""
