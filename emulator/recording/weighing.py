"""Weighs what differs: by how much, and whether a choice brings out what a capture says. Pure.

One rule: what was captured stands. A choice is none of the provider's if something differs under it that agrees without
it. Of the others that one is the better under which fewer answers and callbacks are missing, or are there that nobody
captured, and then under which fewer fields differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from emulator.recording.likening import ABSENT, ANSWER, Difference


def weight(found: Iterable[Difference]) -> tuple[int, int]:
    """How much differs: how many answers and callbacks only one side has, and then how many fields."""
    listed = list(found)
    return sum(each.lost for each in listed), len(listed)


def further(found: Iterable[Difference], before: Sequence[Difference]) -> list[Difference]:
    """What of this is not among what differed `before`; without the fields of what was missing altogether before."""
    known = Counter((each.flow, each.field) for each in before)
    missing = {(each.flow, each.about) for each in before if each.lost and each.captured != ABSENT}
    more = list[Difference]()
    for each in found:
        known[each.flow, each.field] -= 1
        if known[each.flow, each.field] < 0 and missing.isdisjoint({(each.flow, each.about), (each.flow, ANSWER)}):
            more.append(each)
    return more
