"""What a request says where it says nothing."""

from __future__ import annotations

from emulator.provider.sms.request import DEFAULT_TTL, with_plus


def test_a_number_has_its_plus() -> None:
    """Whether it came with one or not."""
    assert with_plus("306912345678") == with_plus("+306912345678") == "+306912345678"


def test_a_message_lives_for_three_days() -> None:
    """Unlike a step of a flow."""
    assert DEFAULT_TTL == 3 * 24 * 60
