"""The scopes of tokens, over real sockets: for each documented call of the provider's API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.provider.openapi import provided
from emulator.provider.styles import is_detailed
from emulator.recording.journal import PATHS
from tests.support.running import Emulator, emulator

CALLS = [
    (method.upper(), path.replace("{id}", "x"))
    for path, methods in provided()["paths"].items()
    for method, call in methods.items()
    if call.get("security") == [{"token": []}]
]


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator("--rate", "0") as running:
        yield running


@pytest.mark.parametrize("body", [b"{}", b"{", None], ids=["empty", "broken", "none"])
@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_token_without_the_scope_is_refused_before_anything_else(
    server: Emulator, method: str, path: str, body: bytes | None
) -> None:
    """Whatever is wrong with the body, and whether or not there is what the path names."""
    answer = server.api(method, path, body, server.token(scope="forms"))
    assert answer.status == 403
    if is_detailed(path):
        assert "MT_ROLE_" in answer.json()["detail"]
    elif method != "HEAD":
        assert list(answer.json()) == ["code", "developerMessage"]
        assert answer.json()["code"] == "403000000"
        assert "MT_ROLE_" in answer.json()["developerMessage"]


@pytest.mark.parametrize(("method", "path"), CALLS)
def test_a_scenario_that_there_is_not_is_refused_by_every_call(server: Emulator, method: str, path: str) -> None:
    """Rather than ignored, also where no message is sent; what is wrong with a message itself comes first."""
    headers = {"Authorization": f"Bearer {server.token()}", "X-Emulator-Scenario": "all-fial"}
    body = b"{}" if method in {"POST", "PUT"} else None
    answer = server.call(method, path, body, headers | {"Content-Type": "application/json"})
    assert answer.status == (422 if is_detailed(path) else 400)
    if method != "HEAD" and (method, path) not in {("POST", each) for each in PATHS}:
        assert b"there is no scenario 'all-fial'; did you mean 'all-fail'?" in answer.body
    refused = server.newest()
    assert (refused["kind"], refused["application"], refused["data"]["path"]) == ("refused", "app", path)
