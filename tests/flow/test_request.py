"""A request: its steps and their order."""

from __future__ import annotations

import pytest

from emulator.flow.request import position
from tests.support.samples import sms


@pytest.mark.parametrize(("order", "expected"), [(0, 1), (3, 2), (7, 4)])
def test_a_step_comes_after_all_of_smaller_order(order: int, expected: int) -> None:
    """Equal orders share a position."""
    assert position(sms(order), [sms(each) for each in (7, 3, 0, 3)]) == expected
