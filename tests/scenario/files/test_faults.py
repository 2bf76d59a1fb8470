"""Reading faults of the answer and of the callbacks."""

from __future__ import annotations

import pytest

from emulator.clock.delays import Fixed, Uniform
from emulator.flow.faults import CallbackFaults, Cut, Which
from emulator.scenario.answers import ERRORS, AnswerFault
from emulator.scenario.files.faults import CALLBACKS
from tests.support.scenarios import problems_of, rule


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("no-balance", ERRORS["no-balance"]),
        ("{ status: 503, body: <html> }", AnswerFault(503, body="<html>")),
        ('{ status: 200, body: "" }', AnswerFault(200, body="")),
        ('{ status: 400, code: "400001009", message: No }', AnswerFault(400, "400001009", "No")),
        (
            "{ error: too-many-requests, headers: { Retry-After: 9 } }",
            AnswerFault(429, "429000000", "Too many requests", headers=(("Retry-After", "9"),), named=True),
        ),
        ("{ error: not-found, status: 410 }", AnswerFault(410, "404000000", "Not found")),
        ("{ delay: 1s..2s, close: after }", AnswerFault(delay=Uniform(1000, 2000), close="after")),
        ("{ truncate: 10 }", AnswerFault(truncate=Cut(size=10))),
        ("{ truncate: 25% }", AnswerFault(truncate=Cut(share=0.25))),
    ],
)
def test_an_answer_is_a_documented_error_or_a_fault(yaml: str, expected: AnswerFault) -> None:
    """By name, by its members, or both: the members win."""
    assert rule(f"answer: {yaml}").answer == expected


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("never", CallbackFaults(never=True)),
        ("{ never: true }", CallbackFaults(never=True)),
        ("{ drop: 1 }", CallbackFaults(drop=(1,))),
        ("{ drop: [1, 3] }", CallbackFaults(drop=(1, 3))),
        ("{ drop: 30% }", CallbackFaults(drop_share=0.3)),
        ("{ delay: 2h, duplicate: 3 }", CallbackFaults(delay=Fixed(7_200_000), duplicate=3)),
        ("{ duplicate: { times: 2, after: 1s } }", CallbackFaults(duplicate=2, duplicate_after=1000)),
        ("{ duplicate: { times: 3, only: last } }", CallbackFaults(duplicate=3, duplicate_only=Which(last=True))),
        ("{ duplicate: { times: 2, only: 2 } }", CallbackFaults(duplicate=2, duplicate_only=Which((2,)))),
        ("{ duplicate: { times: 2, only: [1, 3] } }", CallbackFaults(duplicate=2, duplicate_only=Which((1, 3)))),
        ("{ duplicate: { times: 2, only: 10% } }", CallbackFaults(duplicate=2, duplicate_only=Which(share=0.1))),
        (
            "{ duplicate: { times: 2, only: { status: Delivered } } }",
            CallbackFaults(duplicate=2, duplicate_only=Which(statuses=("Delivered",))),
        ),
        ("{ reorder: 5s, burst: 1m }", CallbackFaults(reorder=5000, burst=60_000)),
        ("{ early: true, truncate: 50% }", CallbackFaults(early=True, truncate=Cut(share=0.5))),
        ("{ url: http://localhost:1/x }", CallbackFaults(url="http://localhost:1/x")),
        ("{ url: 'http://[::1]:1/x' }", CallbackFaults(url="http://[::1]:1/x")),
    ],
)
def test_callbacks_fare_as_they_are_told_to(yaml: str, expected: CallbackFaults) -> None:
    """Every fault, and several at once."""
    assert rule(f"callbacks: {yaml}").callbacks == expected


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{ headers: {} }", "must be a map of header names and their values; found {}"),
        ("{ message: Sorry }", "'message' stands in errors only; it needs a status from 400 on"),
        ('{ status: 201, code: "400001009" }', "'code' stands in errors only; it needs a status from 400 on"),
    ],
)
def test_an_answer_that_does_nothing_is_refused(answer: str, message: str) -> None:
    """It would be answered well, which nobody writes a fault for."""
    found = problems_of(f"purpose: x\nrules:\n  - answer: {answer}\n")
    assert [each.message for each in found] == [message]


def test_a_header_may_be_empty() -> None:
    """As it may in HTTP."""
    assert rule('answer: { headers: { X-Empty: "" } }').answer == AnswerFault(headers=(("X-Empty", ""),))


def test_each_fault_of_callbacks_belongs_to_a_key_of_the_file() -> None:
    """By its name; `late` is worked out of others."""
    keys = {CallbackFaults.key(field) for field in CallbackFaults.__struct_fields__}
    assert keys == {*CALLBACKS, "late"}
