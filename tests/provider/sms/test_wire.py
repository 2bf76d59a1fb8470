"""The type that bodies are decoded into."""

from __future__ import annotations

import pytest
from msgspec import ValidationError

from emulator.flow.request import Strategy
from emulator.provider.sms.wire import decode


def test_a_body_becomes_a_request_of_one_step() -> None:
    """With its defaults."""
    made = decode(b'{"body":"Hi","to":"306912345678","from":"Shop","callback":{"url":"http://a"}}').request()
    assert [step.to for step in made.flow] == ["+306912345678"]
    assert made.callback
    assert (made.callback.strategy, made.callback.each_part) == (Strategy.ON_CHANGE, True)


@pytest.mark.parametrize("more", ['"ttl":0', '"ttl":4321', '"label":""', '"from":"+30"', '"to":"12"', '"body":""'])
def test_limits_are_the_schema_s(more: str) -> None:
    """Each is checked in decoding."""
    given = {"body": '"body":"Hi"', "to": '"to":"306912345678"', "from": '"from":"Shop"'}
    given[more.split('"')[1]] = more
    with pytest.raises(ValidationError):
        decode(("{" + ",".join(given.values()) + "}").encode())
