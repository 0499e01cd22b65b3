"""Random histories of a small venue: the engine against the evaluator that scans everything."""
