"""What channels report: times, choices, sequences; and the defaults."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel, Kind, Reason
from emulator.clock.delays import Fixed, Uniform
from emulator.flow.reply import PlannedReply, Reply
from emulator.flow.state import Plan, PlannedReport
from emulator.scenario.outcomes import HAPPY, WAYS, Choice, Line, Outcome, Sequence, Share, Way
from emulator.seed import Draws


def never() -> float:
    """A draw that must not happen."""
    raise AssertionError("nothing should be drawn")


def times(way: Way, ttl: int = 60_000) -> list[tuple[int, str]]:
    """Time and status of each report."""
    return [(report.at, report.status) for report in way.reports(ttl, Draws(1))]


def test_times_add_up_from_the_step_s_start() -> None:
    """`after` counts from the report before, `at` from the start; what comes after an `at` counts from it."""
    lines = (Line("A", Fixed(10)), Line("B", Fixed(20)), Line("C", Fixed(500), since_start=True), Line("D", Fixed(1)))
    assert times(Way(lines)) == [(10, "A"), (30, "B"), (500, "C"), (501, "D")]


def test_reports_are_sorted_by_time_and_equal_times_keep_their_order() -> None:
    """However they were written."""
    lines = tuple(Line(name, Fixed(ms), since_start=True) for name, ms in (("A", 30), ("B", 10), ("C", 30), ("D", 10)))
    assert times(Way(lines)) == [(10, "B"), (10, "D"), (30, "A"), (30, "C")]
    late = (Line("E", Share(1.0), since_start=True), *lines)
    assert times(Way(late), ttl=20) == [(10, "B"), (10, "D"), (20, "E"), (30, "A"), (30, "C")]


def test_a_share_of_the_ttl_is_counted_from_the_step_s_start() -> None:
    """Also beyond the end."""
    lines = tuple(Line(str(share), Share(share), since_start=True) for share in (0.5, 1.0, 1.5))
    assert times(Way(lines), ttl=1000) == [(500, "0.5"), (1000, "1.0"), (1500, "1.5")]


def test_a_report_carries_what_its_line_says() -> None:
    """Reasons and cause."""
    way = Way((Line("Failed", Fixed(5), reason=Reason("D", "E"), cause="server"),))
    assert way.reports(0, never) == (PlannedReport(5, "Failed", "D", "E", "server"),)


def test_a_fixed_way_draws_nothing() -> None:
    """Nor does silence, nor the way to the end of the ttl."""
    for way in (Way(), Way((Line("A", Fixed(1)),)), Way((Line("A", Share(1.0), since_start=True),))):
        assert len(way.reports(10, never)) == len(way.lines)


@pytest.mark.parametrize(
    "way", [Way(), Way((Line("A", Fixed(9), reason=Reason("D")), Line("B", Fixed(1), since_start=True)))]
)
def test_a_way_that_nothing_decides_is_the_same_for_every_step(way: Way) -> None:
    """So are its reports, which need neither a ttl nor a draw."""
    assert way.fixed
    assert way.plan("a") == Plan(way.reports(10, never), "a")


@pytest.mark.parametrize("time", [Share(0.5), Uniform(1, 2)])
def test_a_way_with_a_share_or_a_draw_is_not_fixed(time: Share | Uniform) -> None:
    """One line is enough."""
    assert not Way((Line("A", Fixed(1)), Line("B", time))).fixed
    assert Way(replies=((Fixed(1), Reply("Hi")),)).fixed
    assert not Way(replies=((Uniform(1, 2), Reply("Hi")),)).fixed


def test_a_plan_has_all_that_its_way_has() -> None:
    """The times of replies are drawn after those of the reports."""
    draws = iter([0.5, 0.25])
    way = Way((Line("A", Uniform(0, 100)),), ((2, "Failed"),), ("1",), True, ((Uniform(0, 100), Reply("Hi")),))
    made = way.plan("a", 10, lambda: next(draws))
    assert made == Plan(
        (PlannedReport(50, "A"),), "a", ((2, "Failed"),), ("1",), True, (PlannedReply(25, Reply("Hi")),)
    )


UNITS = st.floats(0, 1, exclude_max=True)
A, B, C = (Way((Line(name, Fixed(1)),)) for name in "ABC")


@pytest.mark.parametrize(("draw", "way"), [(0.0, A), (0.0999, A), (0.1, B), (0.39, B), (0.4, C), (0.9999999999, C)])
def test_a_choice_follows_the_weights(draw: float, way: Way) -> None:
    """One draw, shared out by weight."""
    assert Choice(((1, A), (3, B), (6, C))).way(1, lambda: draw) is way


def test_a_choice_stands_when_rounding_leaves_nothing() -> None:
    """The last one is taken at the far end of the draw."""
    assert Choice(((0.1, A), (0.2, B), (0.3, C))).way(1, lambda: 1.0) is C


@given(st.lists(st.floats(0.001, 1e9), min_size=1, max_size=5), UNITS)
def test_a_choice_always_chooses(weights: list[float], draw: float) -> None:
    """Rounding never leaves it empty-handed."""
    ways = [Way((Line(str(number), Fixed(1)),)) for number in range(len(weights))]
    assert Choice(tuple(zip(weights, ways, strict=True))).way(1, lambda: draw) in ways


@pytest.mark.parametrize(("request_to", "way"), [(1, A), (2, B), (3, C), (4, C), (99, C)])
def test_a_sequence_gives_each_request_its_own_and_repeats_the_last(request_to: int, way: Way) -> None:
    """Without a draw."""
    assert Sequence((A, B, C)).way(request_to, never) is way


def test_sequences_and_choices_nest() -> None:
    """The second request draws, the first does not."""
    outcome: Outcome = Sequence((A, Choice(((1, B), (1, C)))))
    assert outcome.way(1, never) is A
    assert outcome.way(2, lambda: 0.7) is C


def test_a_choice_per_recipient_goes_by_the_recipient_s_own_draws() -> None:
    """However deep it stands; one per step does not touch them."""
    kept = Choice(((1, A), (1, B)), per_recipient=True)
    assert kept.way(1, never, lambda: 0.7) is B
    assert Sequence((A, kept)).way(2, never, lambda: 0.2) is A
    assert Choice(((1, kept), (1, C))).way(1, lambda: 0.2, lambda: 0.7) is B
    assert Choice(((1, A), (1, B))).way(1, lambda: 0.7, never) is B


# --- the defaults -----------------------------------------------------------------------------------------------

ALL = [(channel, status) for channel, traits in CHANNELS.items() for status in traits.statuses]


def test_there_is_a_way_to_every_status_of_every_channel() -> None:
    """And to no other."""
    assert {(channel, status) for channel, ways in WAYS.items() for status in ways} == set(ALL)


@pytest.mark.parametrize(("channel", "status"), ALL)
def test_a_way_ends_in_its_status_and_passes_statuses_in_the_order_of_a_message_s_life(
    channel: Channel, status: str
) -> None:
    """The initial status is there without a report."""
    traits = CHANNELS[channel]
    passed = [line.status for line in WAYS[channel][status].lines]
    assert [traits.initial, *passed][-1] == status
    progress = [each for each in passed[:-1] if traits.statuses[each] is Kind.PROGRESS]
    assert progress == sorted(progress, key=list(traits.statuses).index)
    assert set(passed[:-1]) - set(progress) <= {"DELIVERED"}


@pytest.mark.parametrize("channel", list(Channel))
def test_the_happy_way_ends_well_within_a_minute(channel: Channel) -> None:
    """For every channel."""
    reports = HAPPY[channel].reports(0, lambda: 0.0)
    assert reports[-1].at < 60_000
    if channel is Channel.VOICE:  # its end is what is said, which the call knows
        assert (reports[-1].status, HAPPY[channel].plan("a").said) == ("InProgress", True)
    else:
        assert CHANNELS[channel].statuses[reports[-1].status] is Kind.SUCCESS


def test_a_call_may_be_answered_sooner_or_later() -> None:
    """What is before the answer comes by then; what is after it, so long after it."""
    for after, times in ((Fixed(20_000), [1000, 3000, 20_000, 30_000]), (Fixed(2000), [1000, 2000, 2000, 12_000])):
        way = replace(WAYS[Channel.VOICE]["Terminated"], answered=after)
        assert [report.at for report in way.reports(0, never)] == times
        assert way.fixed
    assert not replace(WAYS[Channel.VOICE]["Completed"], answered=Uniform(1, 2)).fixed


def test_only_expiry_waits_for_the_ttl() -> None:
    """A call has none."""
    waiting = {
        status
        for ways in WAYS.values()
        for status, way in ways.items()
        if any(isinstance(line.time, Share) for line in way.lines)
    }
    assert waiting == {"EXPIRED"}
