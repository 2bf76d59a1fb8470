"""The provider's contract: requests are read as the provider reads them, and refused in words that help; flows go and
are told of as the provider's do.

Row A16, about the detection of answering machines, belongs to another issue.
"""

from __future__ import annotations

import base64
import gzip
import json
import zlib
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from emulator.errors import Json
from tests.support.bodies import play, sms, viber, voice
from tests.support.commands import run
from tests.support.running import SMS, VIBER, VOICE, Answer, Emulator, Receiver, emulator, receiver


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose time stands still."""
    with emulator("--rate", "0") as running:
        yield running


def post(server: Emulator, *steps: object, **root: object) -> Answer:
    """The answer to a request of these steps."""
    return server.api("POST", "/failover", {"flow": list(steps), **root})


def echoed(server: Emulator, step: Json) -> Any:
    """A step as the answer echoes it."""
    answer = post(server, step)
    assert answer.status == 200, answer.body
    return answer.json()["flow"][0]


def refused(server: Emulator, *steps: object, **root: object) -> Any:
    """What is said to be wrong with a request, by path."""
    answer = post(server, *steps, **root)
    assert answer.status == 400, answer.body
    return answer.json()["properties"]


@pytest.fixture
def fresh() -> Iterator[Emulator]:
    """An emulator of one test, whose clock stands still."""
    with emulator("--rate", "0", "--start-at", "2026-01-01T00:00Z") as running:
        yield running


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with receiver() as made:
        yield made


def scenario(server: Emulator, *rules: dict[str, Any], **more: Any) -> None:
    """Put a scenario of these rules in force."""
    body = {"scenario": {"purpose": "A test.", "rules": rules, **more}}
    assert server.call("POST", "/_emulator/scenario", json.dumps(body).encode()).status == 200


def tracked(server: Emulator, flow: str) -> Any:
    """A flow as tracking tells it."""
    return server.api("GET", f"/failover/tracking/{flow}").json()


def told(post: Any) -> str:
    """A callback in short: the flow's status, and its messages'."""
    return " ".join([post["status"], *(message["status"]["name"] for message in post["messages"])])


def attempts(server: Emulator) -> list[tuple[str, str]]:
    """The time of each attempt at a callback, and its outcome."""
    return [(entry["at"][11:], entry["data"]["outcome"]) for entry in server.journal() if entry["kind"] == "attempt"]


def test_a1_a_button_s_link_has_at_most_1000_characters(server: Emulator) -> None:
    """Like the other URLs of a message."""
    link = "https://app.example/".ljust(1000, "x")
    assert post(server, viber({"message.action": {"caption": "Open", "targetUrl": link}})).status == 200
    assert refused(server, viber({"message.action": {"caption": "Open", "targetUrl": link + "x"}})) == {
        "flow[0].message.action.targetUrl": "must have at most 1000 characters; it has 1001"
    }


def test_a2_a_flow_is_in_progress_as_soon_as_it_is_accepted(fresh: Emulator, hook: Receiver) -> None:
    """Its first step has been handed to its channel, which OnStep posts as `InProgress QUEUED`."""
    flow = fresh.send(VIBER, SMS, callback=hook.url)
    assert told(tracked(fresh, flow)) == told(hook.next()) == "InProgress QUEUED"
    assert fresh.api("POST", "/failover/tracking", {"fieldName": "status", "searchTerm": "Queued"}).json()["last"]
    (viber,) = [lane for lane in fresh.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert viber["name"] == "Viber"


def test_a2_a_scenario_can_hold_the_start_back(fresh: Emulator, hook: Receiver) -> None:
    """Only then is a flow Queued: it has no messages, and nobody is told, until its first step starts."""
    scenario(fresh, {"queued": "5s"})
    flow = fresh.send(SMS, callback=hook.url)
    fresh.advance(by="4s")
    assert (told(tracked(fresh, flow)), hook.count) == ("Queued", 0)
    (queued,) = [lane for lane in fresh.call("GET", "/_emulator/board").json()["lanes"] if lane["count"]]
    assert queued["name"] == "Queued"
    report = fresh.call("POST", f"/_emulator/flows/{flow}/reports", b'{"status": "Delivered"}')
    assert (report.status, "queued" in report.json()["detail"]) == (409, True)
    fresh.advance(until="idle")
    posts = [hook.next() for _ in range(3)]
    assert [told(post) for post in posts] == ["InProgress Queued", "InProgress Sent", "Succeeded Delivered"]
    assert [post["updatedAt"][17:] for post in posts] == ["05Z", "06Z", "08Z"]


def test_a2_a_flow_that_is_held_back_survives_a_kill(tmp_path: Path, hook: Receiver) -> None:
    """It starts after the restart, at its time; and it can be cancelled before."""
    store = ("--rate", "0", "--scenario", "backlog", "--store", str(tmp_path / "store.db"))
    with emulator(*store) as server:
        flow, other = server.send(SMS, callback=hook.url), server.send(SMS, callback=hook.url)
        server.stop(9)
    with emulator(*store) as server:
        cancelled = server.call("POST", f"/_emulator/flows/{other}/cancel", b"{}").json()
        assert (told(cancelled), cancelled["statusCode"], cancelled["terminationChannel"]) == ("Failed", "0", None)
        server.advance(until="idle")
        assert told(tracked(server, flow)) == "Succeeded Delivered"


def test_a3_prices_are_exact_decimals(tmp_path: Path, hook: Receiver) -> None:
    """A price has all its digits, and the total is the sum of what is shown, in callbacks and in tracking."""
    (tmp_path / "prices.json").write_text('{"Sms": {"*": 0.00645}, "Voice": {"*": 0.1}}')
    with emulator("--rate", "0", "--prices", str(tmp_path / "prices.json"), "--scenario", "voice-terminated") as server:
        call = VOICE | {"failoverOnStatuses": ["Terminated"]}
        flow = server.send(call, SMS | {"message": {"body": "x" * 400}}, callback=hook.url, strategy="OnCompletion")
        server.advance(until="idle")
        _, _, raw = hook.next_post()
        ended = json.loads(raw, parse_float=Decimal)
        prices = [message["price"] for message in ended["messages"]]
        assert prices == [Decimal("0.01666667"), *[Decimal("0.00645")] * 3]
        assert ended["totalPrice"] == sum(prices) == Decimal("0.03601667")
        assert server.api("GET", f"/failover/tracking/{flow}").body == raw


def test_a3_a_balance_is_spent_to_its_last_digit(tmp_path: Path) -> None:
    """Three times a third of it is all of it."""
    (tmp_path / "prices.json").write_text('{"Sms": {"*": 0.00645}}')
    with emulator("--rate", "0", "--prices", str(tmp_path / "prices.json")) as server:
        scenario(server, balance=0.01935)
        assert [tracked(server, server.send(SMS))["messages"][0]["type"] for _ in range(3)] == ["Sms"] * 3
        left = server.call("GET", "/_emulator/scenario?application=app").json()["balance"]
        assert left == 0
        server.advance(until="idle")
        assert [each["status"] for each in server.api("POST", "/failover/tracking").json()["content"]] == [
            "Succeeded"
        ] * 3


def test_a4_a_refusal_for_lack_of_balance_has_exactly_the_provider_s_words(fresh: Emulator) -> None:
    """How much is missing is told by the journal alone."""
    scenario(fresh, balance=0.01, when_empty="refuse")
    answer = fresh.api("POST", "/failover", {"flow": [SMS]})
    assert (answer.status, answer.json()) == (400, {"code": "400001009", "developerMessage": "Insufficient Balance"})
    (refused,) = [entry for entry in fresh.journal() if entry["kind"] == "refused"]
    assert refused["data"]["note"] == "the request costs more than the 0.01 that are left"
    assert (
        refused["text"] == "POST /failover 400 Insufficient Balance; the request costs more than the 0.01 that are left"
    )


@pytest.mark.parametrize(
    ("step", "status"), [(VIBER, "UNSENT"), (SMS, "Unsent"), (VOICE, "Unsent"), (VOICE, "Terminated")]
)
@pytest.mark.parametrize("how", ["by hand", "planned"])
def test_a5_a_status_that_means_lack_of_balance_ends_a_flow_with_1(
    fresh: Emulator, step: dict[str, Any], status: str, how: str
) -> None:
    """However it comes about, whether the status is listed or not."""
    plan = "silence" if how == "by hand" else {step["type"]: [{"after": "1s", "status": status}]}
    scenario(fresh, {"plan": plan})
    listed = [{**step, "failoverOnStatuses": [status]}] if step["type"] == "Voice" else []
    for each in (step, *listed):
        flow = fresh.send(each)
        if how == "by hand":
            fresh.call("POST", f"/_emulator/flows/{flow}/reports", json.dumps({"status": status}).encode())
        fresh.advance(by="2s")
        assert (tracked(fresh, flow)["status"], tracked(fresh, flow)["statusCode"]) == ("Failed", "1")


def test_a5_a_cause_of_its_own_comes_first(fresh: Emulator) -> None:
    """A report may say that something else is to blame."""
    flow = fresh.send(VIBER)
    fresh.call("POST", f"/_emulator/flows/{flow}/reports", b'{"status": "UNSENT", "cause": "server"}')
    assert tracked(fresh, flow)["statusCode"] == "0"


def test_a6_errors_that_are_not_listed_are_counted(server: Emulator) -> None:
    """Of many wrong steps fifty are listed, and the answer says how many more there are."""
    told = refused(server, *[sms({"ttl": 0})] * 60)
    assert len(told) == 51
    assert told["flow"] == "has 10 more wrong steps, not listed here"
    told = refused(server, sms({"failoverOnStatuses": ["x"] * 1200}))
    assert told["body"] == "only the first 1000 errors are listed"


def test_a6_a_search_is_told_what_is_wrong_with_its_query_and_its_filters(server: Emulator) -> None:
    """Neither hides the other."""
    answer = server.api("POST", "/failover/tracking?page=x&dateEnd=y", [{"fieldName": "status"}, {"fieldName": "x"}])
    assert answer.status == 400
    told = answer.json()["properties"]
    assert list(told) == ["dateEnd", "page", "[0].searchTerm", "[1].fieldName", "[1].searchTerm"]


def test_a7_of_a_value_of_the_wrong_type_nothing_more_is_said(server: Emulator) -> None:
    """Rules for an object do not apply to a text."""
    assert refused(server, viber({"message": "x"})) == {"flow[0].message": "must be an object; found 'x'"}


@pytest.mark.parametrize(("step", "word"), [(sms, "Delivered"), (viber, "delivered"), (voice, "Answered")])
def test_a7_a_suggestion_never_says_the_opposite(server: Emulator, step: Any, word: str) -> None:
    """Who writes Delivered does not mean Undelivered."""
    (told,) = refused(server, step({"failoverOnStatuses": [word]})).values()
    assert "did you mean" not in told


@pytest.mark.parametrize(
    ("step", "path", "lacks"),
    [
        (voice({"to": {}}), "to", "must have a phone, viber or sip"),
        (voice({"to": {"phone": "", "sip": ""}}), "to", "must have a phone, viber or sip"),
        (voice({"to": ""}), "to", "must be a phone number such as +306912345678, or an object with"),
        (voice({"dialPlan": {"verbs": []}}), "dialPlan.verbs", "must be an array of at least one SAY or PLAY"),
        (sms({"to": ""}), "to", "must be a phone number in E.164 form"),
        (sms({"from": ""}), "from", "must be a sender of at most 11 letters and digits"),
    ],
)
def test_a7_an_empty_member_is_told_what_it_lacks(server: Emulator, step: Json, path: str, lacks: str) -> None:
    """That it is empty can be seen; what it should be is news."""
    told = refused(server, step)
    assert list(told) == [f"flow[0].{path}"]
    assert told[f"flow[0].{path}"].startswith(lacks)


def test_a7_a_misspelt_member_is_named_where_the_right_one_is_missing(server: Emulator) -> None:
    """Not only when its case is wrong."""
    told = refused(server, sms({"message": {"bodi": "Hi"}}))
    assert told == {"flow[0].message.body": "is required; 'bodi' is spelled differently"}


def test_a7_a_place_in_a_text_is_told_once(server: Emulator) -> None:
    """One `at`."""
    answer = server.api("POST", "/failover", b'{"a": "x\n"}')
    assert answer.json()["developerMessage"] == "The body is not JSON: Invalid control character at line 1, column 9"


def test_a7_a_date_in_a_query_is_told_how_to_write_a_plus(server: Emulator) -> None:
    """A raw plus is a space in a query. Other offsets and plain dates are fine."""
    for good in ("2026-01-01T02:00:00%2B02:00", "2026-01-01", "2026-01-01T00:00Z", "2026-01-01T00:00-02:00"):
        assert server.api("POST", f"/failover/tracking?dateStart={good}").status == 200
        assert server.call("GET", f"/_emulator/journal?since={good}").status == 200
    raw = "2026-01-01T02:00:00+02:00"
    told = server.api("POST", f"/failover/tracking?dateStart={raw}").json()["properties"]["dateStart"]
    own = server.call("GET", f"/_emulator/journal?since={raw}").json()["detail"]
    for text in (told, own):
        assert "2026-01-01T02:00+02:00, or a date such as 2026-01-01; in a URL, + is written %2B" in text
    assert "%2B" not in server.api("POST", "/failover/tracking?dateStart=x").json()["properties"]["dateStart"]


def test_a8_an_event_url_beside_hangup_is_accepted(server: Emulator) -> None:
    """It is not used."""
    detection = {"strategy": "Hangup", "eventUrl": "https://app.example/machine"}
    assert echoed(server, voice({"machineDetection": detection}))["machineDetection"] == detection


FILE = {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://cdn.example/a.pdf"}


@pytest.mark.parametrize(
    ("message", "told"),
    [
        (
            {"text": "Hi", "imageUrl": "https://cdn.example/p.png"},
            {"007": "Invalid viber message type combination: flow[0].message can't have a text and an image without"},
        ),
        (
            {"viberFile": FILE | {"fileType": "exe"}},
            {"019": "Provided viber file is not valid: flow[0].message.viberFile"},
        ),
        (
            {"text": "Hi", "viberFile": FILE | {"fileName": "x" * 26}},
            {"007": "Invalid viber message type", "019": "Provided viber file is not valid: "},
        ),
    ],
)
def test_a8_neither_layouts_nor_files_that_viber_has_not_are_a_validation_error(
    server: Emulator, message: Json, told: dict[str, str]
) -> None:
    """They have numbers of their own, unless anything else is wrong too."""
    answer = server.api("POST", "/failover", {"flow": [viber() | {"message": message}]})
    body = answer.json()
    assert (answer.status, body["code"], list(body)) == (400, "400019000", ["code", "developerMessage", "errors"])
    for error, (number, words) in zip(body["errors"], told.items(), strict=True):
        assert (error["errorCode"], error["developerMessage"][: len(words)]) == (number, words)
    wrong = viber() | {"message": message, "order": -1}
    assert server.api("POST", "/failover", {"flow": [wrong]}).json()["code"] == "400000000"


def test_a9_each_callback_has_its_own_ladder(fresh: Emulator, hook: Receiver) -> None:
    """A dead receiver is tried with each callback when it is due, and with each again half a minute later."""
    hook.answer = lambda count: 500 if count <= 3 else 200
    fresh.send(SMS, callback=hook.url)
    fresh.advance(by="1m")
    assert attempts(fresh) == [
        *[(f"00:00:{second}Z", "refused") for second in ("00", "01", "03")],
        *[(f"00:00:{second}Z", "received") for second in ("30", "31", "33")],
    ]


def test_a9_first_attempts_keep_the_flow_s_order(fresh: Emulator, hook: Receiver) -> None:
    """Callbacks that are due at one time come one after another; one that is refused then comes after newer ones."""
    scenario(fresh, {"plan": {"Voice": [{"after": "0s", "status": each} for each in ("Initiated", "Ringing", "Busy")]}})
    hook.answer = lambda count: 500 if count == 2 else 200
    fresh.send(VOICE, callback=hook.url)
    fresh.advance(by="1m")
    came = [told(hook.next()) for _ in range(4)]
    assert came == ["InProgress Queued", "InProgress Ringing", "Failed Busy", "InProgress Initiated"]


def test_a10_texts_stand_for_numbers_and_booleans(server: Emulator) -> None:
    """As the provider's stack has it; the journal notes each."""
    text = sms({"ttl": "120", "order": " 1 ", "message": {"body": "Hi", "flash": "TRUE", "transcode": "false"}})
    step = echoed(server, text)
    assert (step["ttl"], step["order"]) == (120, 1)
    assert (step["message"]["flash"], step["message"]["transcode"]) == (True, False)
    note = server.newest()["data"]["note"]
    assert note == (
        "flow[0].ttl is a text and was read as 120; flow[0].order is a text and was read as 1; flow[0].message.flash "
        "is a text and was read as true; flow[0].message.transcode is a text and was read as false"
    )
    assert echoed(server, viber({"ttl": "2.5", "expireOnDelivery": "True"}))["ttl"] == 2.5
    spoken = voice({"dialPlan.verbs": [play({"repeat": "-1", "bargeIn": "true"})]})
    assert echoed(server, spoken)["dialPlans"][0]["verbs"][0]["repeat"] == -1
    shortened = sms({"urlShortener": {"urlValidity": "3600"}})
    assert echoed(server, shortened)["urlShortener"] == {"urlValidity": 3600}
    assert refused(server, sms({"ttl": "2h", "message.flash": "yes"})) == {
        "flow[0].message.flash": "must be true or false; found 'yes'",
        "flow[0].ttl": "must be a whole number; found '2h'",
    }


def test_a10_a_recipient_s_number_may_lack_its_plus(server: Emulator) -> None:
    """It is answered with the plus; the journal notes it. One that can't be international is refused."""
    for step in (sms({"to": "306912345678"}), viber({"to": "306912345678"}), voice({"to": "306912345678"})):
        assert echoed(server, step)["to"] == "+306912345678"
        assert server.newest()["data"]["note"] == "flow[0].to has no + and was read as +306912345678"
    assert echoed(server, voice({"to": {"viber": "306912345678"}}))["to"] == {"viber": "+306912345678"}
    for national in ("06912345678", "2101234567"):
        assert f"found '{national}'" in refused(server, sms({"to": national}))["flow[0].to"]


MISSPELT = sms(
    {"failoverOnStatus": ["Failed"], "TTL": 5, "message.lable": "x", "accountId": 7, "expireOnDelivery": False}
)


IGNORED = (
    "flow[0].message.lable is not known here and ignored; did you mean 'label'?",
    "flow[0].failoverOnStatus is not known here and ignored; did you mean 'failoverOnStatuses'?",
    "flow[0].TTL is not known here and ignored; did you mean 'ttl'?",
    "flow[0].accountId is not known here and ignored",
)


def test_a11_members_that_nobody_knows_are_ignored_and_named(server: Emulator) -> None:
    """In the journal, with what may have been meant; empty ones, as some clients send, are not worth a word."""
    assert echoed(server, MISSPELT)["ttl"] == 1200
    entry = server.newest()
    assert entry["data"]["note"] == "; ".join(IGNORED)
    assert "did you mean 'failoverOnStatuses'?" in entry["text"]
    assert post(server, sms({"senderInfoTrackingId": "", "dialPlan": {"verbs": []}}), calback={}).status == 200
    assert "note" not in server.newest()["data"]
    assert post(server, sms(), callbak={"url": "http://a/"}).status == 200
    assert server.newest()["data"]["note"] == "callbak is not known here and ignored; did you mean 'callback'?"
    assert post(server, sms({f"odd{number}": 1 for number in range(15)})).status == 200
    assert server.newest()["data"]["note"].endswith("; 5 more such remarks")


def test_a11_explain_names_them_too(tmp_path: Path) -> None:
    """On the command line, in words and as JSON."""
    file = tmp_path / "request.json"
    file.write_text(json.dumps({"flow": [MISSPELT]}))
    assert json.loads(run("explain", str(file), "--json").stdout)["remarks"] == list(IGNORED)
    assert f"note: {IGNORED[3]}" in " ".join(run("explain", str(file)).stdout.split())


@pytest.mark.parametrize("to", ["+306900000100", "+3069000", "+88312345678", "+99912345678"])
def test_a12_what_has_a_type_is_always_there(fresh: Emulator, hook: Receiver, to: str) -> None:
    """Operator, country, latency and duration, from the first callback on, whatever the number."""
    long_form = VOICE | {"to": {"sip": "1111@pbx.example"}}
    for step in (SMS, VIBER, VOICE):
        fresh.send(step | {"to": to}, callback=hook.url)
    fresh.send(long_form, callback=hook.url)
    fresh.advance(until="idle")
    wanted: dict[str, dict[str, type]] = {
        "Sms": {"country": str, "operator": str, "latency": int},
        "Viber": {"country": str},
    }
    wanted["Voice"] = {"country": str, "duration": int}
    for post in (hook.next() for _ in range(hook.count)):
        for message in post["messages"]:
            types = {name: type(message.get(name)) for name in wanted[message["type"]]}
            assert types == wanted[message["type"]]
            assert len(message["country"]) == 2
            assert message.get("operator") != ""


def test_a12_latency_is_0_until_an_sms_is_delivered(fresh: Emulator, hook: Receiver) -> None:
    """So is a call's duration until it has ended."""
    fresh.send(SMS, callback=hook.url)
    fresh.advance(until="idle")
    assert [hook.next()["messages"][0]["latency"] for _ in range(3)] == [0, 0, 3]
    fresh.send(VOICE, callback=hook.url)
    fresh.advance(until="idle")
    assert [hook.next()["messages"][0]["duration"] for _ in range(5)] == [0, 0, 0, 0, 1]


@pytest.mark.parametrize("statuses", [["Failed", ""], "Failed,", ["Failed", " ", None], ",failed"])
def test_a13_empty_statuses_count_as_absent(server: Emulator, statuses: object) -> None:
    """In a list as in a text with commas."""
    assert echoed(server, sms({"failoverOnStatuses": statuses}))["failoverOnStatuses"] == ["Failed"]


def test_a13_a_slash_at_the_end_of_a_path_does_not_matter(server: Emulator) -> None:
    """For none of the provider's calls."""
    answer = server.api("POST", "/failover/", {"flow": [sms()]})
    assert answer.status == 200
    flow = answer.json()["trackingId"]
    assert server.api("GET", f"/failover/tracking/{flow}/").json()["trackingId"] == flow
    assert server.api("POST", "/failover/tracking/").status == 200
    assert server.api("GET", "/failover/tracking/").json()["property"] == "trackingId"
    assert token(server, path="/oauth/token/").status == 200


def test_a13_slashes_beside_each_other_are_one(server: Emulator) -> None:
    """A public Java client puts the host, with a slash at its end, before paths that begin with one."""
    answer = server.api("POST", "//failover", {"flow": [sms()]})
    assert answer.status == 200
    flow = answer.json()["trackingId"]
    assert server.api("GET", f"//failover///tracking//{flow}").json()["trackingId"] == flow
    assert token(server, path="//oauth//token").status == 200
    assert server.api("GET", "//_emulator//flows").status == 404


def test_a13_a_token_for_everything_has_all_that_the_provider_s_have(server: Emulator) -> None:
    """Another one has no role beside those of its scopes."""
    given, some = token(server).json(), token(server, "grant_type=client_credentials&scope=sms").json()
    assert given["scope"].split()[-1] == "application_security"
    assert given["permissions"][-2:] == ["MT_ROLE_APPLICATION_SECURITY", "MT_ROLE_PRICING_PACKAGES"]
    assert some["permissions"] == ["MT_ROLE_SMS"]


@pytest.mark.parametrize(
    ("asked", "given"),
    [
        ("scope=all", None),
        ("scope=sms&scope=failover", "sms failover"),
        ("scope=failover%20sms&scope=", "sms failover"),
    ],
)
def test_a13_all_scopes_may_be_asked_for_and_scope_may_come_twice(
    server: Emulator, asked: str, given: str | None
) -> None:
    """In the form, and in the query."""
    whole = token(server).json()["scope"]
    assert token(server, f"grant_type=client_credentials&{asked}").json()["scope"] == (given or whole)
    path = f"/oauth/token?grant_type=client_credentials&{asked}"
    assert token(server, "", path=path).json()["scope"] == (given or whole)


def test_a14_single_parts_of_a_long_sms_can_fail(fresh: Emulator, hook: Receiver) -> None:
    """Each part has its own status; the step is delivered when all of its parts are."""
    scenario(fresh, {"plan": {"Sms": {"parts": {"2": "Undelivered"}}}})
    long, short = ({**SMS, "message": {"body": "x" * size}} for size in (400, 10))
    flow = fresh.send(long, VIBER, callback=hook.url, strategy="OnCompletion")
    fresh.send(short)
    fresh.advance(until="idle")
    ended = hook.next()
    assert ended["messages"] == tracked(fresh, flow)["messages"]
    assert told(ended) == "Succeeded Delivered Undelivered Delivered DELIVERED"
    assert [message["reason"]["detailedStatus"] for message in (each["status"] for each in ended["messages"])] == [
        "Delivered",
        "Undelivered on Handset",
        "Delivered",
        "Delivered",
    ]
    other, _ = fresh.api("POST", "/failover/tracking").json()["content"]
    assert told(other) == "Succeeded Delivered"
    texts = [entry["text"] for entry in fresh.journal(flow) if entry["kind"] == "status"]
    assert any("part 2 is Undelivered" in text for text in texts)


@pytest.mark.parametrize(
    ("outcome", "wanted"),
    [
        ({"parts": {}}, "a map of parts and their statuses"),
        ({"parts": {"0": "Failed"}}, "a part is a number from 1"),
        ({"parts": {"2": "Delivered"}}, "must be Undelivered, Failed or Unsent"),
        ({"parts": {"2": "Failed"}, "plan": "Failed"}, "a way to Delivered"),
    ],
)
def test_a14_parts_that_make_no_sense_are_refused(fresh: Emulator, outcome: Any, wanted: str) -> None:
    """With what would be right."""
    body = {"scenario": {"purpose": "A test.", "rules": [{"plan": {"Sms": outcome}}]}}
    answer = fresh.call("POST", "/_emulator/scenario", json.dumps(body).encode())
    assert (answer.status, wanted in answer.body.decode()) == (400, True)


def token(
    server: Emulator,
    body: str = "grant_type=client_credentials",
    pair: str = "app:secret",
    path: str = "/oauth/token",
) -> Answer:
    """The answer to a token request."""
    basic = base64.b64encode(pair.encode()).decode()
    headers = {"Authorization": f"Basic {basic}", "Content-Type": "application/x-www-form-urlencoded"}
    return server.call("POST", path, body.encode(), headers)


@pytest.mark.parametrize(
    ("method", "path", "more"),
    [
        ("POST", "/viber/campaign", "; the provider has it, but it is not emulated"),
        ("GET", "/accounts/me/banks", "; the provider has it, but it is not emulated"),
        (
            "GET",
            "/viber/tracking/campaign/3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10",
            "; the provider has it, but it is not emulated",
        ),
        ("POST", "/viber/session", "; the provider has it, but it is not emulated"),
        ("POST", "/sms/analyse", "; did you mean '/sms/analyze'?"),
        ("POST", "/failovr", "; did you mean '/failover'?"),
        ("POST", "/oauth/tokens", "; did you mean '/oauth/token'?"),
        ("GET", "/nothing/here", ""),
    ],
)
def test_a15_a_call_to_an_unknown_path_leaves_a_trace(server: Emulator, method: str, path: str, more: str) -> None:
    """In the journal and among the requests, under its application; the answer is that of the provider's framework."""
    answer = server.api(method, path, {} if method == "POST" else None)
    said = f"There is nothing at {path}{more}"
    assert answer.status == 404
    assert answer.json() == {
        "timestamp": "2026-01-01T00:00:00.000+0000",
        "status": 404,
        "error": "Not Found",
        "message": said,
        "path": path,
    }
    for entries in (server.journal(), server.call("GET", "/_emulator/requests").json()["requests"]):
        entry = entries[-1]
        assert (entry["kind"], entry["application"]) == ("refused", "app")
        assert entry["text"] == f"{method} {path} 404 {said}"


def test_a15_so_do_wrong_methods_and_refused_trackings(server: Emulator) -> None:
    """Whatever is refused can be read afterwards, by everybody who may read the journal."""
    for method, path, status in (
        ("PUT", "/failover", 500),
        ("GET", "/failover/tracking/none", 404),
        ("POST", "/failover/tracking?page=x", 400),
    ):
        assert server.api(method, path, [] if method == "POST" else None).status == status
        entry = server.newest()
        assert (entry["data"]["method"], entry["data"]["status"]) == (method, status)
    assert server.call("GET", "/failover/tracking/none").status == 401
    assert (server.newest()["application"], server.newest()["data"]["status"]) == (None, 401)
    before = len(server.journal())
    assert server.call("GET", "/_emulator/nothing").status == 404
    assert len(server.journal()) == before


def test_a15_the_log_names_it_too(tmp_path: Path) -> None:
    """With the same words."""
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        server.call("POST", "/viber/campaign", b"{}")
        server.stop()
    told = (tmp_path / "log").read_text()
    words = "There is nothing at /viber/campaign; the provider has it, but it is not emulated"
    assert f"POST /viber/campaign 404 {words}" in told


def packed(server: Emulator, body: bytes, encoding: str, path: str = "/failover") -> Answer:
    """The answer to a request whose body is in this encoding."""
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    return server.call("POST", path, body, headers | {"Authorization": f"Bearer {server.token()}"})


BODY = json.dumps({"flow": [sms()]}).encode()


RAW = zlib.compressobj(wbits=-15)


PACKED = {
    "gzip": gzip.compress(BODY),
    "x-gzip": gzip.compress(BODY[:9]) + gzip.compress(BODY[9:]),
    "GZIP": gzip.compress(BODY),
    "deflate": zlib.compress(BODY),
    " Deflate ": RAW.compress(BODY) + RAW.flush(),
    "deflate, gzip": gzip.compress(zlib.compress(BODY)),
    "identity": BODY,
    "": BODY,
}


@pytest.mark.parametrize("encoding", PACKED)
def test_a17_gzip_and_deflate_are_read(server: Emulator, encoding: str) -> None:
    """Also in several members, with or without a head, one within the other; the journal has the plain body."""
    assert packed(server, PACKED[encoding], encoding).status == 200
    assert server.newest()["data"]["body"] == json.loads(BODY)


def test_a17_every_call_with_a_body_reads_them(server: Emulator) -> None:
    """Tracking, tokens, and the emulator's own."""
    filters = gzip.compress(b'[{"fieldName": "type", "searchTerm": "Sms"}]')
    assert packed(server, filters, "gzip", "/failover/tracking").status == 200
    form = gzip.compress(b"grant_type=client_credentials&scope=sms&client_id=a&client_secret=b")
    answer = server.call("POST", "/oauth/token", form, {"Content-Encoding": "gzip"})
    assert answer.json()["scope"] == "sms"
    assert packed(server, gzip.compress(b'{"until": "next"}'), "gzip", "/_emulator/clock/advance").status == 200


@pytest.mark.parametrize("path", ["/failover", "/failover/tracking", "/oauth/token", "/_emulator/clock/advance"])
def test_a17_other_encodings_and_broken_bodies_are_refused(server: Emulator, path: str) -> None:
    """415 for an encoding that is not known, 400 for a body that is not written in it."""
    answer = packed(server, b"x", "br", path)
    assert answer.status == 415
    assert "Content-Encoding must be gzip or deflate, or missing; it is br" in answer.body.decode()
    for body in (BODY, PACKED["gzip"][:-5], PACKED["gzip"] + b"x"):
        answer = packed(server, body, "gzip", path)
        assert answer.status == 400
        assert "The body is not gzip" in answer.body.decode()


@pytest.mark.parametrize("encoding", ["gzip", "gzip, gzip"])
def test_a17_no_body_unpacks_beyond_the_limit(server: Emulator, encoding: str) -> None:
    """A small one that would be large is refused as a large one is, whether it is packed once or twice."""
    bomb = gzip.compress(b" " * 50_000_000)
    bomb = gzip.compress(bomb) if "," in encoding else bomb
    for path in ("/failover", "/oauth/token", "/_emulator/clock/advance"):
        answer = packed(server, bomb, encoding, path)
        assert answer.status == 400
        assert "at most 1048576 bytes; it has more" in answer.body.decode()


def test_a18_basic_credentials_may_be_percent_encoded(tmp_path: Path) -> None:
    """As RFC 6749 (2.3.1) has them; those that are right as they stand are not decoded."""
    file = tmp_path / "credentials.json"
    file.write_text(json.dumps({"my app": {"secret": "a+b/c:%"}, "50%25": {"secret": "plain%41"}}))
    with emulator("--rate", "0", "--credentials", str(file)) as strict:
        assert token(strict, pair="my app:a+b/c:%").status == 200
        assert token(strict, pair="my%20app:a%2Bb%2Fc%3A%25").status == 200
        assert token(strict, pair="my+app:a%2bb%2Fc%3A%25").status == 200
        assert token(strict, pair="50%25:plain%41").status == 200
        assert token(strict, pair="my%20app:wrong").status == 401
        assert token(strict, pair="%:%").status == 401


@pytest.mark.parametrize("path", ["/failover", "/failover/tracking"])
def test_a18_basic_credentials_instead_of_a_token_are_told_as_the_provider_does(server: Emulator, path: str) -> None:
    """With the body of the token's own refusals, and the path that was called."""
    answer = server.call("POST", path, b"[]", {"Authorization": "Basic YXBwOnNlY3JldA=="})
    told = answer.json()
    assert (answer.status, told["path"]) == (401, path)
    assert (told["error"], told["message"]) == ("Unauthorized", "Bad credentials")


def test_a19_no_cache_keeps_a_token(server: Emulator) -> None:
    """Nor the refusal of one (RFC 6749, 5.1)."""
    for answer in (token(server), token(server, "grant_type=x"), token(server, pair=":")):
        assert (answer.headers["cache-control"], answer.headers["pragma"]) == ("no-store", "no-cache")


@pytest.mark.parametrize(
    ("make", "member", "most"),
    [
        (viber, "message.text", 1000),
        (viber, "label", 350),
        (sms, "message.label", 350),
        (viber, "message.action.caption", 30),
    ],
)
def test_a20_lengths_are_counted_in_utf_16_units(server: Emulator, make: Any, member: str, most: int) -> None:
    """An emoji counts as two, as in the provider's Java, however it is escaped."""
    beside = {"message.action": {"caption": "", "targetUrl": "https://a/"}} if member.endswith("caption") else {}
    good, bad = ({**beside, member: "\U0001f600" * count} for count in (most // 2, most // 2 + 1))
    assert post(server, make(good)).status == 200
    assert refused(server, make(bad)) == {
        f"flow[0].{member}": f"must have at most {most} characters; it has {most + 2}, since letters such as emoji "
        "count as two"
    }
    raw = json.dumps({"flow": [make(bad)]}, ensure_ascii=False).encode()
    assert server.api("POST", "/failover", raw).status == 400
    assert post(server, make({**beside, member: "\u03a9" * most})).status == 200
