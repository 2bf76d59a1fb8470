"""Bodies whose members have several spellings."""

from __future__ import annotations

import pytest

from emulator.provider.reading.respelling import form
from emulator.validation.strict import Malformed

SPELLINGS = {"imageURL": ("imageUrl",)}


def test_members_get_their_documented_spelling() -> None:
    """Of one that is there in several, that one is kept; what is wrong is told as it was written."""
    body = b'{"senderInfoTrackingId":"a","to":"+306912345678","body":{"imageUrl":"https://a.example/b"}}'
    assert form(body, "viber", "x", SPELLINGS).value["body"] == {"imageURL": "https://a.example/b"}
    assert not form(body, "viber", "x", SPELLINGS).violations
    both = body.replace(b'"imageUrl"', b'"imageURL":"https://a.example/c","imageUrl"')
    assert form(both, "viber", "x", SPELLINGS).value["body"] == {"imageURL": "https://a.example/c"}
    wrong = form(body.replace(b"https", b"ftp"), "viber", "x", SPELLINGS)
    assert list(wrong.told) == ["body.imageUrl"]
    assert len(wrong.violations) == 1


def test_what_is_no_object_is_malformed() -> None:
    """The words say what is needed."""
    with pytest.raises(Malformed, match="an object with a body; found an array of 0"):
        form(b"[]", "viber", "a body", {})
