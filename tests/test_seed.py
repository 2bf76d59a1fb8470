"""Ids and draws that follow from a seed."""

from __future__ import annotations

import re
from itertools import product
from uuid import RFC_4122, UUID

from hypothesis import given
from hypothesis import strategies as st

from emulator.seed import Draws, callback_id, flow_id, identifier


def test_an_id_follows_from_its_parts_and_looks_like_a_uuid() -> None:
    """Only hex digits and dashes, as clients expect."""
    assert identifier("seed", 1) == identifier("seed", 1)
    assert identifier("seed", 1) != identifier("seed", 11)
    assert re.fullmatch(r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}", identifier("x"))


@given(st.text(), st.text(), st.integers(1, 2**48 - 1))
def test_a_flow_s_id_is_a_version_4_uuid_that_ends_in_the_request_s_number(seed: str, app: str, number: int) -> None:
    """Whatever the seed and the application are called."""
    made = flow_id(seed, app, number)
    assert str(UUID(made)) == made
    assert (UUID(made).version, UUID(made).variant) == (4, RFC_4122)
    assert int(made[-12:], 16) == number
    assert made == flow_id(seed, app, number)


def test_flow_ids_differ_between_seeds_applications_and_numbers() -> None:
    """Two emulators, or two applications of one, never meet in an id; an application's own end in growing numbers."""
    seeds, applications = ["", "1", "11", "shop"], ["", "1", "11", "shop", "shop\x1f1"]
    made = [flow_id(*each) for each in product(seeds, applications, range(1, 200))]
    assert len({each[:23] for each in made}) == len(made)


def test_the_ids_of_a_flow_s_callbacks_are_its_own() -> None:
    """Each number has another, and so has each flow."""
    made = [callback_id(flow, number) for flow in ("a", "b", "a\x1f1") for number in range(1, 50)]
    assert len(set(made)) == len(made)
    assert all(UUID(each).version == 4 for each in made)


def test_draws_are_uniform_and_repeat_with_their_parts() -> None:
    """In [0, 1)."""
    draws, again, other = Draws("s", 1), Draws("s", 1), Draws("s", 2)
    seen = [draws() for _ in range(2000)]
    assert seen == [again() for _ in range(2000)]
    assert seen != [other() for _ in range(2000)]
    assert all(0 <= each < 1 for each in seen)
    assert 0.45 < sum(seen) / len(seen) < 0.55


def test_a_callback_s_id_ends_as_its_flow_s_does() -> None:
    """By these 12 digits a store finds the flow; what is no id, as in old stores, has nothing to end in."""
    flow = flow_id("seed", "app", 71)
    assert {callback_id(flow, number)[24:] for number in range(1, 9)} == {f"{71:012x}"}
    assert callback_id("flow-1", 1) == identifier("flow-1", "callback", 1)


def test_draws_do_not_depend_on_other_draws() -> None:
    """Each sequence counts for itself, in whichever order they are asked."""
    one, other = Draws("s", 1), Draws("s", 2)
    mixed = [(one(), other()) for _ in range(5)]
    again, after = Draws("s", 1), Draws("s", 2)
    assert mixed == list(zip([again() for _ in range(5)], [after() for _ in range(5)], strict=True))
