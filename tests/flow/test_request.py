"""A failover request: the order of its steps, their ttl, whom they are for, and its JSON."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.flow.request import Request, Step, VoiceTarget, position, sequence, ttl_ms
from tests.support.samples import NUMBER, callback, sms, viber, voice


def test_steps_run_by_order_and_equal_orders_by_their_place_in_the_array() -> None:
    """The provider's own example uses one order twice."""
    assert sequence(Request([sms(2), viber(1), sms(2, to="+306900000002")])) == [1, 0, 2]


def test_steps_of_equal_order_share_a_position() -> None:
    """It counts the steps of smaller order, so gaps and the place in the array do not matter."""
    steps: list[Step] = [sms(7), viber(-1), voice(7), sms(9)]
    assert [position(step, steps) for step in steps] == [2, 1, 2, 4]


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=6))
def test_positions_never_decrease_in_the_sequence(orders: list[int]) -> None:
    """The first step that runs has position 1."""
    request = Request([sms(order) for order in orders])
    positions = [position(request.flow[index], request.flow) for index in sequence(request)]
    assert positions == sorted(positions)
    assert positions[0] == 1


@pytest.mark.parametrize(("step", "ms"), [(sms(ttl=120), 7_200_000), (viber(ttl=2.5), 150_000), (voice(), 0)])
def test_a_ttl_is_in_minutes_and_a_call_has_none(step: Step, ms: int) -> None:
    """In milliseconds."""
    assert ttl_ms(step) == ms


@pytest.mark.parametrize(
    ("to", "expected"),
    [
        (NUMBER, NUMBER),
        (VoiceTarget(phone=NUMBER, viber="v", sip="s"), NUMBER),
        (VoiceTarget(phone="", viber="v", sip="s"), "v"),
        (VoiceTarget(sip="s"), "s"),
    ],
)
def test_a_call_s_recipient_is_the_first_member_of_to_that_is_set(to: str | VoiceTarget, expected: str) -> None:
    """Empty members count as absent."""
    assert str(replace(voice(), to=to).to) == expected


def test_absent_members_stay_absent_in_json_and_what_is_written_is_read_back() -> None:
    """In the API's spelling, with the channel as `type`."""
    request = Request([sms(on=["Failed"]), viber(2), voice(3)], callback())
    written = json.encode(request)
    assert json.decode(written, type=Request) == request
    first = json.decode(written)["flow"][0]
    assert (first["type"], first["from"], first["failoverOnStatuses"]) == ("Sms", "Shop", ["Failed"])
    assert "urlShortener" not in first
    assert "callback" not in json.decode(json.encode(replace(request, callback=UNSET)))
