"""The number validator over real sockets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.provider.numbervalidator import validated
from tests.support.running import Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


def test_a_valid_number_is_told_with_its_type_its_network_and_its_forms(server: Emulator) -> None:
    """In the documented members; a + that is missing is put before it."""
    answer = server.api("POST", "/numbervalidator", {"to": "306972345678", "getPorted": "true"})
    told = answer.json()
    assert answer.status == 200
    assert told == {
        "numberValidatorId": told["numberValidatorId"],
        "to": "+306972345678",
        "valid": True,
        "details": told["details"],
        "formats": {"international": "+30 697 234 5678", "national": "697 234 5678", "rfc3966": "tel:+30-697-234-5678"},
        "getPorted": True,
        "applicationName": "app",
        "createdAt": "2026-01-01T00:00:00Z",
    }
    details = told["details"]
    assert (details["type"], details["countryCode"], details["countryPrefix"], details["ported"]) == (
        "Mobile",
        "GR",
        "30",
        False,
    )
    assert details["networkCode"].startswith("202")
    again = server.api("POST", "/numbervalidator", {"to": "+306972345678"}).json()
    assert again["numberValidatorId"] != told["numberValidatorId"]
    assert again["details"] == details


def test_the_network_is_the_one_that_prices_list(server: Emulator) -> None:
    """By its code."""
    details = server.api("POST", "/numbervalidator", {"to": "+35799123456"}).json()["details"]
    code = details["networkCode"]
    (listed,) = server.api("GET", f"/system/prices?mcc={code[:3]}&mnc={code[3:]}").json()["sms"]
    assert [each["network"] for each in listed["networks"]] == [details["network"]]


@pytest.mark.parametrize(("number", "kind"), [("+302101234567", "Landline"), ("+306912345678", "Mobile")])
def test_a_landline_is_told_from_a_mobile(number: str, kind: str) -> None:
    """By the country's plan."""
    assert (validated(number)["valid"], validated(number)["details"]["type"]) == (True, kind)


@pytest.mark.parametrize(
    ("number", "members"),
    [("+3069123", ["valid", "details", "formats"]), ("12", ["valid"]), ("nonsense", ["valid"])],
)
def test_what_can_t_be_a_number_is_not_valid(server: Emulator, number: str, members: list[str]) -> None:
    """That is an answer, no mistake; what has no country code has no details."""
    answer = server.api("POST", "/numbervalidator", {"to": number})
    assert (answer.status, answer.json()["valid"], list(validated(number))) == (200, False, members)


def test_a_host_has_a_place_in_the_answer(server: Emulator) -> None:
    """Though nobody knows where it is."""
    told = server.api("POST", "/numbervalidator", {"to": "+306912345678", "host": "app.example"}).json()
    assert told["geo"] == {"host": "app.example", "country": ""}


@pytest.mark.parametrize(
    ("body", "code"), [({}, "400000000"), ({"to": ""}, "400000000"), ({"to": "1", "getPorted": "x"}, "400000000")]
)
def test_a_wrong_request_is_refused(server: Emulator, body: object, code: str) -> None:
    """By what is wrong with it."""
    answer = server.api("POST", "/numbervalidator", body)
    assert (answer.status, answer.json()["code"], answer.json()["entity"]) == (400, code, "NumberValidator")


def test_a_token_without_the_scope_is_refused(server: Emulator) -> None:
    """403 with its code."""
    answer = server.api("POST", "/numbervalidator", {"to": "+306912345678"}, server.token("app", "sms"))
    assert (answer.status, answer.json()["code"]) == (403, "403000000")
