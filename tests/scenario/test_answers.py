"""Faults of the answer to a request: values."""

from __future__ import annotations

import pytest

from emulator.flow.faults import Cut
from emulator.scenario.answers import BODILESS, ERRORS, AnswerFault


@pytest.mark.parametrize(
    ("fault", "refuses"),
    [
        (AnswerFault(), False),
        (AnswerFault(200), False),
        (AnswerFault(399), False),
        (AnswerFault(400), True),
        (AnswerFault(503), True),
        (AnswerFault(close="before"), True),
        (AnswerFault(close="after"), False),
        (AnswerFault(200, close="before"), True),
        (AnswerFault(truncate=Cut()), False),
        (AnswerFault(body="x"), False),
    ],
)
def test_a_request_is_refused_by_a_status_from_400_on_or_by_closing_before(
    fault: AnswerFault, *, refuses: bool
) -> None:
    """Under any other fault it is accepted, and only the answer suffers."""
    assert fault.refuses is refuses


@pytest.mark.parametrize("name", list(ERRORS))
def test_every_error_refuses_with_a_body_of_one_kind(name: str) -> None:
    """A code whose first digits are the status, an OAuth error, or a gateway's page."""
    fault = ERRORS[name]
    assert fault.refuses
    assert [bool(fault.code), bool(fault.error), fault.body is not None].count(True) == 1
    assert not fault.code or fault.code.startswith(str(fault.status))
    assert fault.body is not None or fault.message


def test_no_error_has_a_status_without_a_body() -> None:
    """So that its text is seen."""
    assert not {fault.status for fault in ERRORS.values()} & set(BODILESS)
