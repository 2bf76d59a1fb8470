"""The provider's JSON of one message, in each channel's own shape."""

from __future__ import annotations

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace

from emulator.accounts.prices import FREE, cost, exact
from emulator.flow import machine
from emulator.flow.request import SmsMessage, Step, UrlShortener
from emulator.flow.state import START, Cancelled, Flow, Message, Plan, PlannedReport, Report
from emulator.provider.failover import rendering
from emulator.provider.rendering.elements import CALLED_OFF, elements, message_id, standing
from emulator.seed import identifier
from tests.support.rendered import PRICES, shown
from tests.support.samples import HOUR, MINUTE, NOW, SECOND, flow, plan, sms, viber, voice


def message_of(step: Step, *reports: tuple[int, str]) -> tuple[Flow, Message]:
    """A flow of one step a day after its start, and its message."""
    done = machine.due(machine.accept(flow([step], (plan(*reports),))).flow, NOW + 24 * HOUR).flow
    return done, done.messages[0]


def test_a_message_whose_usual_texts_are_written_out_is_shown_as_one_without() -> None:
    """Older stores have them written out; a text of its own stays."""
    told = machine.due(machine.accept(flow([sms()], (plan((SECOND, "Delivered")),))).flow, NOW + MINUTE).flow
    (message,) = told.messages
    assert (message.detailed, message.description) == ("", "")
    written = replace(message, detailed="Delivered", description="The message reached the handset.")
    assert rendering.body(replace(told, messages=(written,)), PRICES) == rendering.body(told, PRICES)
    own = replace(told, messages=(replace(message, detailed="Odd"),))
    assert json.decode(rendering.body(own, PRICES))["messages"][0]["status"]["reason"] == {
        "detailedStatus": "Odd",
        "description": "The message reached the handset.",
    }


def test_a_call_has_no_reason_and_is_paid_by_the_second() -> None:
    """From the moment that it was answered."""
    told = shown(flow([voice()], (plan((SECOND, "InProgress"), (91 * SECOND, "Completed")),)))
    (call,) = told["messages"]
    assert call["status"] == {"name": "Completed", "updatedDate": "2026-03-02T09:17:15.44Z"}
    assert (call["duration"], call["price"], told["totalPrice"]) == (90, 0.18, 0.18)
    assert call["dialPlans"][0]["verbs"][0]["type"] == "SAY"
    assert {"messageId", "conversationTrackingId", "to", "from", "country", "order", "createdAt"} <= set(call)


@pytest.mark.parametrize(
    ("step", "first", "last"),
    [(sms(), "Queued", "Unsent"), (viber(), "QUEUED", "UNSENT"), (voice(), "Queued", "Unsent")],
)
def test_a_message_that_is_held_back_waits_and_one_that_is_called_off_then_is_unsent(
    step: Step, first: str, last: str
) -> None:
    """And costs nothing."""
    held = replace(flow([step], (plan(),)), agenda=(Report(NOW + HOUR, 0, START),))
    assert standing(held, 0) == Message(0, first, "", "", NOW, NOW)
    off = machine.handle(held, Cancelled("test"), NOW + MINUTE).flow
    assert standing(off, 0) == Message(0, last, "", CALLED_OFF, NOW, NOW + MINUTE)
    assert cost(off, standing(off, 0), PRICES) == FREE


def test_an_unanswered_call_costs_nothing() -> None:
    """And lasted no time."""
    (call,) = shown(flow([voice()], (plan((SECOND, "Busy")),)))["messages"]
    assert (call["duration"], call["price"]) == (0, 0)


def test_each_part_of_an_sms_is_an_element_with_its_own_price() -> None:
    """One messageId, as many smsIds as parts."""
    long = replace(sms(), message=SmsMessage("x" * 400, label="june"))
    told = shown(flow([long], (plan((SECOND, "Delivered")),)))
    assert [(each["part"], each["parts"], each["price"], each["label"]) for each in told["messages"]] == [
        (1, 3, 0.03, "june"),
        (2, 3, 0.03, "june"),
        (3, 3, 0.03, "june"),
    ]
    assert len({each["messageId"] for each in told["messages"]}) == 1
    assert len({each["smsId"] for each in told["messages"]}) == 3
    assert told["totalPrice"] == 0.09


def test_the_time_of_an_expiry_after_delivery_is_told() -> None:
    """At the message's level."""
    start = flow([viber(ttl=1, expire_on_delivery=True)], (plan((SECOND, "DELIVERED")),))
    (message,) = shown(start)["messages"]
    assert (message["expireOnDelivery"], message["expiredOnDeliveryAt"]) == (True, "2026-03-02T09:16:44.44Z")


@pytest.mark.parametrize(("status", "price"), [("Failed", 0), ("Undelivered", 0.03)])
def test_only_what_was_never_sent_is_free(status: str, price: float) -> None:
    """An Sms that was not delivered is paid."""
    assert shown(flow([sms()], (plan((SECOND, status)),)))["totalPrice"] == price


def test_a_transcoded_sms_shows_the_text_that_was_sent() -> None:
    """As the provider does."""
    greek = replace(sms(), message=SmsMessage("Καλημέρα " * 10, transcode=True))
    (message,) = shown(flow([greek], (plan((MINUTE, "Delivered")),)))["messages"]
    assert message["body"].startswith("KAΛHMEPA")


def test_links_are_shortened_where_that_is_asked_for() -> None:
    """Up to the next blank; the parts and the price follow from the short text."""
    link = "https://app.example/" + "x" * 150
    plain = replace(sms(), message=SmsMessage(f"See {link} now"))
    short = replace(plain, url_shortener=UrlShortener())
    for step, parts in ((plain, 2), (short, 1)):
        told = shown(flow([step], (plan((SECOND, "Delivered")),)))
        assert len(told["messages"]) == parts
    body = told["messages"][0]["body"]
    assert body.startswith("See https://s.invalid/")
    assert body.endswith(" now")


def test_ids_follow_from_flow_and_step() -> None:
    """A message's from the flow's id and the step's index, those of parts and conversations from the message's."""
    for step, own in ((sms(), "smsId"), (voice(), "conversationTrackingId")):
        made, message = message_of(step)
        (element,) = to_builtins(elements(made, message, FREE))
        assert element["messageId"] == message_id(made, 0)
        assert element[own] == identifier(message_id(made, 0), 1 if own == "smsId" else "conversation")
    assert message_id(made, 0) != message_id(made, 1)


def test_an_unknown_country_and_network_are_told_all_the_same() -> None:
    """Readers rely on them; only what the request may leave out is left out."""
    made, message = message_of(sms(to="+88312345678"))
    (element,) = to_builtins(elements(made, message, FREE))
    assert (element["country"], element["operator"], element["latency"]) == ("ZZ", "Telenuma ZZ", 7200)
    assert "label" not in element
    made, message = message_of(viber(to="+88312345678"))
    (element,) = to_builtins(elements(made, message, FREE))
    assert element["country"] == "ZZ"
    assert {"inboundUrl", "label"}.isdisjoint(element)


def test_each_part_of_an_sms_has_its_own_status_and_price() -> None:
    """One that was never sent is free; those that the text does not have count for nothing."""
    step = replace(sms(), message=SmsMessage("x" * 400))
    start = flow([step], (Plan((PlannedReport(SECOND, "Delivered"),), "test", ((2, "Failed"), (9, "Undelivered"))),))
    told = shown(start)
    parts = [
        (each["status"]["name"], each["status"]["reason"]["detailedStatus"], each["price"]) for each in told["messages"]
    ]
    assert parts == [("Delivered", "Delivered", 0.03), ("Failed", "Failed", 0.0), ("Delivered", "Delivered", 0.03)]
    assert (told["status"], told["statusCode"], told["totalPrice"]) == ("Failed", "2", 0.06)


def test_a_price_is_shared_by_the_parts_exactly() -> None:
    """With all its digits."""
    made, message = message_of(replace(sms(), message=SmsMessage("x" * 400)), (SECOND, "Delivered"))
    price = exact(0.00645) * 3
    assert [each["price"] for each in to_builtins(elements(made, message, price))] == [0.00645] * 3
