"""The check of a customer's receiver: what it posts, and how it judges the answers of real ones on real sockets."""

from __future__ import annotations

import itertools
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from socketserver import BaseRequestHandler, ThreadingTCPServer
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from emulator.callbacks import destination
from emulator.callbacks.destination import TargetError
from emulator.testing.webhook_check.cases import Case, cases
from emulator.testing.webhook_check.verdict import Verdict, check, junit, table
from tests.support.running import PATIENCE, Receiver, receiver

STATUSES = {
    "Sms": ["Queued", "Sent", "Delivered", "Undelivered", "Failed", "Unsent"],
    "Viber": ["QUEUED", "DELIVERED", "SEEN", "UNDELIVERED", "EXPIRED", "FAILED", "UNSENT"],
    "Voice": [
        *("Queued", "Initiated", "Ringing", "InProgress", "Completed", "Busy", "NoAnswer"),
        *("Failed", "Unknown", "Unsent", "Terminated"),
    ],
}
REPEATED = "counts only 200 as received and would repeat this callback 12 times in 24 h"


@pytest.fixture(autouse=True)
def outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """No container, wherever the tests run."""
    monkeypatch.setattr(destination, "in_container", lambda: False)


@pytest.fixture
def hook() -> Iterator[Receiver]:
    """A receiver that answers 200."""
    with receiver() as made:
        yield made


def case(name: str) -> Case:
    """The case of this name."""
    return next(each for each in cases() if each.name == name)


def told(name: str) -> list[Any]:
    """The bodies of a case, decoded."""
    return [json.loads(body) for body in case(name).bodies]


def statuses(body: Any) -> list[str]:
    """The statuses of a callback's messages."""
    return [message["status"]["name"] for message in body["messages"]]


def bad(verdicts: list[Verdict]) -> dict[str, str]:
    """Why each case that is not good is not."""
    return {verdict.case: verdict.why for verdict in verdicts if not verdict.good}


def printed(verdicts: list[Verdict]) -> str:
    """The table as text."""
    console = Console(width=200)
    with console.capture() as captured:
        console.print(table(verdicts))
    return captured.get()


# --- what is posted ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("channel", "status"), [(each, status) for each in STATUSES for status in STATUSES[each]])
def test_each_status_of_each_channel_has_a_case(channel: str, status: str) -> None:
    """One callback of a flow with one step."""
    [body] = told(f"{channel} {status}")
    assert [(each["type"], each["status"]["name"]) for each in body["messages"]] == [(channel, status)]


def test_cases_are_the_same_each_time() -> None:
    """Their bodies too, byte by byte; and names are unique."""
    assert cases() == cases()
    assert len({each.name for each in cases()}) == len(cases())


def test_each_case_has_a_flow_of_its_own() -> None:
    """So that none is spoilt by what a receiver remembers of another."""
    flows = [{json.loads(body)["trackingId"] for body in each.bodies} for each in cases()]
    assert all(len(each) == 1 for each in flows)
    assert len(set[str]().union(*flows)) == len(flows)


@pytest.mark.parametrize("code", ["0", "1", "2", "3"])
def test_each_status_code_has_a_case(code: str) -> None:
    """A flow that failed with it."""
    [body] = told(f"statusCode {code}")
    assert (body["status"], body["statusCode"]) == ("Failed", code)


def test_a_failover_is_told_step_by_step() -> None:
    """Under OnStep: Viber tried, Viber failed, Sms sent, Sms delivered."""
    bodies = told("failover OnStep")
    assert [statuses(body) for body in bodies] == [
        ["QUEUED"],
        ["UNDELIVERED", "Queued"],
        ["UNDELIVERED", "Sent"],
        ["UNDELIVERED", "Delivered"],
    ]
    assert [body["status"] for body in bodies] == ["InProgress"] * 3 + ["Succeeded"]


def test_a_failover_is_told_at_its_end() -> None:
    """Once, under OnCompletion."""
    [body] = told("failover OnCompletion")
    assert (statuses(body), body["terminationChannel"]) == (["UNDELIVERED", "Delivered"], "Sms")


def test_a_long_sms_has_several_parts() -> None:
    """One message for each, all with one messageId."""
    [body] = told("Sms in parts")
    assert [(each["part"], each["parts"]) for each in body["messages"]] == [(1, 3), (2, 3), (3, 3)]
    assert len({each["messageId"] for each in body["messages"]}) == 1


def test_a_viber_message_that_is_not_seen_says_when_it_expired() -> None:
    """Its expiredOnDeliveryAt is null, and then a time."""
    _, delivered, expired = (body["messages"][0]["expiredOnDeliveryAt"] for body in told("Viber not seen"))
    assert delivered is None
    assert expired.endswith("Z")


def test_a_viber_message_has_a_button() -> None:
    """And an image."""
    [body] = told("Viber with a button")
    assert {"imageUrl", "action"} < set(body["messages"][0]["body"])


def test_a_late_report_comes_after_the_end() -> None:
    """The flow is over with DELIVERED; then comes SEEN."""
    _, ended, late = told("late report")
    assert (ended["status"], statuses(ended), statuses(late)) == ("Succeeded", ["DELIVERED"], ["SEEN"])


def test_callbacks_out_of_order_have_the_later_one_first() -> None:
    """Of the same flow."""
    late, early = told("out of order")
    assert late["updatedAt"] > early["updatedAt"]


@pytest.mark.parametrize("name", ["duplicate", "retry"])
def test_a_repeated_callback_is_the_same_bytes(name: str) -> None:
    """Twice."""
    first, second = case(name).bodies
    assert first == second


# --- how it is judged -------------------------------------------------------------------------------------------


def test_flows_with_templates_have_the_cases_of_flows() -> None:
    """Each body says of which kind its flow is; two cases are of free-form messages alone."""
    names = {each.name for each in cases()} - {"Viber with a button", "Viber not seen"}
    assert {each.name for each in cases("transactional")} == names
    told = [json.loads(body) for each in cases("transactional") for body in each.bodies]
    assert {each["flowKind"] for each in told} == {"transactional"}
    viber = [message for each in told for message in each["messages"] if message["type"] == "Viber"]
    assert viber
    assert all("templateId" in each and "body" not in each for each in viber)


def test_a_receiver_that_answers_200_is_good_in_all_cases(hook: Receiver) -> None:
    """It gets every body as JSON, in order."""
    verdicts = check(hook.url)
    assert bad(verdicts) == {}
    assert {(verdict.status, verdict.why) for verdict in verdicts} == {(200, "received")}
    assert [verdict.case for verdict in verdicts] == [each.name for each in cases()]
    for body in itertools.chain.from_iterable(each.bodies for each in cases()):
        path, headers, posted = hook.next_post()
        assert (path, headers["content-type"], posted) == ("/hook", "application/json", body)
    assert hook.empty()


def test_a_receiver_that_answers_204_is_bad_in_all_cases(hook: Receiver) -> None:
    """The provider counts only 200."""
    hook.answer = lambda _: 204
    verdicts = check(hook.url)
    assert [verdict.good for verdict in verdicts] == [False] * len(cases())
    assert (verdicts[0].status, verdicts[0].why) == (204, f"answered 204; the provider {REPEATED}")
    assert bad(verdicts)["duplicate"].startswith("post 1 of 2: answered 204")


def test_a_redirect_is_not_followed(hook: Receiver) -> None:
    """It is bad, and nothing else is asked for."""
    hook.answer = lambda _: 302
    verdicts = check(hook.url)
    assert hook.count == sum(len(each.bodies) for each in cases())
    assert verdicts[0].why == f"answered 302; the provider follows no redirects, {REPEATED}"


def test_a_receiver_that_refuses_what_it_has_seen_fails_the_repeated_ones(hook: Receiver) -> None:
    """And no other case."""
    hook.judge = lambda _, seen: 200 if seen == 1 else 409
    verdicts = check(hook.url)
    assert set(bad(verdicts)) == {"duplicate", "retry"}
    assert bad(verdicts)["retry"] == f"post 2 of 2: answered 409; the provider {REPEATED}"


def test_a_receiver_that_refuses_older_callbacks_fails_the_disordered_ones(hook: Receiver) -> None:
    """And no other case."""
    newest: dict[str, str] = {}

    def judge(body: bytes, _: int) -> int:
        flow = json.loads(body)
        before = newest.setdefault(flow["trackingId"], flow["updatedAt"])
        return 200 if flow["updatedAt"] >= before else 422

    hook.judge = judge
    assert set(bad(check(hook.url))) == {"out of order"}


def test_the_first_answer_of_a_retry_does_not_count(hook: Receiver) -> None:
    """It came too late, as far as the provider knows."""
    retried = case("retry").bodies[0]
    hook.judge = lambda body, seen: 500 if body == retried and seen == 1 else 200
    assert bad(check(hook.url)) == {}


def test_a_slow_receiver_is_bad(hook: Receiver) -> None:
    """It is not waited for longer than the provider would."""
    [slow] = case("Sms in parts").bodies
    released = threading.Event()

    def judge(body: bytes, _: int) -> int:
        if body == slow:
            released.wait(PATIENCE)
        return 200

    hook.judge = judge
    verdicts = check(hook.url, timeout=0.2)
    released.set()
    [late] = [verdict for verdict in verdicts if verdict.case == "Sms in parts"]
    assert (late.status, late.good, 200 <= late.ms < 5000) == (None, False, True)
    assert late.why == f"no answer within 0.2 s; the provider {REPEATED}"


def test_an_answer_counts_from_its_status_on() -> None:
    """B2: whether its body ever ends is not asked."""
    with answering(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nso far") as port:
        verdicts = check(f"http://127.0.0.1:{port}/")
    assert bad(verdicts) == {}


# --- receivers that can't be reached ----------------------------------------------------------------------------


def test_a_receiver_that_is_not_there_is_told_once() -> None:
    """All cases are bad, the reason stands in the first."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    verdicts = check(f"http://127.0.0.1:{port}/hook")
    assert [verdict.good for verdict in verdicts] == [False] * len(cases())
    assert verdicts[0].why == f"nothing listens on port {port} of 127.0.0.1; the provider {REPEATED}"
    assert {verdict.why for verdict in verdicts[1:]} == {"not tried: the receiver can't be reached"}
    assert printed(verdicts).count("not tried") == 1


def test_an_ipv6_address_is_told_as_the_host() -> None:
    """As an address of another kind."""
    assert check("http://[::1]:9/")[0].why.startswith("nothing listens on port 9 of ::1;")


def test_a_name_that_does_not_resolve_is_told() -> None:
    """In words."""
    why = check("http://nobody.invalid/hook")[0].why
    assert why.startswith("the name nobody.invalid means nothing here; ")
    assert why.endswith(f"; the provider {REPEATED}")


@contextmanager
def answering(answer: bytes) -> Iterator[int]:
    """The port of a server that gives these bytes to whoever connects, whatever is asked."""

    class Handler(BaseRequestHandler):
        def handle(self) -> None:
            with suppress(OSError):
                self.request.sendall(answer)
                self.request.shutdown(socket.SHUT_WR)
                while self.request.recv(65_536):
                    pass

    with ThreadingTCPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


@pytest.mark.parametrize(
    ("scheme", "answer", "expected"),
    [
        ("http", b"", "the connection was closed without an answer"),
        ("http", b"\x00\x01 what?\r\n", "what came back is no HTTP answer"),
        ("https", b"HTTP/1.1 400 Bad Request\r\n\r\n", "127.0.0.1:{} does not speak TLS; is it http instead of https?"),
    ],
)
def test_what_is_no_receiver_is_told(scheme: str, answer: bytes, expected: str) -> None:
    """In words."""
    with answering(answer) as port:
        verdicts = check(f"{scheme}://127.0.0.1:{port}/")
    assert not any(verdict.good for verdict in verdicts)
    assert verdicts[0].why == f"{expected.format(port)}; the provider {REPEATED}"


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/", "127.0.0.1:80", "http:///hook", "http://a:b/", "http://a..b/"])
def test_what_is_no_url_is_refused(url: str) -> None:
    """Before anything is posted."""
    with pytest.raises(TargetError, match="is no"):
        check(url)


def test_path_query_and_password_of_the_url_are_used(hook: Receiver) -> None:
    """As the emulator itself does."""
    check(hook.url.replace("//", "//me:p%40ss@").replace("/hook", "/a b?key=1"))
    path, headers, _ = hook.next_post()
    assert (path, headers["authorization"]) == ("/a%20b?key=1", "Basic bWU6cEBzcw==")


# --- how it is shown --------------------------------------------------------------------------------------------


def some(change: Callable[[int], int]) -> list[Verdict]:
    """The verdicts on a receiver whose answer depends on the number of the post."""
    with receiver() as made:
        made.answer = change
        return check(made.url)


def test_junit_counts_and_tells_each_failure() -> None:
    """Read back with a parser of its own."""
    root = ET.fromstring(junit(some(lambda number: 500 if number <= 3 else 200)))
    [suite] = root
    total = str(len(cases()))
    assert [(each.get("tests"), each.get("failures"), each.get("errors")) for each in (root, suite)] == [
        (total, "3", "0"),
        (total, "3", "0"),
    ]
    assert [each.get("name") for each in suite] == [each.name for each in cases()]
    assert all(float(str(each.get("time"))) >= 0 for each in suite)
    failures = suite.findall("testcase/failure")
    assert [(each.get("message"), each.text) for each in failures] == [
        (f"answered 500; the provider {REPEATED}", each.purpose) for each in cases()[:3]
    ]


def test_the_table_has_a_row_for_each_case_and_a_count() -> None:
    """The same reason is told once."""
    shown = printed(some(lambda number: 500 if number <= 3 else 200))
    assert all(f" {each.name} " in shown for each in cases())
    assert shown.count("would repeat") == 1
    assert shown.count("as Sms Queued") == 2
    assert f"{len(cases()) - 3} of {len(cases())} cases received" in shown


def test_an_address_in_brackets_is_no_markup() -> None:
    """A reason may hold anything."""
    assert "[::1]" in printed([Verdict("a", "b", None, 1, good=False, why="no connection to [::1]")])


def test_single_messages_have_cases_of_their_own() -> None:
    """Each status, part by part, doubled and out of order; the same each time."""
    made = {each.name: [json.loads(body) for body in each.bodies] for each in cases("sms")}
    assert made == {each.name: [json.loads(body) for body in each.bodies] for each in cases("sms")}
    assert [made[f"Sms {status}"][0]["status"]["name"] for status in STATUSES["Sms"]] == STATUSES["Sms"]
    assert [each["status"]["name"] for each in made["OnChange"]] == ["Queued", "Sent", "Delivered"]
    assert [each["status"]["name"] for each in made["OnCompletion"]] == ["Delivered"]
    assert [(each["part"], each["parts"]) for each in made["parts"]] == [(1, 3), (2, 3), (3, 3)]
    assert [each["status"]["name"] for each in made["out of order"]] == ["Delivered", "Sent"]
    assert made["duplicate"][0] == made["duplicate"][1]


@pytest.mark.parametrize(("endpoint", "channel"), [("viber", "Viber"), ("voice", "Voice")])
def test_viber_messages_and_calls_have_cases_too(endpoint: str, channel: str) -> None:
    """Each status, in the shape of their own service; the same each time."""
    made = {each.name: [json.loads(body) for body in each.bodies] for each in cases(endpoint)}
    assert cases(endpoint) == cases(endpoint)
    assert [made[f"{channel} {each}"][0]["status"]["name"] for each in STATUSES[channel]] == STATUSES[channel]
    first, *_, last = [each["status"]["name"] for each in made["OnChange"]]
    assert (first, last) == (STATUSES[channel][0], {"Viber": "DELIVERED", "Voice": "Completed"}[channel])
    assert ("OnCompletion" in made) is (channel == "Voice")
    assert {each["originatingService"] for bodies in made.values() for each in bodies} == {channel}
    assert made["out of order"][0]["status"]["name"] == last


def test_codes_have_a_case_for_each_end() -> None:
    """With the members that the provider documents; the same each time."""
    made = {each.name: [json.loads(body) for body in each.bodies] for each in cases("2step")}
    assert cases("2step") == cases("2step")
    ends = ("Verified", "Failed", "Cancelled", "Expired")
    assert [made[f"2step {end}"][0]["status"] for end in ends] == list(ends)
    members = ["applicationId", "trackingId", "recipient", "status", "updatedAt"]
    assert all(list(each) == members for bodies in made.values() for each in bodies)
    assert made["duplicate"] == made["retry"] == [made["2step Verified"][0]] * 2


def test_passwords_have_a_case_for_each_story_that_is_told() -> None:
    """Each status but those of a start, each statusCode, and how one channel follows another; nothing twice."""
    made = {each.name: [json.loads(body) for body in each.bodies] for each in cases("otp")}
    assert cases("otp") == cases("otp")
    told = {name: body["steps"][0]["status"] for name, (body, *_) in made.items()}
    for channel, first in (("Sms", "Queued"), ("Viber", "QUEUED")):
        expected = [each for each in STATUSES[channel] if each != first]
        assert [told[f"{channel} {each}"] for each in expected] == expected
        assert f"{channel} {first}" not in made
    assert [[step["status"] for step in body["steps"]] for body in made["failover"]] == [
        ["EXPIRED", "queued"],
        ["EXPIRED", "Sent"],
        ["EXPIRED", "Delivered"],
    ]
    assert [made[f"statusCode {code}"][-1]["statusCode"] for code in (0, 1, 2)] == [0, 1, 2]
    assert len({body["flowId"] for bodies in made.values() for body in bodies}) == len(made)


def test_any_2xx_is_good_for_passwords_and_nothing_is_repeated(hook: Receiver) -> None:
    """As that service has it; the verdict on another status says so."""
    hook.answer = lambda _: 204
    assert all(each.good for each in check(hook.url, endpoint="otp"))
    hook.answer = lambda _: 302
    why = check(hook.url, endpoint="otp")[0].why
    counts = "counts only 2xx as received and would not repeat this callback"
    assert why == f"answered 302; the provider follows no redirects, {counts}"


@pytest.mark.parametrize(
    ("endpoint", "member"),
    [
        ("otp", "flowId"),
        ("sms", "smsId"),
        ("viber", "trackingId"),
        ("voice", "conversationTrackingId"),
        ("2step", "recipient"),
    ],
)
def test_a_receiver_of_single_messages_is_checked(hook: Receiver, endpoint: str, member: str) -> None:
    """With the bodies of that endpoint and nothing else."""
    verdicts = check(hook.url, endpoint=endpoint)
    assert all(each.good for each in verdicts)
    assert len(verdicts) == len(cases(endpoint))
    assert member in hook.next()
