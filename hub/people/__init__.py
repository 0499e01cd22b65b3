"""Does at the desk what concerns whole people: takes them in, and hands out their data."""
