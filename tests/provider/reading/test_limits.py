"""The limits that quick readers take from the schemas."""

from __future__ import annotations

from emulator.provider.reading.limits import SHORT, SURE, number, text


def test_a_text_has_the_limits_of_its_schema() -> None:
    """Also those of what it refers to; an empty text is never quick."""
    assert (text("sms", "properties", "label").min_length, text("sms", "properties", "label").max_length) == (1, 350)
    assert text("sms", "properties", "body").max_length == SHORT
    assert text("sms", "properties", "to").pattern is not None


def test_a_whole_number_has_the_limits_of_its_schema() -> None:
    """Without an upper one, up to where every reader reads it alike."""
    ttl = number("sms", "properties", "ttl")
    assert (ttl.ge, ttl.le) == (1, 4320)
    assert number("voice-step", "$defs", "verb", "properties", "repeat").le == SURE
