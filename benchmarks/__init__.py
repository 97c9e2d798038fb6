"""Measurements of the engine on the sample company; each module runs by itself: `python -m benchmarks.lists`."""
