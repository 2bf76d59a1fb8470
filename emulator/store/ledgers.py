"""How stores charge applications: some flows at a time, in amounts that stay exact."""

from __future__ import annotations

from typing import Final

SLICE: Final = 256
"""How many numbers of flows one job looks at."""
DECIMALS: Final = 8
"""To how many decimals a sum is rounded, so that it stays one of amounts with as many."""
