"""The sample company: a made-up firm with two years of history, the same for every run with the same seed and day."""

from engine.sample.load import has_sample, load_sample

__all__ = ["has_sample", "load_sample"]
