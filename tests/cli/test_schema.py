"""The command `schema`."""

from __future__ import annotations

import json

import pytest

from tests.support.commands import run


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ((), "http://127.0.0.1:8080/_emulator/schemas/scenario.json"),
        (("sms",), "http://127.0.0.1:8080/_emulator/schemas/sms.json"),
        (("--url", "https://shop.test/"), "https://shop.test/_emulator/schemas/scenario.json"),
    ],
)
def test_a_schema_is_printed_with_the_address_that_an_emulator_serves_it_at(
    given: tuple[str, ...], address: str
) -> None:
    """That of scenarios unless another is named."""
    done = run("schema", *given)
    assert (done.exit_code, json.loads(done.stdout)["$id"]) == (0, address)


def test_another_name_is_refused() -> None:
    """With the one that was meant, or with all."""
    done = run("schema", "senario")
    assert (done.exit_code, "did you mean 'scenario'?" in done.stderr) == (1, True)
    assert "; there are callback, " in run("schema", "tomorrow").stderr
