"""The command line, on real data folders and, where it matters, real processes."""
