"""Faults of answers and callbacks, as far as they are arithmetic."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.clock.delays import Fixed
from emulator.flow.faults import CallbackFaults, Cut
from emulator.scenario.answers import ERRORS, AnswerFault

NOW = 1_000_000


def half() -> float:
    """A draw in the middle."""
    return 0.5


def test_a_callback_without_faults_is_posted_once_and_at_once() -> None:
    """Nothing is drawn for it."""
    assert CallbackFaults().posts(1, NOW, lambda: 1 // 0) == (NOW,)


@pytest.mark.parametrize(
    ("faults", "posts"),
    [
        (CallbackFaults(never=True), ()),
        (CallbackFaults(drop=(2,)), ()),
        (CallbackFaults(drop=(1, 3)), (NOW,)),
        (CallbackFaults(drop_share=0.6), ()),
        (CallbackFaults(drop_share=0.5), (NOW,)),
        (CallbackFaults(delay=Fixed(5000)), (NOW + 5000,)),
        (CallbackFaults(duplicate=3), (NOW, NOW, NOW)),
        (CallbackFaults(duplicate=2, duplicate_after=100), (NOW, NOW + 100)),
        (CallbackFaults(reorder=3000), (NOW + 1500,)),
        (CallbackFaults(burst=300_000), (1_200_000,)),
        (CallbackFaults(burst=1000), (NOW,)),
        (CallbackFaults(delay=Fixed(1), burst=1000), (NOW + 1000,)),
        (CallbackFaults(delay=Fixed(7), duplicate=2, duplicate_after=3), (NOW + 7, NOW + 10)),
    ],
)
def test_the_second_callback_of_a_flow_is_posted_when_its_faults_say(
    faults: CallbackFaults, posts: tuple[int, ...]
) -> None:
    """Lost, late, twice, overtaken, gathered, and mixtures."""
    assert faults.posts(2, NOW, half) == posts


@given(
    st.builds(
        CallbackFaults,
        drop_share=st.floats(0, 1),
        duplicate=st.integers(1, 5),
        duplicate_after=st.integers(0, 9),
        reorder=st.integers(0, 99),
        burst=st.integers(0, 99),
    ),
    st.floats(0, 1, exclude_max=True),
)
def test_a_callback_is_never_posted_before_its_time(faults: CallbackFaults, drawn: float) -> None:
    """Whatever happens to it."""
    assert all(at >= NOW for at in faults.posts(1, NOW, lambda: drawn))


@pytest.mark.parametrize(
    ("cut", "kept"),
    [(Cut(size=3), b"012"), (Cut(size=0), b""), (Cut(size=99), b"0123456789"), (Cut(share=0.25), b"01")],
)
def test_a_body_breaks_off_after_a_number_of_bytes_or_a_share(cut: Cut, kept: bytes) -> None:
    """A half is the default."""
    assert cut.kept(b"0123456789") == kept


@pytest.mark.parametrize(
    ("answer", "refuses"),
    [
        (AnswerFault(), False),
        (AnswerFault(status=200), False),
        (AnswerFault(status=399), False),
        (AnswerFault(status=400), True),
        (AnswerFault(close="before"), True),
        (AnswerFault(close="after"), False),
        (AnswerFault(body="x"), False),
    ],
)
def test_only_some_faults_keep_a_request_from_being_accepted(answer: AnswerFault, refuses: bool) -> None:
    """An error status, and a connection that closes first."""
    assert answer.refuses is refuses


@pytest.mark.parametrize("name", ERRORS)
def test_every_named_error_refuses_with_a_code_that_begins_with_its_status(name: str) -> None:
    """As the provider's codes do; those without a code have another body."""
    error = ERRORS[name]
    assert error.refuses
    assert error.code.startswith(str(error.status)) if error.code else bool(error.error or error.body)
