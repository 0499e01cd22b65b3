"""Measures: every figure in ``docs/benchmarks.md`` comes from here, ratios from one run."""
