"""Counts durations by how long they were: cheap enough to be told of each transaction and of each callback."""

from __future__ import annotations

from bisect import bisect_left
from typing import Final

BOUNDS: Final = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 60.0)
"""Real seconds up to which durations are counted together; what took longer is counted after the last."""


class Timings:
    """How many durations lay between the bounds (`counts`, one more than there are BOUNDS), and their `total` in real
    seconds.
    """

    def __init__(self) -> None:
        self.counts = [0] * (len(BOUNDS) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        """Count one duration."""
        self.counts[bisect_left(BOUNDS, seconds)] += 1
        self.total += seconds
