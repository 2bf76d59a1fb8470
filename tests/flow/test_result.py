"""What became of a flow, in short."""

from __future__ import annotations

from msgspec.structs import replace

from emulator.flow import machine
from emulator.flow.priced import OwnPrice
from emulator.flow.result import Result, Tried, packed, result, took, unpacked
from emulator.flow.state import FlowStatus
from emulator.flow.usage import by_sms, used
from tests.support.samples import SECOND, flow, plan, sms, viber

RESCUED = flow([viber(1), sms(2)], (plan((3 * SECOND, "UNDELIVERED")), plan((2 * SECOND, "Delivered"))))


def test_a_result_has_what_was_tried_and_what_it_used() -> None:
    """In the order in which it was tried; before the first step nothing was."""
    made = replace(machine.run_out(RESCUED).flow, prices=(OwnPrice("Sms", 1),))
    viber_used, sms_used = (used(made, each) for each in made.messages)
    tried = (
        Tried(made.request.flow[0].channel, "UNDELIVERED", viber_used),
        Tried(made.request.flow[1].channel, "Delivered", sms_used),
    )
    assert result(made) == Result(FlowStatus.SUCCEEDED, tried, by_sms(made), made.prices)
    assert result(RESCUED) == Result(FlowStatus.QUEUED)


def test_equal_results_are_equal_bytes() -> None:
    """Whoever the flow is of, and whenever; and the bytes tell the result again."""
    made = machine.run_out(RESCUED).flow
    other = replace(made, id="f2", application="shop", created_at=made.created_at + SECOND)
    assert packed(result(made)) == packed(result(other))
    assert unpacked(packed(result(made))) == result(made)


def test_a_flow_took_the_time_from_its_request_to_its_arrival() -> None:
    """Over all channels; one that did not arrive took none."""
    made = machine.run_out(RESCUED).flow
    assert took(made) == 5 * SECOND
    assert took(RESCUED) is None
    assert took(replace(made, status=FlowStatus.FAILED)) is None
    assert took(replace(made, messages=())) is None
