"""What the doors refuse, and how, under other choices."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json

from emulator.choices.given import over
from emulator.choices.table import TAKEN, Choices
from emulator.provider import errors, requests
from emulator.provider.chosen import check, refusal
from emulator.provider.errors import ApiError
from tests.support.running import SMS, VIBER, VOICE

NOW = 1_772_442_944_440
CODE = {"method": "sms", "type": "code", "recipient": "+306912345678"}


def chosen(name: str, answer: str) -> Choices:
    """These choices alone."""
    return over(TAKEN, ((name, answer),))


def refused(body: Any, choices: Choices) -> Any:
    """The body of the error that a request gets."""
    sent = json.encode(body)
    asked = requests.read(sent)
    check(asked.kind, sent, asked.request, asked.remarks, TAKEN)
    with pytest.raises(ApiError) as error:
        check(asked.kind, sent, asked.request, asked.remarks, choices)
    assert error.value.status == 400
    return error.value.body


@pytest.mark.parametrize(
    ("name", "answer", "body", "places"),
    [
        ("unknown-members", "refused", {"flow": [SMS | {"surprise": 1}]}, ["flow[0].surprise"]),
        ("number-without-plus", "refused", {"flow": [SMS, SMS | {"to": "306912345678"}]}, ["flow[1].to"]),
        ("ttl-and-order", "required", {"flow": [SMS, VOICE | {"order": 2}]}, ["flow[0].ttl", "flow[0].order"]),
        ("single-step", "refused", {"flow": [SMS]}, ["flow"]),
        ("same-order", "refused", {"flow": [SMS | {"order": 2}, VIBER | {"order": 2}]}, ["flow[1].order"]),
        ("same-channel", "refused", {"flow": [SMS, VIBER, SMS]}, ["flow[2].type"]),
        (
            "voice-statuses",
            "two",
            {"flow": [VOICE | {"failoverOnStatuses": ["Busy", "Failed"]}]},
            ["flow[0].failoverOnStatuses"],
        ),
        ("two-step-template", "required", CODE, ["template"]),
    ],
)
def test_a_request_is_refused_that_is_usually_taken(name: str, answer: str, body: Any, places: list[str]) -> None:
    """With each place that is wrong; without the choice it is taken."""
    told = refused(body, chosen(name, answer))
    assert (told["code"], list(told["properties"])) == ("400000000", places)


def test_a_file_is_refused_as_a_client_met_it() -> None:
    """By the number that the live service gave."""
    file = {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://a.example/a.pdf"}
    told = refused({"flow": [VIBER | {"message": {"viberFile": file}}]}, chosen("viber-file", "refused"))
    assert (told["code"], told["errors"][0]["errorCode"]) == ("400019000", "019")


@pytest.mark.parametrize(
    ("name", "answer", "error", "status", "changed"),
    [
        ("refused-bearer", "403", errors.unauthorized("invalid_token", "x"), 403, {}),
        ("refused-bearer", "403", errors.unauthorized("unauthorized", "x"), 401, {}),
        ("error-code", "number", errors.generic(404, "x"), 404, {"code": 404000000}),
        ("error-time", "milliseconds", errors.bad_credentials("x", "/sms", 1), 401, {"timestamp": NOW}),
        ("error-places", "names", errors.invalid("a", {"flow[1].to": "b"}), 400, {"properties": {"to": "b"}}),
        ("error-places", "names", errors.invalid("a", {"flow[1]": "b"}), 400, {"properties": {"flow": "b"}}),
    ],
)
def test_a_refusal_looks_otherwise(name: str, answer: str, error: ApiError, status: int, changed: Any) -> None:
    """In status or members; the journal tells of the same error, and the headers stay."""
    told = refusal(error, "/sms", chosen(name, answer), NOW)
    assert (told.status, told.body, told.headers) == (status, error.body | changed, error.headers)
    assert told.words == error.words


@pytest.mark.parametrize(
    ("name", "answer", "error", "status"),
    [
        ("malformed-body", "framework", errors.generic(400, "The body is not JSON"), 400),
        ("unmapped-call", "405", errors.unmapped("PUT", "x"), 405),
    ],
)
def test_the_framework_answers_by_itself(name: str, answer: str, error: ApiError, status: int) -> None:
    """In its own members."""
    told = refusal(error, "/sms", chosen(name, answer), NOW)
    assert (told.status, list(told.body)) == (status, ["timestamp", "status", "error", "message", "path"])
    assert refusal(errors.invalid("a", {"b": "c"}), "/sms", chosen(name, answer), NOW).status == 400
