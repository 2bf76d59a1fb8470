"""The usual ways."""

from __future__ import annotations

import pytest

from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.scenario.defaults import HAPPY, WAYS
from emulator.scenario.outcomes import Share

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
    assert CHANNELS[channel].statuses[reports[-1].status] is Kind.SUCCESS
    assert reports[-1].at < 60_000


def test_a_lack_of_balance_is_the_cause_of_what_it_causes() -> None:
    """Unsent, and a call that is cut off; nothing else has a cause by itself."""
    caused = {
        (channel, line.status)
        for channel, ways in WAYS.items()
        for way in ways.values()
        for line in way.lines
        if line.cause
    }
    assert caused == {
        (Channel.SMS, "Unsent"),
        (Channel.VIBER, "UNSENT"),
        (Channel.VOICE, "Unsent"),
        (Channel.VOICE, "Terminated"),
    }


def test_only_expiry_waits_for_the_ttl() -> None:
    """A call has none."""
    waiting = {
        status
        for ways in WAYS.values()
        for status, way in ways.items()
        if any(isinstance(line.time, Share) for line in way.lines)
    }
    assert waiting == {"EXPIRED"}
