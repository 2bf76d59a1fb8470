"""What the provider says about an Sms: members and their order."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.flow import machine
from emulator.flow.request import Request, SmsMessage, Strategy, UrlShortener
from emulator.flow.state import Flow
from emulator.provider.sms import rendering
from tests.support.samples import HOUR, NOW, SECOND, callback, flow, plan, sms, viber

PRICES = Prices(sms={"*": 0.0345})
CREATED = ["trackingId", "status", "createdAt", "from", "to", "body", "bodyAnalysis", "flash"]
TOLD = "messageId smsId part parts label to from country operator groups status message applicationName latency price"
TRACKED = (
    "smsId messageId to groups country operator status body label applicationName originatingService latency parts part"
)


def message(body: str = "Parcel 71 is ready", ttl: int = 4320, **more: Any) -> Flow:
    """An Sms with callbacks for each part."""
    content = SmsMessage(body, **{name: more.pop(name) for name in ("label", "transcode") if name in more})
    step = replace(sms(ttl=ttl), message=content, **more)
    asked = Request([step], replace(callback(Strategy.ON_CHANGE), each_part=True))
    reports = (plan((SECOND, "Sent"), (5 * SECOND, "Delivered")),)
    return replace(flow([step], reports, name="7b1f0c62-9a0d-4e55-8d5e-000000000001"), request=asked, kind="sms")


def told(made: Flow) -> list[Any]:
    """All callbacks of an Sms."""
    done = machine.run_out(made)
    return [json.decode(body) for each in done.callbacks for body in rendering.Rendering(PRICES).callbacks(each)]


def test_the_answer_has_its_members_in_the_recorded_order() -> None:
    """Callback and label come only if there are any; what is only documented comes last."""
    plain = json.decode(rendering.created(flow([sms(ttl=4320)])))
    assert list(plain) == CREATED
    found = json.decode(rendering.created(message(label="june", ttl=60)))
    assert list(found) == [*CREATED, "callback", "label", "ttl"]
    assert found["callback"] == {"url": "http://127.0.0.1:9/hook", "strategy": "OnChange"}
    assert list(found["callback"]) == ["url", "strategy"]
    assert (found["trackingId"], found["status"]) == ("7b1f0c62-9a0d-4e55-8d5e-000000000001", "Queued")
    assert (found["createdAt"], found["ttl"]) == ("2026-03-02T09:15:44.44Z", 60)


def test_the_answer_has_the_text_that_is_sent() -> None:
    """Transcoded, and with short links; its parts are those that go out."""
    greek = json.decode(rendering.created(message("Καλημέρα " * 9, transcode=True)))
    assert greek["body"] == "KAΛHMEPA " * 9
    assert greek["bodyAnalysis"] == {"parts": 1, "unicode": False, "characters": 81}
    kept = json.decode(rendering.created(message("Καλημέρα " * 9)))
    assert (kept["body"], kept["bodyAnalysis"]["parts"]) == ("Καλημέρα " * 9, 2)
    link = "https://shop.example/a-long-way"
    short = json.decode(rendering.created(message(f"See {link} and {link}", url_shortener=UrlShortener(3600))))
    (made,) = short["urlShortener"]["urls"]
    assert short["body"] == f"See {made['shortUrl']} and {made['shortUrl']}"
    assert (made["longUrl"], short["urlShortener"]["urlValidity"]) == (link, 3600)


def test_each_change_is_told_the_first_queued_too() -> None:
    """With the message's id as it was answered, and seconds without fractions."""
    posts = told(message(label="june"))
    assert [each["status"]["name"] for each in posts] == ["Queued", "Sent", "Delivered"]
    assert [each["latency"] for each in posts] == [0, 0, 5]
    assert {each["messageId"] for each in posts} == {"7b1f0c62-9a0d-4e55-8d5e-000000000001"}
    assert [each["status"]["updatedDate"] for each in posts] == [
        "2026-03-02T09:15:44Z",
        "2026-03-02T09:15:45Z",
        "2026-03-02T09:15:49Z",
    ]
    last = posts[-1]
    assert list(last) == [*TOLD.split(), "direction", "originatingService"]
    assert list(last["status"]) == ["name", "reason", "updatedDate"]
    assert (last["direction"], last["originatingService"], last["price"]) == ("Outbound", "Sms", 0.0345)
    assert (last["country"], last["groups"], last["message"]) == ("GR", [], "Parcel 71 is ready")


def test_each_part_is_told_by_itself() -> None:
    """Under the same messageId, with its own smsId and price."""
    posts = told(message("x" * 400))
    assert [(each["status"]["name"], each["part"], each["parts"]) for each in posts] == [
        (status, part, 3) for status in ("Queued", "Sent", "Delivered") for part in (1, 2, 3)
    ]
    assert len({each["smsId"] for each in posts}) == 3
    assert {each["price"] for each in posts} == {0.0345}


def test_a_message_without_label_has_none() -> None:
    """In callbacks as in trackings."""
    assert "label" not in told(message())[0]


@pytest.mark.parametrize("kind", ["sms", "failover"])
def test_trackings_show_the_parts(kind: str) -> None:
    """Of a flow's Sms too, under the service that they came from."""
    step = replace(sms(2), message=SmsMessage("x" * 200, label="june"))
    steps = (viber(1), step) if kind == "failover" else (step,)
    plans = tuple(plan((SECOND, "UNDELIVERED" if each.channel == "Viber" else "Delivered")) for each in steps)
    made = replace(flow(list(steps), plans), kind=kind)
    done = machine.due(machine.accept(made).flow, NOW + HOUR).flow
    parts = json.decode(json.encode(list(rendering.tracked(done, PRICES))))
    assert [(part["part"], part["parts"], part["status"]["status"]) for part in parts] == [
        (1, 2, "Delivered"),
        (2, 2, "Delivered"),
    ]
    assert list(parts[0]) == [*TRACKED.split(), "price", "from", "direction"]
    assert list(parts[0]["status"]) == ["status", "reason", "date"]
    assert parts[0]["originatingService"] == {"sms": "Sms", "failover": "Failover"}[kind]
    assert (parts[0]["messageId"] == made.id) is (kind == "sms")
