"""Bodies of POST /sms: what is read, and what is refused with which words."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET

from emulator.flow.request import Callback, Strategy, UrlShortener
from emulator.provider.sms import reading
from emulator.provider.sms.reading import BadSender, Invalid, Malformed

PLAIN = {"body": "Parcel 71 is ready", "to": "+306912345678", "from": "Shop"}
URL = "https://app.example/sms"


def written(**more: Any) -> bytes:
    """A body with more members; those that are UNSET are left out."""
    return json.dumps({name: value for name, value in (PLAIN | more).items() if value is not UNSET}).encode()


def wrong(**more: Any) -> dict[str, str]:
    """What is wrong with a body."""
    with pytest.raises(Invalid) as found:
        reading.read(written(**more))
    assert found.value.entity == "SmsTracking"
    return found.value.properties


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"to": "306912345678"},
        {"from": "302101234567"},
        {"flash": True, "label": "june", "ttl": 60, "transcode": False},
        {"callback": {"url": URL}},
        {"callback": {"url": URL, "strategy": "OnCompletion"}},
        {"body": "Καλημέρα 😀"},
    ],
)
def test_what_is_written_as_documented_is_read_quickly_and_alike(more: Any) -> None:
    """By both readers, and again when it was stored as it came."""
    found = reading.quick(written(**more))
    assert found is not None
    assert found == reading.read(written(**more)).request == reading.read_stored(written(**more))


@pytest.mark.parametrize(
    "more",
    [
        {"urlShortener": {}},
        {"restrictions": {"india": {"templateId": "1"}}},
        {"odd": 1},
        {"to": "6912345678"},
        {"label": ""},
        {"ttl": 60.0},
        {"ttl": "60"},
        {"ttl": 4321},
        {"label": "😀" * 200},
        {"callback": {"url": URL, "strategy": "OnStep"}},
    ],
)
def test_what_is_unusual_or_wrong_is_left_to_the_full_reader(more: Any) -> None:
    """Rare members, other ways to write a value, and mistakes."""
    assert reading.quick(written(**more)) is None


def test_defaults_are_filled_in() -> None:
    """A message is one step; it lives three days, and callbacks come for each part, at each change."""
    request = reading.read(written(callback={"url": URL})).request
    (step,) = request.flow
    assert (step.channel, step.to, getattr(step, "ttl"), step.order) == ("Sms", "+306912345678", 4320, 1)  # noqa: B009
    assert request.callback == Callback(Strategy.ON_CHANGE, URL, each_part=True)
    assert reading.read(written()).request.callback is UNSET


def test_what_real_clients_send_is_forgiven() -> None:
    """Empty members, texts for numbers and booleans; unknown members are ignored, which is remarked on."""
    found = reading.read(written(label="", callback={}, restrictions=None, ttl="60", transcode="true", lable="june"))
    (step,) = found.request.flow
    assert (getattr(step, "ttl"), step.message.transcode) == (60, True)  # type: ignore[union-attr]  # noqa: B009
    assert found.remarks == (
        "ttl is a text and was read as 60",
        "transcode is a text and was read as true",
        "lable is not known here and ignored; did you mean 'label'?",
    )


def test_the_rare_members_are_read() -> None:
    """The shortener is turned on by being there."""
    restrictions = {"india": {"templateId": "1", "entityId": "2"}}
    (step,) = reading.read(written(urlShortener={}, restrictions=restrictions)).request.flow
    assert getattr(step, "url_shortener") == UrlShortener()  # noqa: B009
    assert getattr(step, "restrictions") == restrictions  # noqa: B009


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"body": UNSET}, {"body": "is required"}),
        ({"to": UNSET}, {"to": "is required"}),
        ({"from": UNSET}, {"from": "is required"}),
        ({"ttl": 0}, {"ttl": "must be at least 1 minute; found 0"}),
        ({"ttl": 4321}, {"ttl": "must be at most 4320 minutes; found 4321"}),
        ({"label": "x" * 351}, {"label": "must have at most 350 characters; it has 351"}),
        ({"flash": "yes"}, {"flash": "must be true or false; found 'yes'"}),
        ({"callback": {"strategy": "OnChange"}}, {"callback.url": "is required"}),
        (
            {"callback": {"url": URL, "strategy": "OnStep"}},
            {"callback.strategy": "must be one of OnChange, OnCompletion; found 'OnStep'"},
        ),
        (
            {"urlShortener": {"urlValidity": 60}},
            {"urlShortener.urlValidity": "must be at least 3600 seconds; found 60"},
        ),
        ({"body": "😀" * 9000}, {"body": "must fit into 255 parts of an Sms; it takes 273"}),
    ],
)
def test_what_is_wrong_is_told(more: Any, told: dict[str, str]) -> None:
    """Where, what would be right, and what was found."""
    assert wrong(**more) == told


@pytest.mark.parametrize("to", ["6912345678x", "+30691", "00306912345678", "3069123456789012"])
def test_a_wrong_number_is_refused(to: str) -> None:
    """With or without +."""
    assert wrong(to=to)["to"].startswith("must be a phone number in E.164 form")


@pytest.mark.parametrize("sender", ["Seventeen letters", "Twelve chars", "+302101234567", "Ωmega"])
def test_a_sender_that_is_no_sender_is_refused_as_such(sender: str) -> None:
    """Which is another kind of error, unless something else is wrong too."""
    with pytest.raises(BadSender, match="must be a sender of at most 11 letters"):
        reading.read(written(**{"from": sender}))
    assert list(wrong(**{"from": sender, "ttl": 0})) == ["from", "ttl"]


@pytest.mark.parametrize("body", [b"", b"[]", b'"x"', b'{"body": 1,', b'{"body":"a","body":"b"}'])
def test_what_is_no_object_is_malformed(body: bytes) -> None:
    """And says so."""
    with pytest.raises(Malformed):
        reading.read(body)


def test_its_types_are_made_by_the_first_request() -> None:
    """A start can do without."""
    code = "import sys; import emulator.app; print('emulator.provider.sms.wire' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


VALUES: dict[str, list[Any]] = {
    "body": ["Hi", "", "ά😀", "x" * 8001, 7, None],
    "to": ["+306912345678", "306912345678", "12", "", 306912345678],
    "from": ["Shop", "302101234567", "Seventeen letters", "Ωmega", ""],
    "flash": [True, False, "true", 1, None],
    "label": ["june", "", "😀" * 175, "😀" * 176, "x" * 351],
    "ttl": [1, 4320, 0, 4321, 60.0, "60", True],
    "transcode": [True, "false"],
    "callback": [{"url": URL}, {"url": "x"}, {"url": URL, "strategy": "OnChange"}, {"strategy": "OnStep"}, {}, []],
    "odd": [1, 0, "\u003a", {"to": "x"}],
    "urlShortener": [{}, {"urlValidity": 3600}],
}


MEMBERS = st.fixed_dictionaries({}, optional={name: st.sampled_from(values) for name, values in VALUES.items()})


@given(MEMBERS, st.booleans())
def test_both_readers_make_the_same_of_a_body(value: dict[str, Any], ascii_only: bool) -> None:
    """What the quick one takes, the full one takes alike; and whatever comes is a request or is refused in words."""
    body = json.dumps(PLAIN | value, ensure_ascii=ascii_only).encode()
    quick = reading.quick(body)
    try:
        full = reading.read(body).request
    except (Invalid, Malformed, BadSender):
        full = None
    assert quick is None or quick == full == reading.read_stored(body)
