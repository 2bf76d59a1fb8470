"""What is written about requests and tokens."""

from __future__ import annotations

import pytest
from msgspec import Raw, json

from emulator.channels.table import Channel
from emulator.errors import Json
from emulator.journal.entry import Details
from emulator.journal.kinds import Accepted, Refused, Remarked, Token, TokenRefused, TokenRevoked
from emulator.provider import errors
from emulator.provider.errors import ApiError

BODY = b'{"flow":[{"type":"Viber","order":1,"to":"+301"},{"type":"Sms","order":2,"to":"+302"}]}'
VIBER = Channel.VIBER
REFUSALS = [
    errors.generic(403, "Access is denied"),
    errors.invalid("Failover", {"flow[0].to": "is required"}),
    errors.unauthorized("invalid_token", "The token has expired"),
    errors.bad_credentials("Bad credentials", "/oauth/token", 5),
    ApiError(400, {"error": "invalid_scope", "error_description": "no such scope"}),
]


def test_an_accepted_request_is_written_with_what_the_door_knew_and_its_first_step() -> None:
    """The body comes last, where a store adds it that keeps it with the flow."""
    short = Accepted("/failover", step=1, channel=VIBER, rule="happy")
    assert json.encode(short) == b'{"path":"/failover","step":1,"channel":"Viber","rule":"happy"}'
    whole = Accepted("/failover", {"rule": "slow"}, "again", 1, VIBER, "happy", body=Raw(BODY))
    assert json.encode(whole) == (
        b'{"path":"/failover","answer":{"rule":"slow"},"note":"again",'
        b'"step":1,"channel":"Viber","rule":"happy","body":%b}' % BODY
    )


@pytest.mark.parametrize("error", REFUSALS, ids=str)
@pytest.mark.parametrize("shape", [Refused, TokenRefused])
def test_every_member_of_a_refusal_is_written(shape: type[Refused], error: ApiError) -> None:
    """Whatever error the doors know, in the order of its answer; between the request and what spoils the answer."""
    members: Json = {"path": "/failover"} | error.reason | {"answer": {"rule": "slow"}}
    assert json.encode(shape.of(members)) == json.encode(members)
    with_body: Json = {"path": "/failover", "body": "x"} | error.reason
    assert json.encode(shape.of(with_body)) == json.encode(with_body)


@pytest.mark.parametrize(
    ("details", "members"),
    [
        (Token("failover sms"), b'{"scope":"failover sms"}'),
        (
            Token("failover", "by form", {"rule": "slow"}),
            b'{"scope":"failover","note":"by form","answer":{"rule":"slow"}}',
        ),
        (TokenRevoked("t"), b'{"token":"t"}'),
    ],
    ids=str,
)
def test_tokens_are_written_with_their_members_in_order(details: Details, members: bytes) -> None:
    """As stored files have always had them; and they are read back the same."""
    assert json.encode(details) == members
    assert json.decode(members, type=type(details)) == details


@pytest.mark.parametrize(
    ("details", "text"),
    [
        (
            Accepted("/failover", step=1, channel=VIBER, rule="happy", body=Raw(BODY)),
            "Viber to +301, then Sms to +302; Viber (rule happy) starts",
        ),
        (Accepted("/failover", step=1, channel=VIBER, rule="happy"), "Viber (rule happy) starts"),
        (
            Accepted("/2step", body=Raw(b'{"recipient":"+30"}'), step=1, channel=VIBER, rule="happy", code="12"),
            "the code 12 to +30; Viber (rule happy) starts",
        ),
        (
            Accepted("/failover", {"rule": "slow", "seconds": 2.5}, "again", 1, VIBER, "happy"),
            "Viber (rule happy) starts; again; the answer is spoilt by rule slow (2.5 s late)",
        ),
        (
            Refused("/failover", "{}", 400, developer_message="Invalid!", properties={"a": "is no b", "c": "is d"}),
            "POST /failover 400 Invalid!; a: is no b; c: is d",
        ),
        (
            Refused("/failover", status=401, error="e", error_description="The token has expired"),
            "POST /failover 401 The token has expired",
        ),
        (TokenRefused("/oauth/token", status=401, error="Unauthorized"), "POST /oauth/token 401 Unauthorized"),
        (
            Refused("/failover", status=503, answer={"rule": "rule 2", "closed": True, "truncated": True}),
            "POST /failover no answer, the connection is closed; the answer is spoilt by rule 2 (closed, truncated)",
        ),
        (Remarked("POST", "/contacts/my", "odd is not known here"), "POST /contacts/my; odd is not known here"),
        (Token("failover sms", "by form"), "given out with scope failover sms; by form"),
        (Token("failover sms voice viber 2step"), "given out with 5 scopes"),
        (TokenRevoked("t"), "t"),
    ],
)
def test_each_says_in_words_what_happened(details: Details, text: str) -> None:
    """To stand after the time, the flow and the kind."""
    assert details.text() == text


def test_the_recipient_of_a_call_is_told_whichever_form_it_has() -> None:
    """An object has one member that is filled."""
    calls = b'{"to":{"viber":"","sip":"1@sip.example"}}', b'{"flow":[{"type":"Voice","to":{"phone":"+306912345678"}}]}'
    texts = [Accepted("/x", body=Raw(body), channel=Channel.VOICE, step=1, rule="happy").text() for body in calls]
    assert [text.split(";")[0] for text in texts] == ["to 1@sip.example", "Voice to +306912345678"]
