"""Who may use the emulator's own API."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.support.running import Emulator, emulator

CLOCK = "/_emulator/clock"


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator without a control token."""
    with emulator("--rate", "0", "--allowed-hosts", "emulator.test, other.test") as running:
        yield running


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://{host}"}, 200),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://127.0.0.1:1"}, 403),
        ({"Sec-Fetch-Site": "same-origin"}, 200),
        ({"Sec-Fetch-Site": "none"}, 200),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Host": "localhost:8080"}, 200),
        ({"Host": "emulator"}, 200),
        ({"Host": "[::1]:8080"}, 200),
        ({"Host": "10.0.0.7"}, 200),
        ({"Host": "host.docker.internal:8080"}, 200),
        ({"Host": "emulator.test"}, 200),
        ({"Host": "OTHER.test:80"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Host": "127.0.0.1.evil.example:8080"}, 403),
        ({"Host": ""}, 403),
        ({"Host": "[x"}, 403),
        ({"Origin": "http://[x"}, 403),
    ],
)
def test_pages_from_elsewhere_and_names_that_point_here_are_refused(
    server: Emulator, headers: dict[str, str], status: int
) -> None:
    """For reading as for changing; the refusal is a problem in words."""
    given = {name: value.replace("{host}", f"127.0.0.1:{server.port}") for name, value in headers.items()}
    for method, body in (("GET", None), ("PUT", b'{"rate": 0}')):
        answer = server.call(method, CLOCK, body, given)
        assert answer.status == status, answer.body
        assert (answer.headers["content-type"] == "application/problem+json") is (status == 403)


def test_the_provider_s_api_looks_at_none_of_it(server: Emulator) -> None:
    """A client behind any name is a client."""
    headers = {"Host": "connect.routee.net", "Origin": "http://evil.example", "Authorization": "Basic YTpi"}
    assert server.call("POST", "/oauth/token?grant_type=client_credentials", b"", headers).status == 200


def test_a_control_token_is_asked_for_by_all_but_the_health_checks() -> None:
    """With the header that says so."""
    with emulator("--control-token", "t0p") as server:
        refused = server.call("GET", CLOCK)
        assert (refused.status, refused.headers["www-authenticate"]) == (401, 'Bearer realm="failover-emulator"')
        assert server.call("GET", CLOCK, headers={"Authorization": "Bearer t0q"}).status == 401
        assert server.call("GET", CLOCK, headers={"Authorization": "bearer t0p"}).status == 200
        assert [server.call("GET", f"/_emulator/{path}").status for path in ("health", "ready")] == [200, 200]
        told = server.call("GET", "/_emulator/settings", headers={"Authorization": "Bearer t0p"})
        assert b"t0p" not in told.body
