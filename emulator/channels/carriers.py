"""The networks that mobile numbers were first assigned to, from the table `carriers.txt`; it is read on first use."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def carriers() -> dict[str, str]:
    """The English name of the network of each prefix, digits without +."""
    found = {}
    for line in Path(__file__).with_name("carriers.txt").read_text(encoding="utf-8").splitlines():
        name, _, prefixes = line.partition("\t")
        found.update(dict.fromkeys(prefixes.split(), name))
    return found


@cache
def lengths() -> tuple[int, ...]:
    """How many digits prefixes have, the longest first."""
    return tuple(sorted({len(prefix) for prefix in carriers()}, reverse=True))


def carrier(digits: str) -> str:
    """The network of a number, given by its digits without +; empty if none is known."""
    known = carriers()
    for length in lengths():
        if found := known.get(digits[:length]):
            return found
    return ""
