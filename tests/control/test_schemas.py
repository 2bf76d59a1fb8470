"""The schemas that the emulator serves."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import urldefrag, urljoin

import pytest
from jsonschema import Draft202012Validator

from tests.support.documents import references
from tests.support.running import Emulator, emulator


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose own API has a token, which editors have none of."""
    with emulator("--control-token", "secret", "--allowed-hosts", "shop.test") as running:
        yield running


def test_each_schema_has_the_address_that_it_is_served_at(server: Emulator) -> None:
    """All are listed, and what one refers to is another."""
    answer = server.call("GET", "/_emulator/schemas", headers={"Authorization": "Bearer secret"})
    listed = answer.json()["schemas"]
    here = f"http://127.0.0.1:{server.port}"
    assert f"{here}/_emulator/schemas/scenario.json" in listed
    for address in listed:
        one = server.call("GET", address.removeprefix(here))
        assert (one.status, one.headers["content-type"]) == (200, "application/schema+json")
        assert one.json()["$id"] == address
        Draft202012Validator.check_schema(one.json())
        assert {urldefrag(urljoin(address, each)).url for each in references(one.json())} <= {*listed}


def test_its_address_has_the_name_that_it_is_asked_for_by(server: Emulator) -> None:
    """So that what it refers to is found by the same name."""
    answer = server.call("GET", "/_emulator/schemas/sms.json", headers={"Host": "shop.test:81"})
    assert answer.json()["$id"] == "http://shop.test:81/_emulator/schemas/sms.json"


@pytest.mark.parametrize("name", ["senario.json", "scenario", "..%2fREADME.md", "scenario.json?x=1"])
def test_another_name_is_refused(server: Emulator, name: str) -> None:
    """With the right one, if it is near."""
    answer = server.call("GET", f"/_emulator/schemas/{name}")
    assert answer.status == (400 if "?" in name else 404)
    assert ("did you mean 'scenario.json'?" in json.dumps(answer.json())) is (name in {"senario.json", "scenario"})
