"""What an account's templates and senders make of a request."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.accounts.senders import ANY, Sender, Senders
from emulator.accounts.taking import taken
from emulator.channels.templates import Template
from emulator.flow.request import Request, ViberMessage, ViberTemplate
from tests.support.samples import sms, viber, voice

PARCEL = Template("t1", "Parcel {{n}}")
SENT = replace(viber(), template=ViberTemplate("t1", "en", {"n": 7}), message=ViberMessage())


def test_a_known_template_gives_its_step_a_text() -> None:
    """All else stays as it is."""
    asked = Request([SENT, sms(2), voice(3), viber(4)])
    made, rejected = taken(asked, {"t1": PARCEL}, ANY, complete=True)
    assert made.flow == [replace(SENT, message=ViberMessage("Parcel 7")), *asked.flow[1:]]
    assert rejected == {}


@pytest.mark.parametrize(("complete", "rejected"), [(False, {}), (True, {0: "there is no template 't1'"})])
def test_an_unknown_template_may_be_one_that_nobody_knows_of(complete: bool, rejected: dict[int, str]) -> None:
    """Unless all are known; its step has no text."""
    asked = Request([SENT, sms(2)])
    assert taken(asked, {}, ANY, complete=complete) == (asked, rejected)


def test_a_step_is_not_taken_for_its_template_or_its_sender() -> None:
    """The sender is looked at first; its template's text is then not needed."""
    senders = Senders(viber={SENT.sender_info_tracking_id: Sender("Shop")}, sms={})
    wrong = replace(SENT, template=ViberTemplate("t1", "en"))
    strange = replace(wrong, sender_info_tracking_id="none")
    made, rejected = taken(Request([wrong, sms(2), strange, SENT]), {"t1": PARCEL}, senders, complete=False)
    assert rejected == {
        0: "the template 't1' lacks a value for n",
        1: "'Shop' is no sender of this account",
        2: "'none' is no Viber sender of this account",
    }
    assert made.flow[:3] == [wrong, sms(2), strange]
