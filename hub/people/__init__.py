"""Does at the desk what concerns whole people: takes them in from files, and hands out their data."""
