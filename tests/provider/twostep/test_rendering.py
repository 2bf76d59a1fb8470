"""How a verification is shown, told and counted."""

from __future__ import annotations

from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.state import Flow
from emulator.flow.verification import Standing, Terms, Verification
from emulator.provider.twostep.rendering import Rendering, created, report, shown
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan, sms, voice

GR, CY = "+306912345678", "+35799123456"


def verification(status: Standing = Standing.PENDING, to: str = GR, call: bool = False, tried: int = 0) -> Flow:
    """A flow whose verification stands so, a second after its start."""
    made = flow([voice(to=to) if call else sms(to=to)], (plan((SECOND, "Completed" if call else "Delivered")),))
    made = replace(made, request=replace(made.request, verification=Terms(4, 300, 3)), kind="2step")
    found = Verification("1234", NOW + SECOND, NOW + 5 * MINUTE, status, tried)
    return machine.due(machine.accept(replace(made, verification=found)).flow, NOW + 2 * SECOND).flow


def test_a_verification_is_shown_with_its_six_members() -> None:
    """In the documented order."""
    assert list(shown(verification(Standing.VERIFIED, tried=2)).items()) == [
        ("trackingId", "flow-1"),
        ("status", "Verified"),
        ("updatedAt", "2026-03-02T09:15:45.44Z"),
        ("maxRetries", 3),
        ("expiresAt", "2026-03-02T09:20:44.44Z"),
        ("timesTried", 2),
    ]


def test_the_answer_to_its_request_shows_how_it_began() -> None:
    """Whatever became of it."""
    answer = json.decode(created(verification(Standing.FAILED, tried=4)))
    assert (answer["status"], answer["updatedAt"], answer["timesTried"]) == ("Pending", "2026-03-02T09:15:44.44Z", 0)
    assert Rendering(Prices()).created(verification()) == created(verification())


def test_a_callback_tells_how_it_stands() -> None:
    """By its five members."""
    (body,) = Rendering(Prices()).callbacks(verification(Standing.EXPIRED))
    assert json.decode(body) == {
        "applicationId": "app",
        "trackingId": "flow-1",
        "recipient": GR,
        "status": "Expired",
        "updatedAt": "2026-03-02T09:15:45.44Z",
    }


def test_its_message_is_the_service_s_and_has_its_price() -> None:
    """Whatever the length of the text, and by the way the code was sent."""
    rendering = Rendering(Prices())
    by_sms, by_voice = rendering.shown(verification()), rendering.shown(verification(call=True))
    assert (by_sms.originating_service, by_sms.total_price, by_voice.total_price) == ("TwoStep", 0.06, 0.07)


def test_a_report_counts_by_status_and_country() -> None:
    """Each status is there, at zero too."""
    flows = [verification(), verification(Standing.VERIFIED), verification(Standing.VERIFIED, to=CY)]
    none = dict.fromkeys(("Pending", "Verified", "Cancelled", "Expired", "Failed"), 0)
    assert report(flows) == {
        "total": 3,
        "totals": none | {"Pending": 1, "Verified": 2},
        "perCountry": {"CY": none | {"Verified": 1}, "GR": none | {"Pending": 1, "Verified": 1}},
    }
    assert report([]) == {"total": 0, "totals": none, "perCountry": {}}
