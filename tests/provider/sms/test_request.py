"""What a request says where it says nothing."""

from __future__ import annotations

from emulator.provider.sms.request import DEFAULT_TTL, doubtful, with_plus


def test_a_number_has_its_plus() -> None:
    """Whether it came with one or not."""
    assert with_plus("306912345678") == with_plus("+306912345678") == "+306912345678"


def test_a_number_without_a_plus_is_doubted_if_its_country_has_none_like_it() -> None:
    """With a plus, whoever wrote it knew the country."""
    assert [doubtful(each) for each in ("306912345678", "6912345678", "+6912345678")] == [False, True, False]


def test_a_message_lives_for_three_days() -> None:
    """Unlike a step of a flow."""
    assert DEFAULT_TTL == 3 * 24 * 60
