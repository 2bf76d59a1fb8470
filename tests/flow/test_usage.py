"""What of a flow is charged, in units."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.choices.table import Choices
from emulator.flow import machine
from emulator.flow.request import Action, SmsMessage, Step, ViberMessage
from emulator.flow.state import Flow
from emulator.flow.usage import Usage, by_sms, free, sort, used
from emulator.flow.verification import Verification
from tests.support.samples import NOW, SECOND, flow, plan, sms, viber, voice

THREE = replace(sms(), message=SmsMessage("x" * 400))
BUTTON = ViberMessage(text="Hi", action=Action("Open", "https://a.example"))


def ended(step: Step, *reports: tuple[int, str]) -> Flow:
    """A flow of one step that has run to its end."""
    return machine.run_out(flow([step], (plan(*reports),))).flow


@pytest.mark.parametrize(
    ("step", "reports", "usage"),
    [
        (sms(), ((SECOND, "Delivered"),), Usage("Sms", "GR", "", 1)),
        (THREE, ((SECOND, "Delivered"),), Usage("Sms", "GR", "", 3)),
        (THREE, ((SECOND, "Failed"),), Usage("Sms", "GR", "", 0)),
        (THREE, ((SECOND, "Undelivered"),), Usage("Sms", "GR", "", 3)),
        (sms(to="5005550006"), ((SECOND, "Delivered"),), Usage("Sms", "", "", 1)),
        (viber(), ((SECOND, "DELIVERED"),), Usage("Viber", "GR", "transactional", 1)),
        (replace(viber(), message=BUTTON), ((SECOND, "UNSENT"),), Usage("Viber", "GR", "promotional", 0)),
        (voice(), ((SECOND, "InProgress"), (91 * SECOND, "Completed")), Usage("Voice", "GR", "", 90)),
        (voice(), ((SECOND, "Busy"),), Usage("Voice", "GR", "", 0)),
    ],
)
def test_what_a_message_uses(step: Step, reports: tuple[tuple[int, str], ...], usage: Usage) -> None:
    """Parts of an Sms, a Viber message of a kind, seconds of a call; nothing, if it was never sent."""
    made = ended(step, *reports)
    assert used(made, made.messages[0]) == usage


def test_only_parts_that_were_sent_are_used() -> None:
    """The others are free; where failed messages are, those that failed are too."""
    made = ended(THREE, (SECOND, "Delivered"))
    message = replace(made.messages[0], status="Failed", parts=((1, "Failed"), (2, "Undelivered")))
    assert used(made, message).units == 2
    kind = replace(made, choices=Choices(unsuccessful_messages="free"))
    assert used(kind, message).units == 1
    assert [free(kind, THREE, status) for status in ("Delivered", "Undelivered", "Failed")] == [False, True, True]
    assert [free(made, THREE, status) for status in ("Delivered", "Undelivered", "Failed")] == [False, False, True]


def test_a_code_is_used_by_the_way_it_goes_out() -> None:
    """Whatever its text; alone it would be one by Sms."""
    for step, kind in ((THREE, "sms"), (voice(), "voice")):
        made = replace(ended(step), verification=Verification("1234", NOW, NOW + SECOND))
        assert used(made, made.messages[0]) == Usage("TwoStep", "", kind, 1)
        assert by_sms(made) == Usage("TwoStep", "", "sms", 1)


@pytest.mark.parametrize(
    ("steps", "parts"),
    [
        pytest.param([viber(1), replace(sms(2), message=SmsMessage("x" * 200))], 2, id="the text of the first Sms"),
        pytest.param([viber(1), voice(2)], 1, id="of the first step, where there is no Sms"),
        pytest.param([replace(sms(2), message=SmsMessage("y" * 400)), sms(1)], 1, id="in the order of the steps"),
    ],
)
def test_everything_by_sms_is_one_text_a_flow(steps: list[Step], parts: int) -> None:
    """In as many parts as it takes."""
    assert by_sms(flow(steps)) == Usage("Sms", "GR", "", parts)


def test_viber_messages_are_of_two_kinds() -> None:
    """Text alone is transactional."""
    assert [sort(viber()), sort(replace(viber(), message=BUTTON))] == ["transactional", "promotional"]
