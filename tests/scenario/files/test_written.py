"""Writing plans as a file says them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from emulator.channels.table import Channel, Reason
from emulator.clock.delays import Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.flow.reply import Reply
from emulator.scenario.files.plans import plan
from emulator.scenario.files.written import written_plan
from emulator.scenario.outcomes import WAYS, Choice, Line, Outcome, Sequence, Share, Way
from tests.support.scenarios import cursor


@pytest.mark.parametrize(
    "yaml",
    [
        "happy",
        "silence",
        "Undelivered",
        [{"after": "1s", "status": "Sent"}, {"at": "110%", "status": "Delivered"}],
        [{"after": "1s", "status": "Failed", "cause": "server"}],
        [{"at": "ttl", "status": "Undelivered", "reason": "Expired"}],
        [{"at": "1m", "status": "Failed", "reason": {"description": "B"}}],
        {"sequence": ["Failed", {"choose": [{"weight": 9.0, "plan": "silence"}, {"weight": 1.0, "plan": "happy"}]}]},
    ],
)
def test_a_written_plan_is_as_short_as_people_write_it(yaml: object) -> None:
    """A default way by its word; what is a default is left out."""
    told = {"Sms": yaml}
    assert written_plan(plan(cursor(told)[0])) == told


MOMENTS = st.integers(0, 10**9)
ORDERED = st.tuples(MOMENTS, MOMENTS).map(sorted)
DELAYS = st.one_of(
    st.builds(Fixed, MOMENTS),
    ORDERED.map(lambda ends: Uniform(*ends)),
    st.builds(Normal, MOMENTS, MOMENTS),
    st.builds(Exponential, MOMENTS),
    st.tuples(st.integers(1, 10**6), st.integers(10**6, 10**9)).map(lambda ends: Lognormal(*ends)),
)
SHARES = st.integers(0, 1000).map(lambda per_cent: Share(per_cent / 100))
TEXTS = st.sampled_from(["", "Roaming", "Busy now."])
REASONS = st.builds(Reason, TEXTS, TEXTS)
STATUSES = st.sampled_from(["Queued", "Sent", "Delivered", "Failed", "Unsent"])
LINES = st.one_of(
    st.builds(Line, STATUSES, DELAYS, st.booleans(), REASONS, st.sampled_from(["balance", "server"])),
    st.builds(Line, STATUSES, SHARES, st.just(True), REASONS, st.sampled_from(["balance", "server"])),
)
REPLIES = st.tuples(DELAYS, st.builds(Reply, st.sampled_from(["Hi", "STOP."]), url=st.just("http://a.b/in")))
ANSWERED = st.lists(REPLIES, min_size=1, max_size=3).map(
    lambda replies: replace(WAYS[Channel.SMS]["Delivered"], replies=tuple(replies))
)
OUTCOMES: st.SearchStrategy[Outcome] = st.recursive(
    st.builds(Way, st.lists(LINES, max_size=3).map(tuple))
    | ANSWERED
    | st.sampled_from(list(WAYS[Channel.SMS].values())),
    lambda inner: st.one_of(
        st.builds(Sequence, st.lists(inner, min_size=1, max_size=3).map(tuple)),
        st.builds(
            Choice, st.lists(st.tuples(st.floats(0.1, 9), inner), min_size=1, max_size=3).map(tuple), st.booleans()
        ),
    ),
    max_leaves=5,
)


@given(OUTCOMES)
def test_a_written_plan_is_read_as_the_plan_that_was_written(outcome: Outcome) -> None:
    """Whatever a file can say."""
    reading, findings = cursor(written_plan({Channel.SMS: outcome}))
    assert (plan(reading), findings) == ({Channel.SMS: outcome}, [])
