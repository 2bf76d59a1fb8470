"""What of a step is charged and shown."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.flow import machine
from emulator.flow.content import sent, talked
from emulator.flow.request import UrlShortener
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan, sms, voice


def test_the_text_that_goes_out_is_shortened_before_it_is_transcoded() -> None:
    """Each only if the step asks for it; short links are the flow's own."""
    plain = sms(body="Καλημέρα " * 10 + "https://app.example/" + "x" * 99)
    made = flow([plain])
    short = replace(plain, message=replace(plain.message, url_shortener=UrlShortener(), transcode=True))
    assert sent(made, plain) == plain.message.body
    assert sent(made, short).startswith("KAΛHMEPA KAΛHMEPA")
    assert " https://s.invalid/" in sent(made, short)
    assert sent(replace(made, id="flow-2"), short) != sent(made, short)


@pytest.mark.parametrize(
    ("reports", "until", "seconds"),
    [
        (((SECOND, "InProgress"), (91_400, "Completed")), 2 * MINUTE, 90),
        (((SECOND, "InProgress"),), 30 * SECOND, 0),
        (((SECOND, "Busy"),), 2 * MINUTE, 0),
    ],
)
def test_a_call_is_talked_from_its_answer_to_its_end(
    reports: tuple[tuple[int, str], ...], until: int, seconds: int
) -> None:
    """In whole seconds; none while it lasts, and none if nobody answered."""
    started = machine.accept(flow([voice()], (plan(*reports),))).flow
    (message,) = machine.due(started, NOW + until).flow.messages
    assert talked(message) == seconds
