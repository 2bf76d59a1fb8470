"""Sorting a capture into cases."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import UNSET, json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.clock import instants
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.cases import CODES, cases, told
from tests.support.samples import NOW, SECOND

AT = instants.written(NOW)
SENT = {"trackingId": "f-1", "createdAt": AT}
STATUS = {"name": "Delivered", "updatedDate": instants.written(NOW + SECOND)}
SMS = {"type": "Sms", "messageId": "m-1", "to": "+306900000001", "order": 1, "createdAt": AT, "status": STATUS}
TOLD = SENT | {"messages": [SMS], "status": "Succeeded"}
HOOK = json.encode({"flow": [], "callback": {"strategy": "OnStep", "url": "http://a.example/hook"}})


def ask(path: str, answer: Any = None, status: int = 200, method: str = "GET", body: bytes = b"") -> Exchange:
    """An exchange."""
    return Exchange(path, body, status, answer, method)


SEND = ask("/failover", SENT, method="POST", body=HOOK)


def test_what_belongs_to_a_message_is_one_case() -> None:
    """By the ids in paths and callbacks, also those that only a callback or a tracking tells."""
    of = Capture(
        (
            SEND,
            ask("/failover/tracking/f-1", TOLD),
            ask("/sms/tracking/single/m-1", [{"smsId": "s-1"}]),
            ask("/failover/tracking/f-2", {}, 404),
            ask("/accounts/me/balance", {"balance": 1}),
            ask("/failover", {}, 503, "POST"),
            ask("/oauth/token", {"access_token": "a"}, method="POST"),
            ask("/failover/tracking/f-1", "", 204, "OPTIONS"),
        ),
        (Callback(TOLD), Callback({"trackingId": "f-9", "messages": []}), Callback({"direction": "Inbound"})),
        3,
        1,
    )
    found = cases(of)
    assert [(case.name, len(case.exchanges)) for case in found.cases] == [
        ("request 1", 3),
        ("request 4", 1),
        ("request 7", 1),
    ]
    assert found.others == {
        "requests to others": 3,
        "requests without an answer": 1,
        "callbacks about what was not asked for here": 1,
        "replies to Sms, which do not say to which": 1,
        "calls about the account, or about what was not asked for here": 1,
        "answers 503": 1,
        "questions of browsers which methods a path has": 1,
    }
    (case, *_) = found.cases
    assert [at for _, at in case.exchanges] == [NOW, NOW + SECOND, NOW + SECOND]
    assert (case.bodies, case.ended) == ((TOLD,), (NOW + SECOND) // SECOND * SECOND + SECOND - 1)
    (rule,) = case.scenario.rules[:1]
    assert rule.name


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ([(b"answer=1000", 400), (b"answer=1001", 400)], "1002"),
        ([(b"answer=1000", 400), (b'{"answer": 7777}', 200)], "7777"),
        ([], "1000"),
    ],
)
def test_the_code_of_a_verification_is_the_answer_that_was_taken(asked: list[tuple[bytes, int]], code: str) -> None:
    """Or one that nobody gave."""
    made = ask("/2step", {"trackingId": "v-1", "updatedAt": AT}, method="POST", body=b"method=sms")
    answers = [ask("/2step/v-1", {}, status, "POST", body) for body, status in asked]
    (case,) = cases(Capture((made, *answers))).cases
    assert case.scenario.rules[0].code == code


def test_what_was_not_recorded_is_counted_and_not_compared() -> None:
    """Callbacks to a URL at which none was; those that no request asks for; a request's own body."""
    other = ask("/failover", SENT | {"trackingId": "f-2"}, method="POST", body=HOOK.replace(b"a.example", b"b.example"))
    silent = ask("/failover", SENT | {"trackingId": "f-3"}, method="POST", body=b'{"flow": []}')
    told = [TOLD | {"trackingId": name} for name in ("f-1", "f-3")]
    found = cases(Capture((SEND, other, silent, ask("/sms", SENT, method="POST")), tuple(map(Callback, told))))
    assert [case.bodies for case in found.cases] == [(told[0],), (), ()]
    assert {case.heard for case in found.cases} == {frozenset({"http://a.example/hook"})}
    assert found.others == {
        "requests whose callbacks were not recorded": 1,
        "callbacks of requests that name no URL for them": 1,
        "requests whose body was not recorded": 1,
    }
    refused = ask("/2step/v-1", UNSET, 400, "POST", b"answer=1"), ask("/2step/v-2", UNSET, 404)
    found = cases(Capture((ask("/2step", UNSET, method="POST", body=b"{}"), *refused)))
    assert [case.name for case in found.cases] == ["request 1", "request 3"]
    assert found.others["calls about the account, or about what was not asked for here"] == 1
    verification = ask("/2step", {"trackingId": "v-1", "updatedAt": AT}, method="POST", body=b"{")
    verified = Callback({"trackingId": "v-1", "recipient": "+306900000001", "status": "Verified"})
    (case,) = cases(Capture((verification,), (verified,))).cases
    assert case.heard == {CODES}
    assert case.bodies == (verified.body,)


def test_a_message_of_which_is_told_what_can_not_be_read_ends_nothing() -> None:
    """Its line is named; the others are played."""
    odd = TOLD | {"messages": [SMS | {"status": {"name": "Lost", "updatedDate": AT}}]}
    other = replace(ask("/failover", SENT | {"trackingId": "f-2"}, method="POST", body=HOOK), where="line 5")
    found = cases(Capture((SEND, other), (Callback(odd, where="line 7"),)))
    assert [case.name for case in found.cases] == ["line 5"]
    (told,) = found.others
    assert "(line 7: messages[0].status.name: Sms has no status 'Lost')" in told
    many = [replace(SEND, answer=SENT | {"trackingId": f"f-{number}"}) for number in range(9)]
    posts = [Callback(odd | {"trackingId": f"f-{number}"}, where=f"line {number}") for number in range(9)]
    ((told, count),) = cases(Capture(tuple(many), tuple(posts))).others.items()
    assert (
        count,
        told.count("Lost"),
        told.endswith("line 2: messages[0].status.name: Sms has no status 'Lost'; …)"),
    ) == (
        9,
        3,
        True,
    )


CALL = json.encode(
    {
        "dialPlan": {"verbs": 2 * [{"type": "COLLECT", "eventUrl": "http://a.example/keys", "submitOnHash": True}]},
        "machineDetection": {"strategy": "Continue", "eventUrl": "http://a.example/machine"},
    }
)


def test_what_a_call_asks_and_what_recipients_reply_is_in_the_scenario() -> None:
    """Which keys were pressed after a machine had answered, with the # that submitted them; and what was answered."""
    ids = {"messageId": "m-1", "conversationTrackingId": "c-1", "from": "1", "to": "+306900000001"}
    ended = ids | {"status": {"name": "Completed", "updatedDate": instants.written(NOW + 9 * SECOND)}}
    asked = [ids | {"answeredBy": "MACHINE"}, ids | {"collectedTones": "5"}, ids | {"collectedTones": "5"}]
    answers = [{"verbs": []}, UNSET, ""]
    posts = [Callback(each, answer=answer) for each, answer in zip(asked, answers, strict=True)]
    made = ask("/voice/conversation", {"trackingId": "c-1", "createdAt": AT}, method="POST", body=CALL)
    (case,) = cases(Capture((made,), (*posts, Callback(ended)))).cases
    plan: Any = case.scenario.rules[0].plan[Channel.VOICE]
    assert (plan.keys, plan.machine) == (("5#", "5#"), True)
    assert case.said == tuple(posts)
    assert case.bodies == tuple(asked)
    viber = ask("/viber", {"trackingId": "v-1"}, method="POST", body=b'{"inboundUrl": "http://a.example/in"}')
    reached = {"trackingId": "v-1", "to": "+306900000001", "createdAt": AT, "status": STATUS | {"name": "DELIVERED"}}
    reply = {"referenceTrackingId": "v-1", "direction": "Inbound", "message": "STOP", "sentDate": AT}
    (case,) = cases(Capture((viber,), (Callback(reached), Callback(reply)))).cases
    plan = case.scenario.rules[0].plan[Channel.VIBER]
    assert [reply.text for _, reply in plan.replies] == ["STOP"]
    assert case.bodies == (reply,)
    assert case.exchanges[0][1] == NOW


def test_a_tracking_without_a_time_is_asked_for_when_it_can_have_shown_what_it_shows() -> None:
    """Though it cuts off milliseconds: it is not before its latency says that the message was delivered."""
    created, second = "2026-11-26T14:12:54.859Z", "2026-11-26T14:12:57Z"
    shown = {
        "messageId": "m-1",
        "to": "+306900000001",
        "latency": 3000,
        "status": {"status": "Delivered", "date": second},
    }
    made = ask("/sms", {"trackingId": "m-1", "createdAt": created}, method="POST", body=b"{}")
    (case,) = cases(Capture((made, ask("/sms/tracking/single/m-1", [shown])))).cases
    assert case.exchanges[1][1] == instants.read("2026-11-26T14:12:57.859Z")


def test_the_tracking_of_a_step_by_itself_is_asked_for_when_it_can_have_shown_what_it_shows() -> None:
    """At the end of the second of which it tells; what it shows is in the flow's own scenario."""
    sent = SMS | {"status": {"name": "Sent", "updatedDate": instants.written(NOW + SECOND)}}
    shown = {
        "messageId": "m-1",
        "to": "+306900000001",
        "latency": 3,
        "status": {"status": "Delivered", "date": instants.written((NOW + 3 * SECOND) // SECOND * SECOND)},
    }
    asked = (SEND, ask("/failover/tracking/f-1", TOLD | {"messages": [sent]}), ask("/sms/tracking/single/m-1", [shown]))
    (case,) = cases(Capture(asked)).cases
    assert case.exchanges[2][1] == (NOW + 3 * SECOND) // SECOND * SECOND + SECOND - 1
    (rule,) = case.scenario.rules
    plan: Any = rule.plan[Channel.SMS]
    assert [each.status for each in plan.lines] == ["Sent", "Delivered"]


def test_what_is_recorded_of_a_capture_has_the_hash_too() -> None:
    """If the capture has the request; what belongs to none is recorded as it is."""
    asks = {"messageId": "m-1", "conversationTrackingId": "c-1", "collectedTones": "71"}
    other = asks | {"conversationTrackingId": "c-2"}
    made = ask("/voice/conversation", {"trackingId": "c-1", "createdAt": AT}, method="POST", body=CALL)
    posts = tuple(Callback(each, where=f"line {number}") for number, each in enumerate((other, asks), 2))
    recorded = told(Capture((made,), posts))
    assert [(each.body["collectedTones"], each.where) for each in recorded] == [("71", "line 2"), ("71#", "line 3")]
