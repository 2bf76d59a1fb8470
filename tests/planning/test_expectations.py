"""What a scenario expects of itself, compared with what it comes to."""

from __future__ import annotations

from emulator.fakes.expected import request_of
from emulator.planning.expectations import Unmet, unmet
from emulator.scenario import files


def differences(text: str) -> list[Unmet]:
    """What a scenario of this text does not come to."""
    return unmet(files.load_text(f"purpose: Test.\n{text}", "test"), request_of)


def test_the_members_of_the_first_unmet_expectation_are_told() -> None:
    """Those that are met, or not given, are not."""
    found = differences(
        "rules: [{ plan: { Sms: Failed } }]\n"
        "expect:\n"
        "  - { send: [Viber] }\n"
        "  - { send: [Sms], answer: 200, status: Succeeded, statusCode: '2', messages: [Delivered], callbacks: 3 }\n"
        "  - { send: [Sms], status: Succeeded }\n"
    )
    assert found == [
        Unmet(1, "status", "expected Succeeded, but it comes to Failed"),
        Unmet(1, "messages", "expected [Delivered], but it comes to [Failed]"),
        Unmet(1, "callbacks", "expected 3, but it comes to 2"),
    ]


def test_a_refused_request_has_no_status() -> None:
    """The difference says why."""
    ((_, member, told),) = differences("rules: [{ answer: unavailable }]\nexpect: { send: [Sms], status: Succeeded }")
    assert (member, told) == (
        "status",
        "expected Succeeded, but it comes to nothing; the request is refused with 503",
    )


def test_what_holds_by_chance_only_is_unmet_under_some_seed() -> None:
    """Nobody knows the seed that an emulator will have."""
    rules = "rules: [{ plan: { Sms: { choose: [{ plan: Delivered, weight: 2 }, { plan: Failed }] } } }]\n"
    ((_, _, told),) = differences(rules + "expect: { send: [Sms], status: Succeeded }")
    assert "so with the seed" in told or "comes to Failed" in told
