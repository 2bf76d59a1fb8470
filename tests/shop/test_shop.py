"""The shop, through everything that the provider may do to it. All time is the emulator's."""

from __future__ import annotations

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from http.client import HTTPConnection
from itertools import pairwise
from pathlib import Path

import pytest
from faker import Faker

from emulator.testing import Application, FailoverProvider, paths, request_of
from emulator.testing import Path as Outline
from tests.shop.conftest import Log
from tests.shop.provider import PAUSES, Unavailable
from tests.shop.shop import WHY, Outcome, Shop, announcement

PHONE = "+306912345678"
BODY = announcement("71", PHONE, "http://shop.example")
PATHS = paths(request_of(json.dumps(BODY).encode()))
VIBER = Outcome("Viber", "Viber DELIVERED")
NO_VIBER = {"plan": {"Viber": "UNDELIVERED"}}


def only(failover: Application, shop: Shop, order: str = "71") -> str:
    """The id of the one flow that there is, which the shop knows as its order's."""
    flow = failover.only()
    assert shop.tracking_id(order) == flow.id
    return flow.id


def answers(failover: Application, flow: str) -> list[list[int | None]]:
    """What the shop answered to each attempt at each callback of a flow."""
    return [[attempt["status"] for attempt in callback.attempts] for callback in failover.callbacks(flow)]


def post(shop: Shop, path: str, body: bytes) -> int:
    """The status that the shop answers to somebody's post."""
    connection = HTTPConnection(shop.webhook.removeprefix("http://"), timeout=5)
    connection.request("POST", path, body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.fixture
def fake() -> Faker:
    """Made-up callbacks and numbers, always the same."""
    made = Faker()
    made.add_provider(FailoverProvider)
    made.seed_instance(7)
    return made


# --- every outcome of the flow -------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PATHS, ids=str)
def test_the_shop_knows_every_outcome(failover: Application, shop: Shop, log: Log, path: Outline) -> None:
    """From callbacks alone, each of which it takes at the first attempt."""
    failover.scenario(path.scenario)
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    assert shop.outcome("71").how == "under way"
    failover.advance(until="idle")
    ended = failover.assert_messages(flow, *(status for _, status in path.steps))
    assert (ended.status, ended.status_code) == (path.status, path.status_code)
    assert answers(failover, flow) == [[200]] * path.callbacks
    statuses = ", ".join(f"{channel} {status}" for channel, status in path.steps)
    if path.status_code is None:
        assert shop.outcome("71") == (path.steps[-1][0], statuses)
    else:
        assert shop.outcome("71") == ("not reached", f"{WHY[path.status_code]}: {statuses}")
    assert [(order, told.how) for order, told in log.told] == [("71", shop.outcome("71").how)]


def test_the_outcomes_are_those_that_the_flow_is_made_for() -> None:
    """Each channel reaches somebody, and a failure has every reason that there is."""
    reached = {path.steps[-1][0] for path in PATHS if path.status == "Succeeded"}
    assert (reached, {path.status_code for path in PATHS}) == ({"Viber", "Voice", "Sms"}, {None, *WHY})
    followed = {step for path in PATHS for step in path.steps[:-1]}
    assert {status for channel, status in followed if channel == "Viber"} == {"EXPIRED", "FAILED", "UNDELIVERED"}
    assert {status for channel, status in followed if channel == "Voice"} == {"Busy", "NoAnswer", "Failed"}


def test_a_customer_is_told_step_by_step(failover: Application, shop: Shop) -> None:
    """The call comes when the Viber message has expired, the Sms when nobody answers."""
    failover.scenario({"purpose": "Away.", "rules": [{"plan": {"Viber": "EXPIRED", "Voice": "NoAnswer"}}]})
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.advance("4m59s")
    assert shop.outcome("71") == ("under way", "Viber QUEUED")
    failover.advance("1s")
    assert shop.outcome("71") == ("under way", "Viber EXPIRED, Voice Queued")
    failover.advance("28s")
    assert shop.outcome("71") == ("under way", "Viber EXPIRED, Voice NoAnswer, Sms Queued")
    failover.finish(flow)
    assert shop.outcome("71") == ("Sms", "Viber EXPIRED, Voice NoAnswer, Sms Delivered")
    failover.assert_callbacks(
        flow,
        "InProgress QUEUED",
        "InProgress EXPIRED Queued",
        "InProgress EXPIRED Initiated",
        "InProgress EXPIRED Ringing",
        "InProgress EXPIRED NoAnswer Queued",
        "InProgress EXPIRED NoAnswer Sent",
        "Succeeded EXPIRED NoAnswer Delivered",
    )


def test_two_changes_at_one_instant_are_both_known(failover: Application, shop: Shop) -> None:
    """The call is refused the moment that it is made; the flow that has more messages is the newer one."""
    plan = {"Viber": "UNDELIVERED", "Voice": [{"after": "0s", "status": "Busy"}]}
    failover.scenario({"purpose": "At once.", "rules": [{"plan": plan}]})
    shop.announce("71", PHONE)
    failover.advance("2s")
    _, first, second = failover.callbacks(only(failover, shop))
    assert first.body["updatedAt"] == second.body["updatedAt"]
    assert shop.outcome("71") == ("under way", "Viber UNDELIVERED, Voice Busy, Sms Queued")


# --- an order is announced once ------------------------------------------------------------------------------------


def test_an_order_is_announced_once_however_often_it_is_asked_for(failover: Application, shop: Shop) -> None:
    """Even by several threads at once; another order is another flow."""
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(shop.announce, ["71"] * 8, [PHONE] * 8))
    flow = only(failover, shop)
    failover.finish(flow)
    shop.announce("71", PHONE)
    assert only(failover, shop) == flow
    failover.revoke_tokens()
    shop.announce("71", PHONE)
    assert len(failover.journal(kind="token")) == 1, "what the shop knows it need not ask for"
    shop.announce("72", PHONE)
    assert len(failover.flows()) == 2
    assert (shop.outcome("71"), shop.outcome("72").how) == (VIBER, "under way")


@pytest.mark.parametrize("answer", [{"close": "after"}, {"truncate": "50%"}, {"body": "<h1>Well</h1>"}])
def test_a_flow_whose_answer_was_lost_is_found_and_not_sent_again(
    failover: Application, shop: Shop, log: Log, answer: dict[str, object]
) -> None:
    """Also though the same customer has another order."""
    shop.announce("70", PHONE)
    failover.override({"answer": answer}, uses=1)
    shop.announce("71", PHONE)
    assert (len(failover.flows()), log.waits) == (2, [])
    assert shop.tracking_id("71") == failover.flows()[0].id != shop.tracking_id("70")
    failover.advance(until="idle")
    assert (shop.outcome("70"), shop.outcome("71")) == (VIBER, VIBER)


@pytest.mark.parametrize("answer", [{"close": "before"}, "server-error"])
def test_a_flow_that_did_not_get_through_is_sent_again(
    failover: Application, shop: Shop, log: Log, answer: object
) -> None:
    """Since a search doesn't find it; another order of the same customer is not taken for it."""
    shop.announce("70", PHONE)
    failover.override({"answer": answer}, uses=2)
    shop.announce("71", PHONE)
    assert (len(failover.flows()), log.waits) == (2, [1, 2])
    assert shop.tracking_id("71") == failover.flows()[0].id != shop.tracking_id("70")


def test_a_flow_of_which_the_shop_does_not_know_that_it_was_sent_is_found(failover: Application, shop: Shop) -> None:
    """Such as one that got through after all, when the shop had given up or was restarted."""
    failover.scenario("answer-unavailable")
    with pytest.raises(Unavailable):
        shop.announce("71", PHONE)
    failover.scenario("happy")
    sent = failover.send_body(announcement("71", PHONE, shop.webhook))
    shop.announce("71", PHONE)
    assert only(failover, shop) == sent.id


def test_a_restarted_shop_goes_on(failover: Application, make_shop: Callable[[str], Shop], tmp_path: Path) -> None:
    """With the orders, and what became of them meanwhile."""
    books = str(tmp_path / "books.db")
    before = make_shop(books)
    before.announce("71", PHONE)
    flow = only(failover, before)
    before.close()
    failover.finish(flow)
    shop = make_shop(books)
    shop.open()
    shop.announce("71", PHONE)
    assert shop.outcome("71").how == "under way"
    shop.catch_up()
    assert (only(failover, shop), shop.outcome("71")) == (flow, VIBER)


# --- the provider says no ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", ["time", "revoked"])
def test_a_token_that_is_good_no_more_is_replaced(failover: Application, shop: Shop, log: Log, end: str) -> None:
    """At once; as long as it is good, it is used again."""
    for order in ("71", "72"):
        shop.announce(order, PHONE)
    assert len(failover.journal(kind="token")) == 1
    if end == "time":
        failover.advance("2h")
    else:
        failover.revoke_tokens()
    shop.announce("73", PHONE)
    assert (len(failover.flows()), len(failover.journal(kind="token")), log.waits) == (3, 2, [])


@pytest.mark.failover(scenario="answer-token-expires")
def test_a_token_that_is_refused_while_orders_are_sent_is_replaced(failover: Application, shop: Shop) -> None:
    """The refused order is sent again, under its new token."""
    for order in ("71", "72", "73"):
        shop.announce(order, PHONE)
    assert [entry.data["status"] for entry in failover.refusals()] == [401]
    failover.advance(until="idle")
    assert [shop.outcome(order) for order in ("71", "72", "73")] == [VIBER] * 3
    assert len(failover.flows()) == 3


@pytest.mark.parametrize(
    ("answer", "waits"),
    [
        ({"error": "too-many-requests", "headers": {"Retry-After": "30"}}, [30, 30]),
        ({"error": "too-many-requests", "headers": {"Retry-After": "Thu, 01 Jan 2026 00:00:30 GMT"}}, [1, 2]),
        ({"error": "unavailable", "headers": {"Retry-After": "30"}}, [30, 30]),
        ("unavailable", [1, 2]),
    ],
)
def test_the_shop_comes_back_when_it_is_told_to(
    failover: Application, shop: Shop, log: Log, answer: object, waits: list[float]
) -> None:
    """After the seconds of Retry-After, else after some of its own."""
    failover.override({"answer": answer}, uses=2)
    shop.announce("71", PHONE)
    assert log.waits == waits
    assert [entry.kind for entry in failover.journal(kind=("refused", "accepted"))] == [
        "refused",
        "refused",
        "accepted",
    ]
    failover.finish(only(failover, shop))
    assert shop.outcome("71") == VIBER


NO_TOKEN = {"purpose": "Locked out.", "rules": [{"match": {"endpoint": "token"}, "answer": "bad-credentials"}]}


@pytest.mark.parametrize(
    ("scenario", "waits"),
    [
        ("answer-unavailable", list(PAUSES)),
        ("answer-connection-closed", list(PAUSES)),
        ("token-endpoint-down", []),
        (NO_TOKEN, []),
    ],
)
def test_an_order_waits_until_the_provider_is_back(
    failover: Application, shop: Shop, log: Log, scenario: str | dict[str, object], waits: list[float]
) -> None:
    """The shop gives up after a while, and remembers what is to be sent."""
    failover.scenario(scenario)
    with pytest.raises(Unavailable):
        shop.announce("71", PHONE)
    assert (shop.outcome("71").how, failover.flows(), log.waits) == ("not sent", [], waits)
    failover.scenario("happy")
    shop.catch_up()
    failover.finish(only(failover, shop))
    assert shop.outcome("71") == VIBER


def test_a_token_s_answer_may_be_lost(failover: Application, shop: Shop, log: Log) -> None:
    """Nothing was sent, so it is sent after a pause."""
    failover.override({"match": {"endpoint": "token"}, "answer": {"close": "after"}}, uses=1)
    shop.announce("71", PHONE)
    assert (len(failover.flows()), log.waits) == (1, [1])


def test_an_order_waits_for_a_provider_that_cannot_be_reached() -> None:
    """Nobody listens there."""
    with closing(Shop("http://127.0.0.1:9", "id", "secret", "127.0.0.1")) as shop:
        with pytest.raises(Unavailable):
            shop.announce("71", PHONE)
        assert shop.outcome("71").how == "not sent"


def test_an_order_that_the_provider_refuses_is_not_sent_again(failover: Application, shop: Shop, log: Log) -> None:
    """The reason is the provider's."""
    shop.announce("71", "none")
    shop.catch_up()
    assert shop.outcome("71") == ("not reached", "Validation Error!")
    assert (len(failover.refusals()), log.waits) == (1, [])


# --- money ---------------------------------------------------------------------------------------------------------


def test_a_balance_that_runs_out_ends_the_flow(failover: Application, shop: Shop) -> None:
    """It is enough for one Viber message."""
    failover.scenario({"purpose": "One message.", "balance": 0.015, "when_empty": "fail"})
    for order in ("71", "72"):
        shop.announce(order, PHONE)
    failover.advance(until="idle")
    assert shop.outcome("71") == VIBER
    assert shop.outcome("72") == ("not reached", "no balance: Viber UNSENT")


def test_an_order_that_could_not_be_paid_can_be_announced_again(failover: Application, shop: Shop) -> None:
    """Once there is money."""
    failover.scenario({"purpose": "No money.", "balance": 0, "when_empty": "refuse"})
    shop.announce("71", PHONE)
    assert shop.outcome("71").how == "not reached"
    assert shop.outcome("71").reason.startswith("Insufficient Balance")
    failover.set_balance(1)
    shop.announce("71", PHONE)
    failover.finish(only(failover, shop))
    assert shop.outcome("71") == VIBER


# --- callbacks go astray -------------------------------------------------------------------------------------------


@pytest.mark.failover(scenario="callbacks-twice")
def test_callbacks_that_come_twice_tell_nothing_new(failover: Application, shop: Shop, log: Log) -> None:
    """The second ones come a minute later, when the flow has long ended."""
    failover.override(NO_VIBER)
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.advance(until="idle")
    assert answers(failover, flow) == [[200]] * 12
    assert log.told == [("71", ("Voice", "Viber UNDELIVERED, Voice Completed"))]
    assert shop.outcome("71") == log.told[0][1]


def test_no_old_callback_takes_a_status_back(failover: Application, shop: Shop, log: Log) -> None:
    """Whichever comes again, before the end and after it."""
    failover.scenario("viber-undelivered")
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.advance("5s")
    known = shop.outcome("71")
    assert known == ("under way", "Viber UNDELIVERED, Voice Ringing")
    failover.resend(failover.callbacks(flow)[1])
    failover.advance("0s")
    assert (len(failover.callbacks(flow)), shop.outcome("71")) == (5, known)
    failover.finish(flow)
    known = shop.outcome("71")
    for callback in failover.callbacks(flow):
        failover.resend(callback)
        failover.advance("0s")
        assert shop.outcome("71") == known == ("Voice", "Viber UNDELIVERED, Voice Completed")
    assert answers(failover, flow) == [[200]] * 14
    assert len(log.told) == 1


def test_callbacks_may_overtake_one_another(failover: Application, shop: Shop, log: Log) -> None:
    """Within ten minutes: of ten flows, some hear of their end before they hear of their beginning."""
    orders = [str(number) for number in range(10)]
    failover.scenario({"purpose": "A mess.", "rules": [NO_VIBER | {"callbacks": {"reorder": "10m"}}]})
    for order in orders:
        shop.announce(order, PHONE)
    failover.advance(until="idle")
    came = [[callback.attempts[0]["at"] for callback in failover.callbacks(flow)] for flow in failover.flows()]
    assert any(earlier > later for flow in came for earlier, later in pairwise(flow))
    assert {shop.outcome(order) for order in orders} == {("Voice", "Viber UNDELIVERED, Voice Completed")}
    assert sorted(order for order, _ in log.told) == orders


@pytest.mark.failover(scenario="callbacks-hours-late")
def test_the_shop_need_not_wait_for_late_callbacks(failover: Application, shop: Shop, log: Log) -> None:
    """It asks, and then they tell nothing new."""
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.finish(flow)
    shop.catch_up()
    assert (shop.outcome("71"), answers(failover, flow)) == (VIBER, [[], []])
    failover.advance("6h")
    assert (shop.outcome("71"), answers(failover, flow)) == (VIBER, [[200], [200]])
    assert log.told == [("71", VIBER)]


@pytest.mark.failover(scenario="callbacks-never")
def test_the_shop_asks_if_no_callback_ever_comes(failover: Application, shop: Shop) -> None:
    """And asks again, for as long as there is something to ask."""
    failover.override(NO_VIBER)
    shop.announce("71", PHONE)
    failover.advance("5s")
    assert shop.outcome("71") == ("under way", "")
    shop.catch_up()
    assert shop.outcome("71") == ("under way", "Viber UNDELIVERED, Voice Ringing")
    failover.finish(only(failover, shop))
    shop.catch_up()
    assert shop.outcome("71") == ("Voice", "Viber UNDELIVERED, Voice Completed")


@pytest.mark.failover(scenario="callbacks-broken")
def test_a_broken_callback_is_refused(failover: Application, shop: Shop) -> None:
    """The provider repeats each half a minute later, as broken as before; the shop asks."""
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.finish(flow)
    failover.advance("30s")
    assert (answers(failover, flow), shop.outcome("71").how) == ([[400, 400]] * 2, "under way")
    shop.catch_up()
    assert shop.outcome("71") == VIBER


@pytest.mark.failover(scenario="callback-before-answer")
def test_a_callback_may_come_before_the_answer(failover: Application, shop: Shop, log: Log) -> None:
    """The shop knows the order by its label, before it knows that the flow was accepted."""
    shop.announce("71", PHONE)
    assert (shop.outcome("71"), log.told) == (("under way", "Viber QUEUED"), [])
    assert answers(failover, only(failover, shop)) == [[200]]


def test_a_shop_that_is_down_gets_its_callbacks_later(failover: Application, closed_shop: Shop, log: Log) -> None:
    """Each one 30 seconds, a minute, two after its own first attempt; so old ones can come after newer ones."""
    failover.scenario("viber-undelivered")
    closed_shop.announce("71", PHONE)
    flow = only(failover, closed_shop)
    failover.finish(flow)
    failover.advance("30s")
    assert answers(failover, flow) == [[None, None]] * 6
    assert closed_shop.outcome("71") == ("under way", "")
    closed_shop.open()
    failover.advance("1s")
    assert closed_shop.outcome("71") == ("under way", "")
    failover.advance("2m")
    assert answers(failover, flow) == [[None, None, 200]] * 6
    assert closed_shop.outcome("71") == ("Voice", "Viber UNDELIVERED, Voice Completed")
    assert len(log.told) == 1


def test_callbacks_of_others_change_nothing(shop: Shop, fake: Faker) -> None:
    """Any that the provider may post: they are taken, so that they are not repeated."""
    shop.announce("71", PHONE)
    for _ in range(20):
        body = fake.failover_callback()
        assert post(shop, "/statuses", json.dumps(body).encode()) == 200
        body["messages"][0]["label"] = "71"
        assert post(shop, "/statuses", json.dumps(body).encode()) == 200
    assert shop.outcome("71").how == "under way"


STRANGE = {"status": {}, "trackingId": {}, "updatedAt": "2026-01-01T00:00:00Z", "messages": [{"label": {}}]}
STRANGE |= {"referenceTrackingId": {}, "sentDate": {}, "label": {}, "message": {}}


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"null", b"{}", b"\xff", json.dumps(STRANGE).encode()])
@pytest.mark.parametrize("path", ["/statuses", "/replies", "/elsewhere"])
def test_what_is_no_callback_is_refused(shop: Shop, path: str, body: bytes) -> None:
    """Without harm to those that are."""
    shop.announce("71", PHONE)
    assert post(shop, path, body) == 400
    assert shop.outcome("71").how == "under way"


# --- customers -----------------------------------------------------------------------------------------------------


def test_a_customer_answers(failover: Application, shop: Shop) -> None:
    """Each answer is kept with the order, once, however often it comes."""
    shop.announce("71", PHONE)
    flow = only(failover, shop)
    failover.finish(flow)
    for text in ("Thank you", "Until when?"):
        failover.reply(flow, text)
        failover.advance("1s")
    replies = [callback for callback in failover.callbacks(flow) if callback.url.endswith("/replies")]
    failover.resend(replies[0])
    failover.advance("1s")
    assert answers(failover, flow) == [[200]] * 5
    assert (shop.replies("71"), shop.replies("72")) == (["Thank you", "Until when?"], [])
    assert shop.outcome("71") == VIBER


def test_any_number_of_customers_is_told(failover: Application, shop: Shop, fake: Faker) -> None:
    """Whatever their phone numbers are; eighty callbacks, forty at one instant, are taken at the first attempt."""
    orders = {fake.unique.bothify("??-###"): fake.phone_of(fake.random_element(("GR", "CY", "DE"))) for _ in range(40)}
    for order, phone in orders.items():
        shop.announce(order, phone)
    failover.advance(until="idle")
    assert [shop.outcome(order) for order in orders] == [VIBER] * 40
    assert [attempt.data["status"] for attempt in failover.journal(kind="attempt")] == [200] * 80
    assert {flow.messages[0].to for flow in failover.flows()} == set(orders.values())


def test_an_order_that_was_never_announced_has_no_outcome(shop: Shop) -> None:
    """That is a mistake of the caller's."""
    with pytest.raises(KeyError, match="72"):
        shop.outcome("72")
