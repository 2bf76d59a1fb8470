"""What an account's templates and senders make of a request."""

from __future__ import annotations

import pytest
from msgspec import UNSET
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


def test_a_one_time_password_takes_a_text_of_its_own_template() -> None:
    """With those of the parameters that this has; a template that nobody knows of has the text that came with it."""
    given = ViberTemplate("own", "en", {"pin": "4711", "pinType": "login"})
    asked = Request([replace(SENT, template=given, message=ViberMessage("stands in"))], code="4711")
    own = Template("own", "{{pin}} it is", language="en", category="otp")
    cases: list[tuple[dict[str, Template], bool, str]] = [({"own": own}, True, "4711 it is"), ({}, False, "stands in")]
    for known, complete, text in cases:
        made, rejected = taken(asked, known, ANY, complete=complete)
        assert made.flow == [replace(SENT, message=ViberMessage(text), template=UNSET)]
        assert rejected == {}


@pytest.mark.parametrize(
    ("known", "why"),
    [
        (None, "there is no template 'own'"),
        (Template("own", "{{pin}}", category="otp", status="Pending"), "the template 'own' is not approved"),
        (Template("own", "{{pin}}", category="otp", language="el"), "the template 'own' is in 'el', not in 'en'"),
        (Template("own", "{{pin}} {{n}}", category="otp"), "the template 'own' lacks a value for n"),
        (Template("own", "{{pin}}"), "the template 'own' is transactional; it brings no one-time password"),
    ],
)
def test_a_one_time_password_is_not_sent_by_a_template_that_can_t_bring_it(known: Template | None, why: str) -> None:
    """Its step has no text then, and is refused as often as it is asked about."""
    sent = replace(SENT, template=ViberTemplate("own", "en", {"pin": "4711"}), message=ViberMessage("stands in"))
    made, rejected = taken(Request([sent], code="4711"), {"own": known} if known else {}, ANY, complete=True)
    assert (made.flow, rejected) == ([replace(sent, message=ViberMessage())], {0: why})
    assert taken(made, {"own": known} if known else {}, ANY, complete=True) == (made, rejected)


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
