"""What is written about a flow on its way."""

from __future__ import annotations

import pytest
from msgspec import UNSET, json

from emulator.channels.table import Channel
from emulator.flow.state import StatusCode
from emulator.journal.entry import Details
from emulator.journal.kinds import Cancelled, Completed, Ignored, Started, Status, Stranded, Verification, titled
from emulator.journal.kinds.flows import CODES

VIBER = Channel.VIBER


@pytest.mark.parametrize(
    ("details", "members"),
    [
        (Started(2, Channel.SMS, "happy"), b'{"step":2,"channel":"Sms","rule":"happy"}'),
        (
            Started(2, Channel.SMS, "happy", delivered=True),
            b'{"step":2,"channel":"Sms","rule":"happy","delivered":true}',
        ),
        (Status(1, VIBER, "SEEN"), b'{"step":1,"channel":"Viber","status":"SEEN"}'),
        (
            Status(1, VIBER, "FAILED", "Spam", "c", lost=True),
            b'{"step":1,"channel":"Viber","status":"FAILED","reason":"Spam","callback":"c","lost":true}',
        ),
        (Ignored(why="it ended"), b'{"why":"it ended"}'),
        (
            Ignored(1, VIBER, "SEEN", "x", "it ended"),
            b'{"step":1,"channel":"Viber","status":"SEEN","reason":"x","why":"it ended"}',
        ),
        (Completed("Succeeded", None), b'{"status":"Succeeded","statusCode":null}'),
        (Cancelled("Failed", "0", "enough"), b'{"status":"Failed","statusCode":"0","why":"enough"}'),
        (
            Cancelled("Failed", "0", "enough", "c", lost=True),
            b'{"status":"Failed","statusCode":"0","why":"enough","callback":"c","lost":true}',
        ),
        (Stranded("no"), b'{"error":"no"}'),
        (Verification("Expired", 0), b'{"status":"Expired","tried":0}'),
        (
            Verification("Failed", 4, "12", "c", lost=True),
            b'{"status":"Failed","tried":4,"answer":"12","callback":"c","lost":true}',
        ),
    ],
    ids=str,
)
def test_members_are_written_in_their_order_and_absent_ones_left_out(details: Details, members: bytes) -> None:
    """As stored files have always had them; and they are read back the same."""
    assert json.encode(details) == members
    assert json.decode(members, type=type(details)) == details


@pytest.mark.parametrize(
    ("details", "text"),
    [
        (
            Started(2, Channel.SMS, "happy"),
            "Sms as step 2 (rule happy), since the step before ended in one of its failoverOnStatuses",
        ),
        (
            Started(2, Channel.SMS, "happy", "c", delivered=True),
            "Sms as step 2 (rule happy), since the ttl after the delivery of the step before is over, callback",
        ),
        (
            Status(1, VIBER, "UNDELIVERED"),
            "Viber UNDELIVERED (Not Viber User: The recipient has no Viber account)",
        ),
        (Status(1, Channel.SMS, "Delivered", UNSET, "c"), "Sms Delivered (The message reached the handset), callback"),
        (Status(1, Channel.VOICE, "Busy"), "Voice Busy"),
        (Status(1, VIBER, "FAILED", "Spam", "c", lost=True), "Viber FAILED (Spam), callback lost"),
        (Ignored(why="the flow ended as Failed"), "the flow ended as Failed"),
        (Ignored(1, VIBER, "SEEN", UNSET, "it is SEEN already"), "Viber SEEN, since it is SEEN already"),
        (Ignored(1, VIBER, "SEEN", "Read", "it is SEEN already"), "Viber SEEN (Read), since it is SEEN already"),
        (Completed("Succeeded", None), "Succeeded"),
        (Completed("Failed", "2"), "Failed, statusCode 2: all channels tried"),
        (Completed("Failed", "77"), "Failed, statusCode 77"),
        (Cancelled("Failed", "0", "enough", "c"), "Failed, statusCode 0: enough, callback"),
        (Cancelled("Failed", None, "enough"), "Failed: enough"),
        (Verification("Expired", 0, callback="c"), "Expired, callback"),
        (Verification("Pending", 2, "12"), "Pending, wrong answer 12 (number 2)"),
        (Verification("Verified", 1, "12", "c", lost=True), "Verified, answer 12 (number 1), callback lost"),
        (Stranded("ValueError: no"), "the flow is parked, since deciding about it failed: ValueError: no"),
    ],
    ids=str,
)
def test_each_says_in_words_what_happened(details: Details, text: str) -> None:
    """To stand after the time, the flow and the kind."""
    assert details.text() == text


def test_every_code_of_a_failure_has_a_meaning() -> None:
    """The API's own codes, no other."""
    assert set(CODES) == {code.value for code in StatusCode}


@pytest.mark.parametrize(
    ("rule", "title"), [("happy", "rule happy"), ("rule 3", "rule 3"), ("override 1", "override 1")]
)
def test_a_rule_is_called_a_rule_once(rule: str, title: str) -> None:
    """The names of nameless rules and of overrides have the word already."""
    assert titled(rule) == title
