"""The OpenAPI documents of both APIs are complete, and every reference in them can be resolved."""

from __future__ import annotations

import json
from collections.abc import Iterator

import pytest

from emulator.control.bodies import Anything
from emulator.control.openapi import control
from emulator.provider.openapi import provided
from tests.support.calls import CALLS
from tests.support.documents import references
from tests.support.running import Emulator, emulator

ENDLESS = {("GET", "/_emulator/feed"), ("GET", "/_emulator/board/feed")}
"""Calls whose answers do not end."""


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


@pytest.mark.parametrize("path", ["/_emulator/openapi.json", "/_emulator/openapi/provider.json"])
def test_each_document_is_served_and_whole(server: Emulator, path: str) -> None:
    """Every reference leads somewhere inside it; every operation has a summary and answers."""
    document = server.call("GET", path).json()
    assert document["openapi"] == "3.1.0"
    for reference in references(document):
        found = document
        for part in reference.removeprefix("#/").split("/"):
            found = found[part]
        assert found
    for operations in document["paths"].values():
        for operation in operations.values():
            assert operation["summary"]
            assert "200" in operation["responses"]


def test_the_documented_calls_are_those_that_are_served(server: Emulator) -> None:
    """None is missing, none is made up: a documented one is never unknown, another method always is."""
    documented = {(m.upper(), path) for path, operations in control(CALLS)["paths"].items() for m in operations}
    assert documented == {(call.method, f"/_emulator{call.path}") for call in CALLS}
    for method, path in sorted(documented - ENDLESS - {("POST", "/_emulator/reset")}):
        answer = server.call(method, path.replace("{id}", "nobody"), b"{}" if method in ("POST", "PUT") else None)
        assert answer.status in (200, 400, 404, 409), (method, path, answer.body)
        assert "There is nothing" not in answer.body.decode()
    assert server.call("PATCH", "/_emulator/clock").status == 405


def test_the_provider_s_calls_are_documented_as_they_are_served(server: Emulator) -> None:
    """Each answers, if only by a refusal without a token."""
    for path, operations in provided()["paths"].items():
        for method in operations:
            status = server.call(method.upper(), path.replace("{id}", "x"), b"").status
            assert str(status) in operations[method]["responses"]
            assert status in (400, 401, 403) or "security" not in operations[method]


def test_every_body_of_the_own_api_is_described() -> None:
    """With its members and, in words, what it is."""
    document = control(CALLS)
    for call in CALLS:
        if call.takes and call.method in ("POST", "PUT"):
            schema = document["components"]["schemas"][call.takes.__name__]
            assert (schema["type"], bool(schema["properties"])) == ("object", call.takes is not Anything)
            assert schema["description"] == json.loads(json.dumps(schema["description"]))
            assert schema["description"]
