"""Bodies of the two-step calls: what is read, and what is refused with which words."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from msgspec import UNSET

from emulator.flow.request import SmsStep, VoiceStep
from emulator.flow.verification import Terms
from emulator.provider.twostep import reading
from emulator.provider.twostep.reading import BadSender, NoPin
from emulator.validation.strict import Invalid, Malformed

PLAIN = {"method": "sms", "type": "code", "recipient": "+306912345678"}
FORM = "application/x-www-form-urlencoded"


def written(**more: Any) -> bytes:
    """A body with more members; those that are UNSET are left out."""
    return json.dumps({name: value for name, value in (PLAIN | more).items() if value is not UNSET}).encode()


def step(**more: Any) -> SmsStep:
    """The message of a body."""
    (found,) = reading.read(written(**more)).request.flow
    assert isinstance(found, SmsStep)
    return found


def wrong(**more: Any) -> dict[str, str]:
    """What is wrong with a body."""
    with pytest.raises(Invalid) as found:
        reading.read(written(**more))
    return found.value.properties


def test_a_short_body_gets_the_defaults() -> None:
    """As the samples of real clients have it, without a template."""
    read = reading.read(written(type=UNSET))
    assert read.request.verification == Terms(4, 300, 3)
    assert (step().sender, step().to, step().message.body) == (
        "verify",
        "+306912345678",
        "Your verification code is @@pin",
    )
    assert (read.request.callback, read.remarks) == (UNSET, ())


def test_what_is_said_goes_before_the_defaults() -> None:
    """Numbers may be texts, a recipient may lack its plus; both are remarked on."""
    read = reading.read(
        written(recipient="306912345678", digits="6", maxRetries=0, lifetimeInSeconds=60, originator="Shop")
    )
    assert read.request.verification == Terms(6, 60, 0)
    assert (step(originator="Shop").sender, step(recipient="306912345678").to) == ("Shop", "+306912345678")
    assert len(read.remarks) == 2


def test_names_in_a_template_stand_for_arguments() -> None:
    """One that is missing stays as it is; so does the place of the code, whatever the arguments say."""
    text = step(template="@@who, @@pin for @@what, @@n", arguments={"who": "Al", "n": 5, "pin": "x"}).message.body
    assert text == "Al, @@pin for @@what, 5"
    assert step(template="@@who @@pin", arguments='{"who": "Al"}').message.body == "Al @@pin"


def test_a_call_says_the_code() -> None:
    """From the originator."""
    (call,) = reading.read(written(method="voice", template="It is @@pin")).request.flow
    assert isinstance(call, VoiceStep)
    assert call.dial_plans[0].verbs == [{"type": "SAY", "message": {"text": "It is @@pin", "language": "en-US"}}]


def test_restrictions_come_along() -> None:
    """As those of any Sms."""
    assert step(restrictions={"india": {"templateId": "1"}}).restrictions == {"india": {"templateId": "1"}}


@pytest.mark.parametrize(
    ("more", "place"),
    [
        ({"method": UNSET}, "method"),
        ({"method": "fax"}, "method"),
        ({"type": "link"}, "type"),
        ({"recipient": UNSET}, "recipient"),
        ({"recipient": "12"}, "recipient"),
        ({"template": 5}, "template"),
        ({"arguments": "who"}, "arguments"),
        ({"arguments": [1]}, "arguments"),
        ({"arguments": {"a": {}, "b": True}}, "arguments.b"),
        ({"templateCountry": "GRC"}, "templateCountry"),
        ({"digits": 0}, "digits"),
        ({"lifetimeInSeconds": 0}, "lifetimeInSeconds"),
        ({"maxRetries": -1}, "maxRetries"),
        ({"template": "@@pin" * 20_000}, "template"),
    ],
)
def test_what_is_wrong_is_named(more: Any, place: str) -> None:
    """Each by its member."""
    assert list(wrong(**more)) == [place]


def test_a_template_without_a_place_for_the_code_has_an_error_of_its_own() -> None:
    """So has a sender that is refused, if that is all that is wrong."""
    with pytest.raises(NoPin):
        reading.read(written(template="Hi @@pins"))
    with pytest.raises(BadSender):
        reading.read(written(originator="far too long a sender"))
    assert list(wrong(originator="far too long a sender", digits=0)) == ["originator", "digits"]


def test_a_body_that_is_no_object_says_what_is_wanted() -> None:
    """Neither more nor less."""
    with pytest.raises(Malformed, match="method, type and recipient"):
        reading.read(b"[]")


def test_a_stored_request_is_read_as_it_was_stored() -> None:
    """With the code in its text."""
    read = reading.read(written()).request
    assert reading.read_stored(msgspec.json.encode(read)) == read


@pytest.mark.parametrize(
    ("kind", "body", "query"),
    [
        ("application/json", b'{"answer": "1234"}', {}),
        ("application/json", b'{"answer": 1234}', {}),
        ("", b'{"answer": " 1234 "}', {}),
        (FORM, b"answer=1234", {}),
        (FORM, b"", {"answer": "1234"}),
        ("text/plain", b"answer=1234", {}),
        ("application/json", b"", {"answer": "1234"}),
        (FORM, b"answer=1234", {"answer": "9"}),
    ],
)
def test_an_answer_may_come_in_three_ways_as_a_number_or_a_text(kind: str, body: bytes, query: dict[str, str]) -> None:
    """JSON, a form, the query; a body counts before the query."""
    assert reading.answer(kind, body, query) == ("1234", ())


@pytest.mark.parametrize("body", [b"", b"{}", b'{"answer": ""}', b'{"answer": true}', b'{"answer": [1]}', b"[]"])
def test_a_missing_answer_is_no_wrong_one(body: bytes) -> None:
    """It is told what is missing."""
    with pytest.raises(Invalid):
        reading.answer("application/json", body, {})


def test_an_answer_that_is_no_json_is_refused() -> None:
    """With the place of the mistake."""
    with pytest.raises(Malformed):
        reading.answer("application/json", b"{1234", {})
