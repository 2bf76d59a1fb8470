"""Faults of callbacks: when a spoilt callback is posted, and how much of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import msgpack
from msgspec.structs import replace

from emulator.clock.delays import Fixed
from emulator.flow.faults import CallbackFaults, Cut, Which

NOW = 1_000_000


def half() -> float:
    """A draw in the middle."""
    return 0.5


def test_a_callback_without_faults_is_posted_once_and_at_once() -> None:
    """Nothing is drawn for it."""
    assert CallbackFaults().post_times(1, NOW, (), lambda: 1 // 0) == (NOW,)


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
        (CallbackFaults(duplicate=2, duplicate_only=Which((2,))), (NOW, NOW)),
        (CallbackFaults(duplicate=2, duplicate_only=Which((1, 3))), (NOW,)),
        (CallbackFaults(duplicate=2, duplicate_only=Which(share=0.6)), (NOW, NOW)),
        (CallbackFaults(duplicate=2, duplicate_only=Which(share=0.5)), (NOW,)),
        (CallbackFaults(duplicate=2, duplicate_only=Which(statuses=("Sent",))), (NOW, NOW)),
        (CallbackFaults(duplicate=2, duplicate_only=Which(statuses=("Failed",))), (NOW,)),
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
    assert faults.post_times(2, NOW, ["Sent"], half) == posts


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
    assert all(at >= NOW for at in faults.post_times(1, NOW, (), lambda: drawn))


@pytest.mark.parametrize(
    ("cut", "kept"),
    [(Cut(size=3), b"012"), (Cut(size=0), b""), (Cut(size=99), b"0123456789"), (Cut(share=0.25), b"01")],
)
def test_a_body_breaks_off_after_a_number_of_bytes_or_a_share(cut: Cut, kept: bytes) -> None:
    """A half is the default."""
    assert cut.kept(b"0123456789") == kept


@pytest.mark.parametrize(
    ("faults", "reschedules"),
    [
        (CallbackFaults(), False),
        (CallbackFaults(never=True, drop=(1,), drop_share=0.5, early=True, truncate=Cut(), url="http://x"), False),
        (CallbackFaults(delay=Fixed(1)), True),
        (CallbackFaults(duplicate=2), True),
        (CallbackFaults(reorder=1), True),
        (CallbackFaults(burst=1), True),
    ],
)
def test_only_faults_of_time_have_a_callback_pass_the_earlier_ones(
    faults: CallbackFaults, *, reschedules: bool
) -> None:
    """One that is lost, broken off or sent elsewhere keeps its turn."""
    assert faults.reschedules is reschedules


@pytest.mark.parametrize(
    ("faults", "late", "drop"),
    [
        (CallbackFaults(order=(2, 1, 3)), (4000, 0, 0), ()),
        (CallbackFaults(order=(3,)), (9000, 7000, 0), ()),
        (CallbackFaults(order=(1, 2)), (), ()),
        (CallbackFaults(reverse=True), (10_000, 6000, 0), ()),
        (CallbackFaults(reverse=True, drop=(2,)), (9000, 0, 0), (2,)),
        (CallbackFaults(drop_last=True, drop=(1,)), (), (1, 3)),
        (CallbackFaults(order=(7, 2)), (4000, 0, 0), ()),
    ],
)
def test_faults_that_look_ahead_are_settled_when_all_callbacks_are_known(
    faults: CallbackFaults, late: tuple[int, ...], drop: tuple[int, ...]
) -> None:
    """Three callbacks, due after 1, 4 and 9 seconds: each waits for those before it, and comes a second after them."""
    assert faults.looks_ahead
    settled = faults.resolved([1000, 4000, 9000])
    assert (settled.late, settled.drop, settled.reschedules) == (late, drop, bool(late))


@pytest.mark.parametrize("number", [1, 2, 3])
def test_the_last_callback_alone_is_duplicated(number: int) -> None:
    """Which it is, is known when all are."""
    faults = CallbackFaults(duplicate=2, duplicate_only=Which(last=True))
    assert faults.looks_ahead
    times = faults.resolved([1000, 4000, 9000]).post_times(number, NOW, (), half)
    assert times == ((NOW, NOW) if number == 3 else (NOW,))


def test_which_callbacks_are_duplicated_changes_nothing_of_what_else_is_drawn() -> None:
    """The draw for it comes after those for loss and delay, so that the same seed has the same delays."""
    faults = CallbackFaults(drop_share=0.1, reorder=1000, duplicate=2)
    some = replace(faults, duplicate_only=Which(share=0.5))
    times = [each.post_times(1, NOW, (), iter((0.4, 0.25, 0.9)).__next__) for each in (faults, some)]
    assert times == [(NOW + 250, NOW + 250), (NOW + 250,)]


def test_faults_that_older_stores_hold_are_read() -> None:
    """They have the same names, and lack the new ones."""
    stored = {"drop": [1], "drop_share": 0.1, "drop_last": True, "drop_status": ["Sent"], "duplicate": 2}
    assert msgpack.decode(msgpack.encode(stored), type=CallbackFaults) == CallbackFaults(
        drop=(1,), drop_share=0.1, drop_last=True, drop_status=("Sent",), duplicate=2
    )
    new = CallbackFaults(duplicate=2, duplicate_only=Which((1,), statuses=("Sent",)))
    assert msgpack.decode(msgpack.encode(new), type=CallbackFaults) == new


def test_a_callback_that_says_a_status_is_lost() -> None:
    """Others of the flow are not; one after those that were foreseen comes in time."""
    faults = CallbackFaults(drop_status=("Delivered", "SEEN"), late=(5,))
    assert faults.post_times(1, NOW, ["Sent"], half) == (NOW + 5,)
    assert faults.post_times(2, NOW, ["EXPIRED", "Delivered"], half) == ()
    assert faults.post_times(2, NOW, ["EXPIRED"], half) == (NOW,)
