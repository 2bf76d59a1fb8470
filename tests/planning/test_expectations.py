"""What a scenario expects of itself, compared with what it comes to."""

from __future__ import annotations

from emulator.fakes.expected import request_of
from emulator.planning.expectations import Unmet, each_unmet
from emulator.scenario import files
from tests.support.expected import unmet


def differences(text: str) -> list[Unmet]:
    """What a scenario of this text does not come to."""
    return unmet(files.load_text(f"purpose: Test.\n{text}", "test"), request_of)


def test_the_members_of_every_unmet_expectation_are_told() -> None:
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
        Unmet(2, "status", "expected Succeeded, but it comes to Failed"),
    ]


def test_a_refused_request_has_no_status() -> None:
    """The difference says why."""
    ((_, member, told),) = differences("rules: [{ answer: unavailable }]\nexpect: { send: [Sms], status: Succeeded }")
    assert (member, told) == (
        "status",
        "expected Succeeded, but it comes to nothing; the request is refused with 503",
    )


def test_whatever_can_be_played_can_be_expected() -> None:
    """The order of callbacks, how long a flow is queued, the error, keys, who answers, what is written back."""
    rules = (
        "rules:\n"
        "  - { match: { from: X }, answer: no-balance }\n"
        "  - { queued: 5s, callbacks: { reverse: true } }\n"
        "  - plan:\n"
        "      Voice: { answeredBy: machine }\n"
        "      Viber: { reply: [{ text: STOP }, { media: 'http://x/a.jpg' }] }\n"
    )
    met = (
        "expect:\n"
        "  - { send: [Sms], callbacks: [Delivered, Sent, Queued], queued: 5s, reply: [], keys: [] }\n"
        "  - { send: [Voice], answeredBy: machine, queued: 1s..5s }\n"
        "  - { send: [Viber], reply: [STOP, http://x/a.jpg], callbacks: 2 }\n"
        "  - { send: [{ type: Sms, from: X }], error: no-balance }\n"
        "  - { send: [{ type: Sms, from: X }], error: '400001009' }\n"
    )
    assert differences(rules + met) == []
    for expected, member, told in (
        ("send: [Viber], callbacks: [QUEUED, DELIVERED]", "callbacks", "[DELIVERED, QUEUED]"),
        ("send: [Sms], queued: 6s..1m", "queued", "5s"),
        ("send: [Sms], error: no-balance", "error", "nothing"),
        ("send: [Voice], answeredBy: human", "answeredBy", "machine"),
        ("send: [Sms], answeredBy: human", "answeredBy", "nothing"),
        ("send: [Voice], keys: '1'", "keys", "[]"),
        ("send: [Viber], reply: [STOP]", "reply", "[STOP, http://x/a.jpg]"),
    ):
        ((_, found, words),) = differences(f"{rules}expect: {{ {expected} }}")
        assert (found, words.partition("comes to ")[2]) == (member, told)


def test_what_holds_by_chance_only_is_unmet_under_some_seed() -> None:
    """Nobody knows the seed that an emulator will have."""
    rules = "rules: [{ plan: { Sms: { choose: [{ plan: Delivered, weight: 2 }, { plan: Failed }] } } }]\n"
    ((_, _, told),) = differences(rules + "expect: { send: [Sms], status: Succeeded }")
    assert "so with the seed" in told or "comes to Failed" in told


def test_each_expectation_that_is_not_met_is_told() -> None:
    """By its place, under the first seed with one."""
    text = (
        "purpose: x\nrules:\n"
        "  - plan: { Sms: { choose: [{ weight: 1, plan: Failed }, { weight: 1, plan: Delivered }] } }\n"
        "expect:\n"
        "  - { send: [Viber], status: Failed }\n"
        "  - { send: [Viber], status: Succeeded }\n"
        "  - { send: [Sms], status: Failed }\n"
    )
    found = each_unmet(files.load_text(text, "test"), request_of)
    assert found[0] == [Unmet(0, "status", "expected Failed, but it comes to Succeeded")]
    assert sorted(found) == [0, 2]
    assert "expected Failed, but it comes to Succeeded" in found[2][0].difference
