"""Sms steps: their limits, and short links."""

from __future__ import annotations

import msgspec
import pytest

from tests.support.bodies import (
    sms,
)
from tests.support.reading import accepted, check_limits, echoed


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("to", ["+1234567", "+123456789012345"], ["+123456", "+1234567890123456", "+0234567", "0234567", "+12345 67"]),
        ("from", ["A", "Eleven char", "1234567890123456", "A&B._-1"], ["Twelve chars", "12345678901234567", "+123"]),
        ("from", ["Shop"], ["Ωμέγα", "a\n", 7, None, ""]),
        ("ttl", [1, 1440, 1440.0, " 5 "], [0, 1441, 1.5, -1, "1441", "5.0", True]),
        ("order", [0, 1, 2**31 - 1, "1"], [-1, 1.5, 2**31, "first", True]),
        ("message.body", ["x", "x" * 5000, "a\nb"], [None, "", 7, {"a": 1}]),
        ("message.flash", [True, False, "true"], ["yes", 1]),
        ("message.label", ["x" * 350], ["x" * 351, 7]),
        ("message.transcode", [True, False, "true", "FALSE", " True "], ["yes", 1]),
        ("urlShortener.urlValidity", [3600, 2_592_000, 3600.0], [3599, 2_592_001, 3600.5, "3599"]),
        ("message.urlShortener.urlValidity", [3600, 2_592_000], [3599, 2_592_001]),
        ("restrictions", [{"india": {"templateId": "1", "entityId": "2"}}], ["x", [1], 7]),
    ],
)
def test_each_member_of_an_sms_has_its_limits(path: str, good: list[object], bad: list[object]) -> None:
    """What is just inside is accepted, what is just outside is refused, and only the member is named."""
    check_limits(sms, path, good, bad)


@pytest.mark.parametrize("place", ["urlShortener", "message.urlShortener"])
def test_links_are_shortened_by_the_presence_of_a_member(place: str) -> None:
    """In the step or its message; an empty object is presence, one of nothing but zeros is not."""
    step = sms({place: {}})
    assert echoed(step)["flow"][0] == sms(
        {
            "ttl": 1200,
            "order": 1,
            "failoverOnStatuses": ["Undelivered", "Failed"],
            "message.flash": False,
            place: {"urlValidity": 2_592_000},
        }
    )
    assert b"urlShortener" not in msgspec.json.encode(accepted(sms({place: {"urlValidity": 0}})))
