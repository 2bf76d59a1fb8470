"""How one-time passwords are answered, told and listed; and the documented outcomes, as far as they have channels."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.fakes import samples
from emulator.flow import machine
from emulator.flow.state import Flow, Plan
from emulator.provider.otp import reading
from emulator.provider.otp.rendering import Rendering, asked, created, story
from tests.flow.test_machine import MATRIX
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan

TO = "306912345678"
SENT = plan((SECOND, "Sent"))
DELIVERED = plan((2 * SECOND, "DELIVERED"))


def planned(*plans: Plan, channels: tuple[str, ...] = ("Viber", "Sms"), **more: Any) -> Flow:
    """A flow of Viber and Sms with these plans, which has not started; `more` are members of its first step."""
    body = samples.otp(channels, TO, "It is 4711", "http://127.0.0.1:9/hook")
    body["flow"][0] |= more
    request = reading.read(json.encode(body)).request
    made = flow(request.flow, (*plans, *[plan()] * (len(request.flow) - len(plans))))
    return replace(made, request=request, kind="otp")


def at(found: Flow, ms: int = 0) -> Any:
    """The story of a flow so long after its start."""
    done = machine.due(machine.accept(found).flow, NOW + ms)
    return json.decode(json.encode(story(done.flow, Prices())))


def test_the_answer_has_the_steps_as_they_were_asked_for() -> None:
    """The one that was sent has its id; a flow that can go on is in progress."""
    made = planned(label="june")
    answer = json.decode(created(made))
    assert list(answer) == ["flowId", "status", "type", "flow", "createdAt", "statusCode"]
    assert (answer["flowId"], answer["status"], answer["type"]) == ("flow-1", "InProgress", "Viber")
    assert (answer["statusCode"], answer["createdAt"]) == (None, "2026-03-02T09:15:44.44Z")
    first, second = answer["flow"]
    assert (first["to"], first["pin"], first["label"], second["trackingId"]) == (TO, "4711", "june", None)
    assert first["trackingId"] == at(made)["steps"][0]["trackingId"]
    alone = json.decode(created(planned(channels=("Sms",))))
    assert (alone["status"], alone["type"]) == ("Succeeded", "Sms")
    assert [step["trackingId"] for step in asked(made.request, {})] == [None, None]
    assert Rendering(Prices()).created(made) == created(made)


def test_a_step_is_told_with_what_is_known_of_it() -> None:
    """In the documented order, in snake_case, with times of whole seconds; what is not known is left out."""
    (step,) = at(planned(DELIVERED), 0)["steps"]
    assert step == {
        "trackingId": step["trackingId"],
        "role": "primary",
        "flowId": "flow-1",
        "status": "queued",
        "channel": "viber",
        "phone_number": TO,
        "created_at": "2026-03-02T09:15:44Z",
        "price": 0.01,
        "country": "GR",
    }
    told = at(planned(plan(), plan((SECOND, "Sent"), (3 * SECOND, "Delivered")), label="june"), 2 * MINUTE)
    first, second = told["steps"]
    assert (first["status"], first["detailed_status"], first["label"]) == ("EXPIRED", "Expired", "june")
    assert first["error_message"]
    assert (first["latency_ms"], first["sent_at"]) == (MINUTE, "2026-03-02T09:15:44Z")
    assert list(second.items()) == [
        ("trackingId", second["trackingId"]),
        ("role", "failover"),
        ("flowId", "flow-1"),
        ("status", "Delivered"),
        ("channel", "sms"),
        ("phone_number", TO),
        ("failover_from_message_token", first["trackingId"]),
        ("created_at", "2026-03-02T09:16:44Z"),
        ("sent_at", "2026-03-02T09:16:44Z"),
        ("delivered_at", "2026-03-02T09:16:47Z"),
        ("detailed_status", "Delivered"),
        ("price", 0.035),
        ("latency_ms", 3000),
        ("country", "GR"),
        ("operator", "M-STAT"),
    ]
    assert told["total_cost"] == 0.045


def test_a_message_that_was_not_sent_has_no_time_of_that() -> None:
    """It says why."""
    (step, _) = at(planned(plan((SECOND, "FAILED"))), 2 * SECOND)["steps"]
    assert (step["status"], step["detailed_status"], "sent_at" in step) == ("FAILED", "System Failure", False)
    assert step["error_message"] == "The message was not accepted."


def test_a_flow_has_succeeded_when_nothing_can_follow() -> None:
    """As the documented example has it; if its last message fails then, so has the flow."""
    made = planned(plan(), plan((SECOND, "Sent"), (3 * SECOND, "Undelivered")))
    told = [(at(made, ms)["status"], at(made, ms)["statusCode"]) for ms in (0, MINUTE, MINUTE + 3 * SECOND)]
    assert told == [("InProgress", None), ("Succeeded", None), ("Failed", 2)]
    assert at(planned(SENT, channels=("Sms",)), SECOND)["status"] == "Succeeded"
    unpaid = planned(plan((SECOND, "UNSENT")))
    assert (at(unpaid, SECOND)["status"], at(unpaid, SECOND)["statusCode"]) == ("Failed", 1)


def test_a_channel_that_follows_a_delivery_leaves_the_message_delivered() -> None:
    """So long after it as its ttl is."""
    made = planned(DELIVERED, failoverAfterDelivered=True)
    assert len(at(made, MINUTE + SECOND)["steps"]) == 1
    first, second = at(made, MINUTE + 2 * SECOND)["steps"]
    assert (first["status"], first["detailed_status"]) == ("DELIVERED", "Delivered")
    assert (first["delivered_at"], first["latency_ms"]) == ("2026-03-02T09:15:46Z", 2000)
    assert "error_message" not in first
    assert second["created_at"] == "2026-03-02T09:16:46Z"


def test_a_callback_is_the_story() -> None:
    """Of each change, and of the start of the next channel; not of the beginning."""
    done = machine.run_out(planned(plan(), plan((SECOND, "Sent"), (3 * SECOND, "Delivered"))))
    wording = Rendering(Prices())
    told = [json.decode(body) for each in done.callbacks for body in wording.callbacks(each)]
    assert [[step["status"] for step in each["steps"]] for each in told] == [
        ["EXPIRED", "queued"],
        ["EXPIRED", "Sent"],
        ["EXPIRED", "Delivered"],
    ]
    assert told[-1] == json.decode(json.encode(story(done.flow, Prices())))


@pytest.mark.parametrize(("chat", "text", "outcome"), dict.fromkeys(row[1:] for row in MATRIX if row[1]))
def test_the_documented_outcome_matrix_holds(chat: str, text: str | None, outcome: str) -> None:
    """Its rows of Viber and Sms, whatever the call before them."""
    plans = (plan((SECOND, chat)), plan((SECOND, text)) if text else plan())
    told = at(planned(*plans), MINUTE)
    assert [step["status"] for step in told["steps"]] == [chat, *([text] if text else [])]
    assert (told["status"], told["statusCode"]) == (outcome, 2 if outcome == "Failed" else None)
