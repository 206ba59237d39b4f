"""Ratios against the tools that people use today, measured in one run: `python -m benchmarks`."""
