"""The client: what a test can do with it, and what it says."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from unittest.mock import ANY

import pytest

from emulator.client import Application, AsyncApplication, Misused, Refused
from emulator.testing.receiver import Receiver
from tests.support.running import SMS, VIBER

INBOUND = VIBER | {"inboundUrl": "http://127.0.0.1:9/in"}


def test_reports_replies_and_cancellations_reach_into_a_flow(
    failover: Application, failover_receiver: Receiver
) -> None:
    """At the application's time, with their callbacks."""
    failover.scenario({"purpose": "Silence.", "rules": [{"plan": "silence"}]})
    held = INBOUND | {"inboundUrl": failover_receiver.url, "expireOnDelivery": True}
    flow = failover.send(held, SMS, callback=failover_receiver.url)
    failover.advance("5s")
    failover.report(flow, "Delivered")
    failover.reply(flow, "Yes please")
    assert failover.report(flow, "Expired", reason={"detailedStatus": "Opted Out"}).messages[0].reason == "Opted Out"
    assert failover.report(flow, "SENT").messages[1].status == "Sent"
    failover.reply(flow, media="https://cdn.example/p.png", filename="p.png")
    cancelled = failover.cancel(flow, "enough")
    assert (cancelled.status, cancelled.status_code) == ("Failed", "0")
    failover.advance("1s")
    posts = failover_receiver.wait(7)
    assert [str(post) for post in posts if "messages" in post.body] == [
        "InProgress QUEUED",
        "InProgress DELIVERED",
        "InProgress EXPIRED Queued",
        "InProgress EXPIRED Sent",
        "Failed EXPIRED Sent",
    ]
    reply, picture = [post.body for post in posts if "direction" in post.body]
    assert (picture["message"], picture["media"], picture["filename"]) == ("", "https://cdn.example/p.png", "p.png")
    assert (reply["direction"], reply["message"], reply["sentDate"]) == (
        "Inbound",
        "Yes please",
        "2026-01-01T00:00:05Z",
    )


def test_what_does_not_fit_is_refused_in_words(failover: Application) -> None:
    """And leaves the flow as it is."""
    flow = failover.finish(failover.send(SMS))
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: failover.report(flow, "Failed"), "the message ended as Delivered"),
        (lambda: failover.report(flow, "Busy"), "Sms has no status Busy"),
        (lambda: failover.report(flow, "Sent", step=2), "there is no step 2"),
        (lambda: failover.cancel(flow), "the flow ended as Succeeded"),
        (lambda: failover.reply(flow, "x"), "no Viber step with an inboundUrl"),
    ]
    for call, told in calls:
        with pytest.raises(Refused, match=told) as refused:
            call()
        assert refused.value.status == 409
    assert failover.flow(flow).status == "Succeeded"


def test_a_callback_is_posted_once_more(failover: Application, failover_receiver: Receiver) -> None:
    """With the same bytes."""
    flow = failover.finish(failover.send(VIBER, callback=failover_receiver.url))
    _, callback = failover.callbacks(flow)
    failover.resend(callback)
    failover.advance("1s")
    _, first, second = failover_receiver.wait(3)
    assert first.raw == second.raw
    assert [each.received for each in failover.callbacks(flow)] == [True, True, True]
    assert repr(callback).endswith("received after 1 attempt>")


def test_overrides_revoked_tokens_and_balances(failover: Application) -> None:
    """Each of the application alone."""
    failover.override({"plan": {"Sms": "Failed"}}, uses=1)
    flows = [failover.send(SMS) for _ in range(2)]
    assert [failover.finish(flow).status for flow in flows] == ["Failed", "Succeeded"]
    token = failover.token()
    failover.revoke_tokens()
    assert failover.token() != token
    failover.set_balance(0.01)
    assert failover.balance() == 0.01
    failover.assert_failed(failover.finish(failover.send(SMS)), code="1")


def test_an_assertion_that_fails_shows_the_timeline(failover: Application, failover_receiver: Receiver) -> None:
    """With what was expected, and what came."""
    flow = failover.finish(failover.send(SMS, callback=failover_receiver.url))
    calls: list[tuple[Callable[[], object], str]] = [
        (lambda: failover.assert_failed(flow), "is Succeeded, not Failed"),
        (lambda: failover.assert_succeeded(flow, on="Viber"), "succeeded on Sms, not on Viber"),
        (lambda: failover.assert_messages(flow, "Failed"), "has the messages Delivered; expected Failed"),
        (lambda: failover.assert_callbacks(flow, "Succeeded Delivered"), r"\+ InProgress Sent"),
        (lambda: failover.assert_callbacks(flow, count=2), "has 3 callbacks, 3 received; expected 2"),
    ]
    for call, told in calls:
        with pytest.raises(AssertionError, match=rf"(?s)<Flow .*{told}.*\+3s .*completed: Succeeded"):
            call()


def test_an_assertion_that_comes_too_early_says_how_time_passes(failover: Application) -> None:
    """Not what is asserted of a request, which is there from the beginning, nor of a flow that has ended."""
    flow = failover.send(SMS)
    for call in (
        lambda: failover.assert_succeeded(flow),
        lambda: failover.assert_failed(flow),
        lambda: failover.assert_messages(flow, "Delivered"),
        lambda: failover.assert_callbacks(flow, count=1),
    ):
        with pytest.raises(AssertionError, match=r"(?s)has not ended yet.* before `finish`"):
            call()
    with pytest.raises(AssertionError) as request:
        failover.assert_request(flow, VIBER)
    failover.finish(flow)
    with pytest.raises(AssertionError) as ended:
        failover.assert_failed(flow)
    assert "has not ended yet" not in f"{request.value}{ended.value}"


def test_callbacks_can_be_counted_alone(failover: Application, failover_receiver: Receiver) -> None:
    """Whatever they say, broken ones too; those that were not received do not count."""
    failover.scenario("callbacks-broken")
    flow = failover.finish(failover.send(SMS, callback=failover_receiver.url))
    assert len(failover.assert_callbacks(flow, count=3)) == 3
    silent = failover.finish(failover.send(SMS))
    assert failover.assert_callbacks(silent, count=0) == []
    failover_receiver.answer = lambda _: 500
    refused = failover.finish(failover.send(SMS, callback=failover_receiver.url))
    with pytest.raises(AssertionError, match="has 3 callbacks, 0 received; expected 3"):
        failover.assert_callbacks(refused, count=3)


def test_verify_answers_with_the_nearest(failover: Application) -> None:
    """True if it holds; its repr says what differed if not."""
    failover.finish(failover.send(SMS))
    assert failover.verify({"match": {"to": {"starts": "+30"}}, "status": "Succeeded"}, times=1)
    verdict = failover.verify({"match": {"to": "+306900000000"}, "status": "Failed"})
    assert not verdict
    assert "to is +306912345678, which is not +306900000000; status is Succeeded, not Failed" in repr(verdict)


def test_an_instant_clock_finishes_by_itself(failover: Application, failover_receiver: Receiver) -> None:
    """No advance is needed."""
    assert failover.set_rate(math.inf).rate == "instant"
    failover.send(VIBER, callback=failover_receiver.url)
    assert str(failover_receiver.wait(2)[1]) == "Succeeded DELIVERED"


def test_a_receiver_that_gets_less_than_expected_says_what_came(failover_receiver: Receiver) -> None:
    """After the given time."""
    with pytest.raises(
        AssertionError, match=r"0 of 1 callback came within 0\.01 s; on a clock that stands still .*`finish`"
    ):
        failover_receiver.wait(1, timeout=0.01)


def test_refusals_are_told_with_their_reason(failover: Application) -> None:
    """In the journal and in the timeline."""
    with pytest.raises(Refused):
        failover.send({"type": "Sms"})
    (entry,) = failover.refusals()
    assert "flow[0].to" in entry.data["properties"]
    assert "refused: POST /failover 400 Validation Error!; flow[0].from: is required" in failover.timeline()


def test_an_override_without_uses_is_refused_rather_than_good_for_ever(failover: Application) -> None:
    """0 is not None."""
    with pytest.raises(Refused, match="uses"):
        failover.override({"plan": {"Sms": "Failed"}}, uses=0)


def test_a_single_message_is_sent_and_asserted_of_as_a_flow(failover: Application, failover_receiver: Receiver) -> None:
    """Of one step; its callbacks are told by their status, and by their part if there are several."""
    flow = failover.send_sms("306912345678", "Hi", callback=failover_receiver.url, label="june")
    failover.finish(flow)
    failover.assert_succeeded(flow, on="Sms")
    failover.assert_request(flow, {"type": "Sms", "to": "+306912345678", "ttl": 4320, "message": {"label": "june"}})
    failover.assert_callbacks(flow, "Queued", "Sent", "Delivered")
    assert [post.flow for post in failover_receiver.wait(3)] == [flow.id] * 3
    long = failover.finish(
        failover.send_sms("+306912345678", "x" * 200, callback=failover_receiver.url, strategy="OnCompletion")
    )
    failover.assert_callbacks(long, "Delivered 1/2", "Delivered 2/2")
    assert failover.verify({"match": {"endpoint": "sms"}}, times=2)


def test_the_posts_about_a_flow_have_the_replies_to_it(failover: Application, failover_receiver: Receiver) -> None:
    """To a single message, and to a message of a flow, which has an id of its own. An Sms that came in names none."""
    url = failover_receiver.url
    single = failover.finish(failover.send_viber("+306912345678", "Ready?", inbound=url))
    flow = failover.finish(failover.send(VIBER | {"inboundUrl": url}, callback=url))
    sms = failover.finish(failover.send_sms("+306912345678", "Ready?"))
    for each in (single, flow):
        failover.reply(each, "Yes")
    failover.reply(sms, "Yes", url)
    failover.advance("0s")
    assert [str(post) for post in failover_receiver.of(single)] == ["reply: Yes"]
    assert [post.flow for post in failover_receiver.of(single.id)] == [single.id]
    assert [str(post) for post in failover_receiver.of(flow)] == [
        "InProgress QUEUED",
        "Succeeded DELIVERED",
        "reply: Yes",
    ]
    assert [post.body["messageId"] for post in failover_receiver.posts if post.flow is None] != [None]


def test_a_message_that_lost_a_part_is_told_the_same_everywhere(failover: Application) -> None:
    """It has the status of the part that was lost, and costs what all of its parts do."""
    failover.scenario({"purpose": "x.", "rules": [{"plan": {"Sms": {"parts": {"2": "Undelivered"}}}}]})
    flow = failover.finish(failover.send(SMS | {"message": {"body": "x" * 400}, "order": 1}, VIBER | {"order": 2}))
    failover.assert_messages(flow, "Undelivered", "DELIVERED")
    sms, viber = flow.messages
    assert flow.total_price == pytest.approx(sms.price + viber.price)
    assert failover.verify({"messages": ["Undelivered", "DELIVERED"]}, times=1)
    assert "Undelivered" in repr(flow)


def test_what_was_asked_for_is_asserted_in_the_form_of_its_service(failover: Application) -> None:
    """Of each service; or in the form that all have, with defaults."""
    to = "+306912345678"
    template = {"type": "Viber", "senderInfoTrackingId": "a", "to": to, "templateId": "t1", "templateLang": "en"}
    flow = failover.send(template | {"order": 1}, transactional=True)
    failover.assert_request(flow, {"type": "Viber", "templateId": "t1", "ttl": 10})
    with pytest.raises(AssertionError, match=r"flow\[0\]\.templateId is 't1', not 't2'"):
        failover.assert_request(flow, {"templateId": "t2"})
    flow = failover.send_otp(to, "4711", "The code is 4711")
    failover.assert_request(flow, {"type": "ViberOtp", "pin": "4711", "ttl": 60}, {"message": {"flash": False}})
    with pytest.raises(AssertionError, match=r"flow\[0\]\.pin is '4711', not '4712'"):
        failover.assert_request(flow, {"pin": "4712"}, {})
    flow = failover.send_sms(to, "Hi", label="june", callback="http://127.0.0.1:9/x")
    failover.assert_request(
        flow, {"body": "Hi", "label": "june", "ttl": 4320}, callback={"url": "http://127.0.0.1:9/x"}
    )
    flow = failover.send_viber(to, "Hi", ttl=60, callback="http://127.0.0.1:9/x")
    failover.assert_request(flow, {"body": {"text": "Hi"}, "ttl": 60, "callbackUrl": "http://127.0.0.1:9/x"})
    flow = failover.send_call(to, "Hi")
    failover.assert_request(flow, {"to": {"phone": to}, "dialPlan": {"verbs": [{"message": {"text": "Hi"}}]}})
    flow = failover.send_code(to, digits=6)
    failover.assert_request(flow, {"recipient": to, "digits": 6})
    assert flow.sent == {"method": "sms", "type": "code", "recipient": to, "digits": 6}
    with pytest.raises(AssertionError, match=r"flow\[0\]\.lifetime was not given; there are digits, "):
        failover.assert_request(flow, {"lifetime": 60})
    assert failover.verify({"match": {"endpoint": "failover"}}, times=0)


@pytest.mark.anyio
async def test_a_single_message_is_sent_by_the_twin(failover_async: AsyncApplication) -> None:
    """And found among the flows."""
    flow = await failover_async.send_sms("+306912345678", "Hi", sender="Me", ttl=5)
    assert (await failover_async.only(channel="Sms")).id == flow.id
    with pytest.raises(Refused, match="must be at most 4320"):
        await failover_async.send_sms("+306912345678", "Hi", ttl=5000)


def test_a_code_is_sent_and_answered(failover: Application) -> None:
    """The flow has it; a wrong answer is refused, and what it stands at can be verified."""
    failover.override({"match": {"endpoint": "2step"}, "code": "4711"}, uses=1)
    flow = failover.finish(failover.send_code("306912345678", retries=1, lifetime=60))
    assert (flow.code, flow.verification, flow.status) == ("4711", "Pending", "Succeeded")
    with pytest.raises(Refused, match="Wrong Answer"):
        failover.confirm(flow, "0000")
    assert failover.confirm(flow, flow.code).verification == "Verified"
    with pytest.raises(Misused, match="Failover OTP does not check codes; compare what was entered with '4711'"):
        failover.confirm(failover.send_otp("+306912345678", "4711"), "4711")
    assert failover.verify({"match": {"endpoint": "2step"}, "verification": "Verified"}, times=1)
    told = failover.verify({"verification": "Expired"})
    assert not told
    assert "verification is Verified, not Expired" in repr(told)
    drawn = failover.send_code("+306912345678", method="voice", digits=6, template="@@a: @@pin", arguments={"a": "b"})
    assert len(drawn.code) == 6
    sent = failover.send_sms("+306912345678", "Hi")
    assert (sent.code, sent.verification) == ("", "")


def test_callbacks_of_single_messages_are_asserted_with_what_is_answered_and_asked(
    failover: Application, failover_receiver: Receiver
) -> None:
    """By their statuses; the receiver finds those of a message, and of a call, by the flow."""
    url = failover_receiver.url
    chat = failover.finish(failover.send_viber("+306912345678", "Hi", callback=url, inbound=url))
    failover.reply(chat, "STOP")
    failover.reply(chat, media="https://cdn.example/me.jpg")
    failover.advance("0s")
    failover.assert_callbacks(chat, "QUEUED", "DELIVERED", "reply: STOP", "reply: https://cdn.example/me.jpg")
    collect = {"type": "COLLECT", "eventUrl": url, "maxDigits": 2}
    call = failover.send_call("+306912345678", verbs=[collect], callback=url)
    failover.advance("10s")
    failover.press(call, "71")
    call = failover.finish(call)
    failover.assert_callbacks(call, "Queued", "Initiated", "Ringing", "InProgress", "asks: 71", "Completed")
    assert [str(post) for post in failover_receiver.of(call)][-2:] == ["asks: 71", "Completed"]
    told = ["QUEUED", "DELIVERED", "reply: STOP", "reply: https://cdn.example/me.jpg"]
    assert [str(post) for post in failover_receiver.of(chat)] == told


def test_a_one_time_password_is_sent(failover: Application, failover_receiver: Receiver) -> None:
    """Over Viber, and if that fails by Sms; the flow has the pin, and is told once a change."""
    sent = failover.send_otp("+306900000100", "4711", "It is 4711", callback=failover_receiver.url)
    flow = failover.finish(sent)
    assert (flow.code, flow.verification, [each.status for each in flow.messages]) == (
        "4711",
        "",
        ["UNDELIVERED", "Delivered"],
    )
    failover.assert_callbacks(flow, *(f"Succeeded UNDELIVERED {status}" for status in ("queued", "Sent", "Delivered")))
    assert {post.flow for post in failover_receiver.wait(3)} == {flow.id}
    alone = failover.send_otp(
        "+306912345678", "0815", template="x", template_type="with_type", parameters={"pinType": "login"}
    )
    assert (alone.code, len(alone.messages)) == ("0815", 1)
    assert failover.verify({"match": {"endpoint": "otp", "text": {"contains": "login code is 0815"}}}, times=1)
    with pytest.raises(Refused, match=r"422: \n  body.flow.0.pin: must have at least 4 characters; it has 1$"):
        failover.send_otp("+306912345678", "1")
    failover.override({"answer": "no-balance", "uses": 1})
    with pytest.raises(Refused, match=r"^200: Insufficient Balance$"):
        failover.send_otp("+306912345678", "4711")


@pytest.mark.anyio
async def test_a_code_is_answered_by_the_twin(failover_async: AsyncApplication) -> None:
    """As by itself."""
    flow = await failover_async.send_code("+306912345678")
    assert (await failover_async.confirm(flow, flow.code)).verification == "Verified"


def test_viber_messages_and_calls_are_sent(failover: Application, failover_receiver: Receiver) -> None:
    """Each as a flow of one step; the recipient of a call presses keys."""
    flow = failover.finish(failover.send_viber("306912345678", "Hi", callback=failover_receiver.url, label="june"))
    assert (flow.status, flow.messages[0].status) == ("Succeeded", "DELIVERED")
    collect = {"type": "COLLECT", "eventUrl": failover_receiver.url}
    call = failover.send_call("+306912345678", verbs=[collect])
    failover.advance("10s")
    failover.press(call, "7")
    assert failover.finish(call).status == "Succeeded"
    assert failover.finish(failover.send_call("+306912345678", "Hi")).status == "Succeeded"


def test_requests_are_found_by_what_they_ask_for(failover: Application) -> None:
    """By equal members, patterns, functions and what is equal to anything, the oldest first."""
    first = failover.send(SMS | {"ttl": 10})
    second = failover.send(VIBER | {"order": 1}, SMS | {"order": 2}, callback="http://127.0.0.1:9/hook")
    found = [
        failover.requests(),
        failover.requests({"type": "Sms"}),
        failover.requests({"to": re.compile(r"^\+30")}, {}),
        failover.requests({"ttl": lambda ttl: ttl < 60}),
        failover.requests({"type": ANY, "message": {"body": ANY}}),
        failover.requests(callback={"url": re.compile("/hook$")}),
        failover.requests({"to": re.compile("^44")}),
    ]
    expected = [[first, second], [first], [second], [first], [first], [second], []]
    assert [[flow.id for flow in flows] for flows in found] == [[flow.id for flow in flows] for flows in expected]
    failover.assert_request(first, {"ttl": lambda ttl: ttl == 10})
    with pytest.raises(AssertionError, match="to is"):
        failover.assert_request(first, {"to": re.compile("^44")})


def test_a_failure_is_told_in_forty_lines(failover: Application) -> None:
    """Its reason, what came first and what came last; how much is left out."""
    for _ in range(10):
        flow = failover.send(SMS, callback="http://127.0.0.1:9/hook")
        failover.finish(flow)
    with pytest.raises(AssertionError) as failed:
        failover.only()
    lines = str(failed.value).splitlines()
    assert len(lines) == 40
    assert lines[0] == "there are 10 flows, not one:"
    left = sum(int(number) for line in lines for number in re.findall(r"^… (\d+) lines are left out", line))
    assert left + 39 == len(failover.timeline().splitlines()) + 12
    assert lines[-1] == failover.timeline().splitlines()[-1]
