"""Runs trials: kill, stop, restart, partition, failover, start, end, advance, clocks, uses, counting, feeds, keep,
script.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from tests.scale import agreements, disasters, lives
from tests.scale.keeping import keep
from tests.scale.script import script
from tests.scale.trial import Given

TRIALS: Mapping[str, Callable[[Given], dict[str, Any]]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            disasters.kill,
            disasters.stop,
            disasters.restart,
            disasters.partition,
            disasters.failover,
            lives.start,
            lives.end,
            lives.advance,
            agreements.clocks,
            agreements.uses,
            agreements.counting,
            agreements.feeds,
            keep,
            script,
        )
    }
)
"""The trials by name."""


def main() -> None:
    """Run the trials that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m tests.scale", description=__doc__)
    parser.add_argument("trials", nargs="*", help=f"of {', '.join(TRIALS)}; all if none is named")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seconds", type=float, default=10, help="for how long each is under load")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--held", type=float, default=3, help="for how many seconds a worker is stopped")
    parser.add_argument("--requests", type=int, default=500, help="how many requests are counted")
    parser.add_argument("--keep", type=int, default=1 << 20, help="how many bytes of flows that have ended are kept")
    parser.add_argument("--flows", type=int, default=0, help="how many end then; as many as can, if none are given")
    asked = parser.parse_args()
    given = Given(asked.workers, asked.seconds, asked.seed, asked.held, asked.requests, asked.keep, asked.flows)
    for name in asked.trials or TRIALS:
        began = time.monotonic()
        found = TRIALS[name](given)
        told = ", ".join(f"{key} {value}" for key, value in found.items())
        sys.stdout.write(f"{name} ({time.monotonic() - began:.0f} s): {told}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
