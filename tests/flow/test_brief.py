"""What is read in short of a request counts as the whole one does."""

from __future__ import annotations

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.brief import brief
from emulator.flow.request import (
    Action,
    Campaign,
    Request,
    SmsMessage,
    Step,
    UrlShortener,
    ViberFile,
    ViberMessage,
    ViberTemplate,
    VoiceTarget,
)
from emulator.flow.result import result, took
from emulator.provider.failover import quick
from tests.support.samples import SECOND, callback, flow, plan, sms, viber, voice

LONG = "Parcel ready: https://app.example/" + "x" * 130 + " today {"
SHORT = replace(sms(2, body=LONG), url_shortener=UrlShortener())
ENDS = (
    {Channel.SMS: "Delivered", Channel.VIBER: "DELIVERED", Channel.VOICE: "Completed"},
    {Channel.SMS: "Undelivered", Channel.VIBER: "UNDELIVERED", Channel.VOICE: "Busy"},
    {Channel.SMS: "Failed", Channel.VIBER: "UNSENT", Channel.VOICE: "NoAnswer"},
)
PICTURE = ViberMessage(image_url="https://app.example/1.png")


@pytest.mark.parametrize(
    "steps",
    [
        [sms()],
        [sms(2, body="Γειά σου " * 20), viber(1)],
        [SHORT],
        [replace(sms(), message=SmsMessage(LONG, label="a", transcode=True, url_shortener=UrlShortener(60)))],
        [sms(2, body="x" * 400), sms(1)],
        [viber(1), voice(2), sms(3)],
        [viber()],
        [replace(viber(), message=PICTURE), sms(2)],
        [replace(viber(), message=ViberMessage(text="Hi", action=Action("Go", "https://a.example"))), sms(2)],
        [replace(viber(), message=ViberMessage(viber_file=ViberFile("a", "pdf", "https://a.example"))), sms(2)],
        [replace(viber(), label="a", template=ViberTemplate("t", "el", {"a": 1})), sms(2)],
        [replace(voice(1), to=VoiceTarget(phone="+14155550100")), sms(2)],
    ],
)
def test_a_request_that_was_encoded_counts_as_it_is(steps: list[Step]) -> None:
    """Whatever is beside its steps, and whether their messages arrive or not."""
    whole = Request(steps, callback(), campaign=Campaign("c", "May", {"flow": 1}), asked=[{"flow": []}], code="1")
    for ends in ENDS:
        plans = tuple(plan((SECOND, ends[step.channel])) for step in steps)
        made = machine.run_out(replace(flow(steps, plans), request=whole)).flow
        short = replace(made, request=brief(json.encode(whole)))
        assert (result(short), took(short)) == (result(made), took(made))
        assert short.request.flow != whole.flow


@pytest.mark.parametrize("orders", [(1, 2), (2, 1), (None, None), (5, None)])
def test_a_request_that_is_kept_as_it_came_counts_as_it_is(orders: tuple[int | None, int | None]) -> None:
    """Its steps have an order by their places, where none is given."""
    first = {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "x" * 400}}
    second = {"type": "Sms", "from": "Shop", "to": "+306912345678", "message": {"body": "Hi", "transcode": False}}
    given = [
        each | ({} if order is None else {"order": order}) for each, order in zip((first, second), orders, strict=True)
    ]
    body = json.encode({"flow": given, "callback": {"url": "http://127.0.0.1/", "strategy": "OnStep"}})
    whole = quick.read(body)
    assert whole is not None
    assert [each.order for each in brief(body).flow] == [each.order for each in whole.flow]
    made = machine.run_out(replace(flow([sms()]), request=whole, plans=(plan((SECOND, "Failed")), plan()))).flow
    assert result(replace(made, request=brief(body))) == result(made)


@pytest.mark.parametrize(
    "body",
    [
        json.encode(Request([voice()])),
        json.encode(Request([voice(1), viber(2)])),
        json.encode({"body": "Hi", "to": "+306912345678", "from": "Shop"}),
        b'{"flow": [{"type": "Fax", "to": "1"}]}',
        b"{",
    ],
)
def test_what_takes_the_whole_is_refused(body: bytes) -> None:
    """What a call says, where that would be the text of an Sms; and any other JSON."""
    with pytest.raises(ValueError, match=r"."):
        brief(body)
