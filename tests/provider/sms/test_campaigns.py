"""Campaigns, over real sockets."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.running import Emulator, emulator, receiver

TO = ["306911111111", "+306922222222", "+306911111111"]
CAMPAIGN: dict[str, Any] = {"body": "Parcel is ready", "from": "Shop", "to": TO}
OPTIONS = ("--rate", "0", "--seed", "campaigns", "--token-lifetime", "631139040")


@pytest.fixture(scope="module")
def server() -> Iterator[Emulator]:
    """An emulator whose clock stands still."""
    with emulator(*OPTIONS) as running:
        yield running


def campaign(server: Emulator, **more: Any) -> Any:
    """A campaign that was accepted."""
    answer = server.api("POST", "/sms/campaign", CAMPAIGN | more)
    assert answer.status == 200, answer.body
    return answer.json()


def test_each_recipient_gets_a_message_once(server: Emulator) -> None:
    """Whose callbacks and trackings name the campaign."""
    with receiver() as hook:
        made = campaign(server, campaignName="Spring 1", callback={"url": hook.url})
        server.advance(until="idle")
        posts = [hook.next() for _ in range(6)]
        assert {post["campaignTrackingId"] for post in posts} == {made["trackingId"]}
        assert {post["campaignName"] for post in posts} == {"Spring 1"}
        assert len({post["messageId"] for post in posts}) == made["smsAnalysis"]["numberOfRecipients"] == 2
    page = server.api("GET", f"/sms/tracking/campaign/{made['trackingId']}?size=1").json()
    assert (page["totalElements"], page["totalPages"], page["content"][0]["campaignName"]) == (2, 2, "Spring 1")
    found = server.api("POST", f"/sms/tracking?trackingId={made['trackingId']}", []).json()
    assert found["totalElements"] == 2
    named = server.api("POST", "/sms/tracking", {"fieldName": "campaign", "searchTerm": "spring 1"}).json()
    assert named["totalElements"] == 2
    now = server.api("GET", f"/campaigns/{made['trackingId']}").json()
    assert (now["state"], now["statuses"]["Delivered"]) == ("Finished", 2)
    assert "endedAt" in now


def test_placeholders_are_filled_for_each_recipient(server: Emulator) -> None:
    """From the contact, or else from the fallback values; recipients may be contacts."""
    contact = {"mobile": "+306933333333", "firstName": "Nikos"}
    made = server.api("POST", "/contacts/my", contact)
    assert made.status == 200, made.body
    asked = {"body": "Hi [~firstName]", "to": ["306911111111"], "contacts": [made.json()["id"]]}
    sent = campaign(server, **asked, fallbackValues={"firstName": "you"})
    page = server.api("GET", f"/sms/tracking/campaign/{sent['trackingId']}").json()
    assert {each["to"]: each["body"] for each in page["content"]} == {
        "+306911111111": "Hi you",
        "+306933333333": "Hi Nikos",
    }
    everybody = campaign(server, to=[], groups=["All"])
    assert everybody["smsAnalysis"]["totalInGroups"] == 1
    unknown = server.api("POST", "/sms/campaign", CAMPAIGN | {"contacts": ["nobody"]})
    assert (unknown.status, unknown.json()["code"]) == (404, "404002001")


@pytest.mark.parametrize(
    ("more", "code"),
    [
        ({"to": []}, "400005000"),
        ({"groups": ["Friends"], "to": []}, "400005000"),
        ({"to": ["12"], "allowInvalid": True}, "400005000"),
        ({"to": ["12"]}, "400000000"),
        ({"from": "Seventeen letters"}, "400005000"),
        ({"campaignName": "x"}, "400000000"),
        ({"campaignName": "Frühling"}, "400000000"),
        ({"scheduledDate": "soon"}, "400000000"),
        ({"ttl": 5000}, "400000000"),
        ({"body": ""}, "400000000"),
    ],
)
def test_a_wrong_campaign_is_refused(server: Emulator, more: Any, code: str) -> None:
    """And nobody gets a message."""
    before = server.api("POST", "/sms/tracking", []).json()["totalElements"]
    answer = server.api("POST", "/sms/campaign", CAMPAIGN | more)
    assert (answer.status, answer.json()["code"]) == (400, code)
    assert server.api("POST", "/sms/tracking", []).json()["totalElements"] == before


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ("+306911111111", "must be an array; found '+306911111111'"),
        (["+306911111111"] * 30_001, "must have at most 30000 elements; it has 30001"),
    ],
)
def test_recipients_that_are_no_list_or_too_many_are_told_as_that(server: Emulator, to: object, told: str) -> None:
    """No number is wrong."""
    answer = server.api("POST", "/sms/campaign", CAMPAIGN | {"to": to})
    assert (answer.status, answer.json()["properties"]) == (400, {"to": told})


def test_no_recipients_are_told_by_their_number(server: Emulator) -> None:
    """In the shape of the module's errors."""
    told = server.api("POST", "/sms/campaign", CAMPAIGN | {"to": []}).json()
    assert told["errors"] == [{"errorCode": "004", "developerMessage": "No recipients are set for the sms"}]


def test_a_name_is_given_once(server: Emulator) -> None:
    """In an application."""
    campaign(server, campaignName="Once")
    answer = server.api("POST", "/sms/campaign", CAMPAIGN | {"campaignName": "Once"})
    assert (answer.status, answer.json()["value"]) == (409, "Once")
    other = server.api("POST", "/sms/campaign", CAMPAIGN | {"campaignName": "Once"}, server.token("other"))
    assert other.status == 200


def test_a_refused_campaign_leaves_its_name_to_the_next_try(server: Emulator) -> None:
    """Whatever refuses it; one without a name gets a number that is free."""
    token = server.token("tries")
    rule = {"application": "tries", "rules": [{"match": {"endpoint": "sms"}, "answer": "unavailable", "uses": 1}]}
    assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(rule).encode()).status == 200
    named = CAMPAIGN | {"campaignName": "Campaign 1"}
    answers = [server.api("POST", "/sms/campaign", asked, token) for asked in (named, named, named, CAMPAIGN)]
    assert [answer.status for answer in answers] == [503, 200, 409, 200]
    assert answers[3].json()["campaignName"] == "Campaign 2"


@pytest.mark.parametrize("path", ["/campaigns/{}", "/sms/tracking/campaign/{}"])
def test_an_unknown_campaign_is_not_found(server: Emulator, path: str) -> None:
    """Nor another application's."""
    made = campaign(server)["trackingId"]
    for name, token in ((made, server.token("other")), ("x", ""), (made.replace("0", "1"), "")):
        answer = server.api("GET", path.format(name), token=token)
        assert (answer.status, answer.json()["code"], answer.json()["entity"]) == (404, "404009001", "campaign")


def test_a_scheduled_campaign_may_be_called_off() -> None:
    """Else it is sent at its time."""
    with receiver() as hook, emulator(*OPTIONS) as server:
        more = {"callback": {"url": hook.url}, "scheduledDate": "2026-01-02T00:00Z", "to": ["306911111111"]}
        sent, off = campaign(server, **more)["trackingId"], campaign(server, **more)["trackingId"]
        server.advance(by="1h")
        assert hook.empty()
        answer = server.api("DELETE", f"/sms/{off}")
        assert (answer.status, answer.body) == (200, b"")
        told = server.api("GET", f"/campaigns/{off}").json()
        assert (told["state"], told["cost"], told["statuses"]["Unsent"]) == ("Cancelled", 0.0, 1)
        (tracked,) = server.api("GET", f"/sms/tracking/campaign/{off}").json()["content"]
        assert (tracked["status"]["status"], tracked["price"]) == ("Unsent", 0.0)
        (entry,) = server.call("GET", "/_emulator/journal?kind=cancelled").json()["entries"]
        assert "callback" not in entry["data"]
        server.advance(until="idle")
        posts = [hook.next() for _ in range(3)]
        assert {post["campaignTrackingId"] for post in posts} == {sent}
        assert posts[0]["status"]["updatedDate"] == "2026-01-02T00:00:00Z"
        assert hook.empty()
        assert server.api("DELETE", "/sms/3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10").status == 404
        for name in (sent, off):
            refused = server.api("DELETE", f"/sms/{name}")
            assert (refused.status, refused.json()["code"]) == (400, "400009000")
        assert server.api("GET", "/accounts/me/balance").json()["balance"] == 1000 - 0.035


@pytest.mark.parametrize("at", [1767312000, 1767312000000])
def test_a_schedule_may_be_a_number(server: Emulator, at: int) -> None:
    """Of seconds, as a public PHP client sends it, or of milliseconds."""
    assert campaign(server, scheduledDate=at)["scheduledDate"] == "2026-01-02T00:00:00Z"
    for wrong in (-1, 10**18, True):
        assert server.api("POST", "/sms/campaign", CAMPAIGN | {"scheduledDate": wrong}).status == 400


def test_a_reminder_is_answered_as_it_was_asked_for(server: Emulator) -> None:
    """Nobody is reminded."""
    reminder = {"minutesAfter": "5", "minutesBefore": "5", "to": ["+306911111111"]}
    made = campaign(server, reminder=reminder)
    assert made["reminder"] == server.api("GET", f"/campaigns/{made['trackingId']}").json()["reminder"] == reminder


def test_an_analysis_is_that_of_the_answer_and_sends_nothing(server: Emulator) -> None:
    """It has the members by themselves; nor is its name taken then."""
    asked = CAMPAIGN | {"campaignName": "Analysed"}
    before = server.call("GET", "/_emulator/flows").json()["total"]
    analysis = server.api("POST", "/sms/analyze/campaign", asked)
    assert (analysis.status, analysis.json()["numberOfRecipients"]) == (200, 2)
    assert server.call("GET", "/_emulator/flows").json()["total"] == before
    assert campaign(server, campaignName="Analysed")["smsAnalysis"] == analysis.json()
    refused = server.api("POST", "/sms/analyze/campaign", CAMPAIGN | {"to": []}).json()
    assert (refused["code"], refused["errors"][0]["errorCode"]) == ("400005000", "004")


def test_the_first_message_decides_about_the_answer() -> None:
    """By the rules that are in force; what the balance does not cover is not sent."""
    with emulator(*OPTIONS) as server:
        rule = {"rules": [{"match": {"endpoint": "sms"}, "answer": "unavailable", "uses": 1}]}
        assert server.call("POST", "/_emulator/scenario/overrides", json.dumps(rule).encode()).status == 200
        assert server.api("POST", "/sms/campaign", CAMPAIGN).status == 503
        poor = {"text": "purpose: Little money.\nbalance: 0.05\nwhen_empty: refuse\n", "application": "app"}
        assert server.call("POST", "/_emulator/scenario", json.dumps(poor).encode()).status == 200
        made = campaign(server)["trackingId"]
        server.advance(until="idle")
        statuses = server.api("GET", f"/campaigns/{made}").json()["statuses"]
        assert (statuses["Delivered"], statuses["Unsent"]) == (1, 1)
        refused = server.api("POST", "/sms/campaign", CAMPAIGN)
        assert (refused.status, refused.json()["code"]) == (400, "400001009")


def test_many_recipients_are_taken_at_once(server: Emulator) -> None:
    """What does nothing here is remarked on."""
    made = campaign(server, to=[f"+3069{number:08d}" for number in range(2000)], reminder={"minutesBefore": 5})
    assert made["totalMessages"] == 2000
    found = server.api("GET", f"/campaigns/{made['trackingId']}").json()
    assert sum(found["statuses"].values()) == 2000
    assert "reminder is accepted, but nobody is reminded" in server.newest()["text"]


def test_what_a_campaign_does_not_do_is_in_journal_and_log(tmp_path: Path) -> None:
    """What is misspelt, too late, unknown, or has no value, as for a single message."""
    log = tmp_path / "log"
    more = {"smsCallback": {"url": "http://127.0.0.1:9"}, "flahs": True, "scheduledDate": "2020-01-01T00:00Z"}
    with emulator(*OPTIONS, log=log) as server:
        campaign(server, body="Hi [~firstName]", groups=["Friends"], **more)
        notes = [entry["data"]["note"] for entry in server.journal() if entry["kind"] == "accepted"]
        server.stop()
    shared = (
        "smsCallback is not known here and ignored; did you mean 'callback'?; "
        "flahs is not known here and ignored; did you mean 'flash'?; "
        "the group 'Friends' is not known here, only All and NotListed; "
        "scheduledDate 2020-01-01T00:00Z has passed: the messages are sent at once"
    )
    stays = "[~firstName] stays, since {} has no value for it"
    assert notes == [f"{shared}; {stays.format(to)}" for to in ("+306911111111", "+306922222222")]
    (line,) = [each for each in log.read_text().splitlines() if "/sms/campaign" in each]
    assert f"2 messages of the campaign Campaign 1; {shared}; {stays.format('+306911111111')}; 1 more" in line


def test_all_contacts_get_the_campaign_of_their_group(server: Emulator) -> None:
    """However many they are: they are read in pages."""
    token = server.token("crowd")
    for number in range(2010):
        contact = {"mobile": f"+3069{number:08d}"}
        assert server.api("POST", "/contacts/my", contact, token).status == 200
    asked = CAMPAIGN | {"to": [], "groups": ["All"]}
    analysis = server.api("POST", "/sms/analyze/campaign", asked, token).json()
    assert (analysis["numberOfRecipients"], analysis["recipientsPerGroup"]) == (2010, {"All": 2010})
