"""Ids and draws that follow from a seed."""

from __future__ import annotations

import re

from emulator.draws import Draws, identifier


def test_an_id_follows_from_its_parts_and_looks_like_a_uuid() -> None:
    """Only hex digits and dashes, as clients expect."""
    assert identifier("seed", 1) == identifier("seed", 1)
    assert identifier("seed", 1) != identifier("seed", 11)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", identifier("x"))


def test_draws_are_uniform_and_repeat_with_their_parts() -> None:
    """In [0, 1)."""
    draws, again, other = Draws("s", 1), Draws("s", 1), Draws("s", 2)
    seen = [draws() for _ in range(2000)]
    assert seen == [again() for _ in range(2000)]
    assert seen != [other() for _ in range(2000)]
    assert all(0 <= each < 1 for each in seen)
    assert 0.45 < sum(seen) / len(seen) < 0.55
