"""What is wrong with a value that its type refuses, in words."""

from __future__ import annotations

from typing import Annotated, Literal

import pytest
from msgspec import DecodeError, Meta, Struct, json

from emulator.channels.table import Channel
from emulator.validation.mistakes import told


class Inner(Struct, forbid_unknown_fields=True, rename="camel"):
    """What stands in a list and in a map."""

    channel: Channel | None = None
    ways: tuple[Literal["", "next", "idle"], ...] = ()
    how_many: Annotated[int, Meta(ge=1)] = 1


class Outer(Struct, forbid_unknown_fields=True):
    """The whole."""

    wanted: list[Inner] = []
    named: dict[str, Inner] = {}
    free: Annotated[str, Meta(max_length=3)] | None = None
    web: Annotated[str, Meta(pattern="^http", title="a URL such as http://a")] = ""
    bare: Annotated[str, Meta(pattern="^x")] = ""


class Bare(Struct, forbid_unknown_fields=True):
    """What has no members."""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"wanted": [{"channel": "Vibr"}]}', "wanted[0].channel must be Sms, Viber or Voice; it is 'Vibr'; did you mean 'Viber'?"),  # noqa: E501
        ('{"named": {"a": {"channel": "Fax"}}}', "named[...].channel must be Sms, Viber or Voice; it is 'Fax'"),
        ('{"wanted": [{}, {"ways": ["nxt"]}]}', "wanted[1].ways[0] must be idle or next; it is 'nxt'; did you mean 'next'?"),  # noqa: E501
        ('{"wanted": [{"howmany": 1}]}', "wanted[0]: unknown member 'howmany'; did you mean 'howMany'?"),
        ('{"x": 1}', "unknown member 'x'; known here: wanted, named, free, web or bare"),
        ('{"wanted": [{"howMany": 0}]}', "wanted[0].howMany: Expected `int` >= 1"),
        ('{"free": "four"}', "free: Expected `str` of length <= 3"),
        ('{"web": "a"}', "web must be a URL such as http://a"),
        ('{"bare": "a"}', "bare: Expected `str` matching regex '^x'"),
        ("[]", "Expected `object`, got `array`"),
        ("{", "Input data was truncated"),
    ],
)  # fmt: skip
def test_it_says_where_what_is_wrong_and_what_was_meant(text: str, words: str) -> None:
    """With the words that the type allows."""
    with pytest.raises(DecodeError) as wrong:
        json.decode(text, type=Outer)
    assert told(wrong.value, Outer) == words


def test_an_object_without_members_knows_none() -> None:
    """So none can have been meant."""
    with pytest.raises(DecodeError) as wrong:
        json.decode('{"x": 1}', type=Bare)
    assert told(wrong.value, Bare) == "unknown member 'x'"
