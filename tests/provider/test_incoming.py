"""What is remarkable about a request that is accepted, over real sockets: the log tells it, and so does the journal."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.support.running import SMS as STEP
from tests.support.running import VIBER, VOICE, emulator

TO = "+306912345678"
SMS = {"body": "Hi", "to": TO, "from": "Shop"}
CALL = {name: VOICE[name] for name in ("to", "from", "dialPlan")}
SINGLE = {"senderInfoTrackingId": VIBER["senderInfoTrackingId"], "to": TO, "body": {"text": "Hi"}}
SENT = {
    "/failover": ({"flow": [STEP | {"tll": 5}]}, "flow[0].tll is not known here and ignored; did you mean 'ttl'?"),
    "/sms": (SMS | {"flahs": True}, "flahs is not known here and ignored; did you mean 'flash'?"),
    "/sms/campaign": (SMS | {"to": [TO], "flahs": 1}, "flahs is not known here and ignored; did you mean 'flash'?"),
    "/viber": (SINGLE | {"lable": "x"}, "lable is not known here and ignored; did you mean 'label'?"),
    "/voice/conversation": (CALL | {"colback": 1}, "colback is not known here and ignored; did you mean 'callback'?"),
    "/2step": (
        {"method": "sms", "recipient": TO, "templat": "@@pin"},
        "templat is not known here and ignored; did you mean 'template'?",
    ),
}
"""Of each call that sends something a body with a mistake, and what is told of that."""
ASKED = {
    "/contacts/my": (
        {"mobile": "+306900000001", "firstname": "Nikos"},
        "firstname is not known here and ignored; did you mean 'firstName'?",
    ),
    "/contacts/labels/my": ([{"name": "size", "typ": "Number"}], "[0].typ is not known here and ignored"),
    "/numbervalidator": ({"to": TO, "ported": True}, "ported is not known here and ignored; did you mean 'getPorted'?"),
    "/sms/analyze": (SMS | {"to": TO, "flash": "yes"}, "flash is not known here and ignored"),
    "/sms/analyze/campaign": (
        SMS | {"to": [TO], "groups": ["Friends"]},
        "the group 'Friends' is not known here, only All and NotListed",
    ),
    "/sms/tracking": ([{"fieldName": "tto", "searchTerm": TO}], "tto is not known here and ignored"),
    "/failover/tracking": (
        [{"fieldName": "to", "searchTerm": TO, "operator": "is_not"}],
        "[0].operator is not known here and ignored",
    ),
}
"""The same of calls that send nothing."""


@pytest.mark.parametrize("path", [*SENT, *ASKED])
def test_a_remark_is_told_in_log_and_journal(path: str, tmp_path: Path) -> None:
    """A request that sends something has one entry, which has it as its note; any other has an entry for it."""
    body, told = (SENT | ASKED)[path]
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        answer = server.api("POST", path, body)
        assert answer.status == 200, answer.body
        entry = server.newest()
        server.stop()
    assert entry["kind"] == ("accepted" if path in SENT else "remarked")
    assert told in entry["data"]["note"]
    assert entry["data"]["path"] == path
    assert entry["text"].endswith(entry["data"]["note"])
    (line,) = [each for each in (tmp_path / "log").read_text().splitlines() if f" {path} " in each]
    assert line.endswith(entry["data"]["note"])


@pytest.mark.parametrize("path", ["/sms/campaign", "/sms/analyze/campaign"])
def test_numbers_of_a_campaign_that_are_left_out_are_told(path: str, tmp_path: Path) -> None:
    """As is a misspelt name of its recipients, where it has no others."""
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        body = {"body": "Hi", "from": "Shop", "allowInvalid": True}
        assert server.api("POST", path, body | {"to": [TO, "+3069"]}).status == 200
        left_out = "to[1] is no phone number in E.164 form, and was left out as allowInvalid asks; found '+3069'"
        assert server.newest()["data"]["note"] == left_out
        refused = server.api("POST", path, body | {"too": [TO]})
        assert refused.status == 400
        noted = server.newest()["data"]["note"]
        assert noted == "too is not known here and ignored; did you mean 'to'?"
        server.stop()
    lines = [each for each in (tmp_path / "log").read_text().splitlines() if f" {path} " in each]
    assert [lines[0].endswith(left_out), lines[1].endswith(noted)] == [True, True]


def test_the_answer_to_a_code_may_have_a_misspelt_member() -> None:
    """And count all the same."""
    with emulator("--rate", "0") as server:
        name = server.api("POST", "/2step", {"method": "sms", "recipient": TO}).json()["trackingId"]
        code = server.call("GET", f"/_emulator/flows/{name}").json()["verification"]["code"]
        answer = server.api("POST", f"/2step/{name}", {"answer": code, "answr": 1})
        assert answer.json()["status"] == "Verified", answer.body
        (entry,) = server.call("GET", "/_emulator/journal?kind=remarked").json()["entries"]
        assert entry["text"] == f"POST /2step/{name}; answr is not known here and ignored; did you mean 'answer'?"


def test_a_request_without_a_mistake_leaves_no_remark(tmp_path: Path) -> None:
    """Nor its entry a note."""
    with emulator("--rate", "0", log=tmp_path / "log") as server:
        contact = json.dumps({"mobile": TO, "firstName": "Nikos"}).encode()
        assert server.api("POST", "/contacts/my", contact).status == 200
        assert [entry["kind"] for entry in server.journal()] == ["token"]
        server.stop()
    (line,) = [each for each in (tmp_path / "log").read_text().splitlines() if "/contacts/my" in each]
    assert line.endswith("POST /contacts/my 200 app")
