"""Schema errors in words."""

from __future__ import annotations

import pytest
from jsonschema import Draft202012Validator

from emulator.errors import Json
from emulator.validation import schema
from emulator.validation.wording import placed, shown, worded
from tests.support.bodies import LEFT_OUT, play, say, sms, viber, voice


def told(value: Json, raw: Json | None = None) -> dict[str, str]:
    """The words for a value that breaks the rules."""
    return worded(schema.violations("failover", value), raw or value, {"dialPlan": ("dialplan", "dialPlans")})


@pytest.mark.parametrize(
    ("step", "path", "message"),
    [
        (sms({"type": "sms"}), "type", "must be one of Sms, Viber, Voice; found 'sms'; did you mean 'Sms'?"),
        (sms({"type": "Email"}), "type", "must be one of Sms, Viber, Voice; found 'Email'"),
        (sms({"type": 7}), "type", "must be one of Sms, Viber, Voice; found 7"),
        (sms({"from": LEFT_OUT}), "from", "is required"),
        (sms({"from": LEFT_OUT, "From": "x"}), "from", "is required; 'From' is spelled differently"),
        (sms({"from": LEFT_OUT, "sender": "x"}), "from", "is required; 'sender' is called from here"),
        (sms({"message": {"text": "x"}}), "message.body", "is required; 'text' is called body here"),
        (sms({"message": LEFT_OUT, "text": "x"}), "message", "is required; 'text' belongs into it"),
        (sms({"message": LEFT_OUT, "flash": True}), "message", "is required; 'flash' belongs into it"),
        (
            viber({"message": {"body": "x"}}),
            "message",
            "must have a text, an image, a file or a video; 'body' is called text here",
        ),
        (
            sms({"from": "twelve chars"}),
            "from",
            "must be a sender of at most 11 letters and digits, or at most 16 digits without +; found 'twelve chars'",
        ),
        (sms({"to": 30}), "to", "must be a text; found 30"),
        (sms({"to": {"phone": "x"}}), "to", "must be a text; found an object with 1 member"),
        (sms({"ttl": 0}), "ttl", "must be at least 1 minute; found 0"),
        (sms({"ttl": 1441}), "ttl", "must be at most 1440 minutes; found 1441"),
        (sms({"ttl": 2.5}), "ttl", "must be a whole number; found 2.5"),
        (sms({"ttl": True}), "ttl", "must be a whole number; found true"),
        (viber({"ttl": "5"}), "ttl", "must be a number; found '5'"),
        (viber({"ttl": 2.55}), "ttl", "must have at most 1 decimal; found 2.55"),
        (viber({"message.text": "x" * 1024}), "message.text", "must have at most 1000 characters; it has 1024"),
        (viber({"message.text": ["x"]}), "message.text", "must be a text; found an array of 1"),
        (sms({"message.flash": None}), "message.flash", "must be true or false; found null"),
        (voice({"dialPlan.verbs": 1}), "dialPlan.verbs", "must be an array; found 1"),
        (voice({"dialPlan.verbs": []}), "dialPlan.verbs", "must have at least 1 element; it has 0"),
        (voice({"dialPlan": 1}), "dialPlan", "must be an object; found 1"),
        (
            viber({"message.viberVideo": {"videoUrl": "https://a/", "videoThumbnail": "https://a/", "fileSize": 0}}),
            "message.viberVideo.fileSize",
            "must be more than 0; found 0",
        ),
    ],
)
def test_a_message_says_what_is_allowed_and_what_was_found(step: Json, path: str, message: str) -> None:
    """Each kind of error has its own sentence."""
    assert told({"flow": [sms(), step]})[f"flow[1].{path}"] == message


NUMBER = "a phone number in E.164 form, + and 7 to 15 digits, such as +306912345678"


def test_a_member_that_was_there_but_empty_is_not_called_missing() -> None:
    """The value as the client wrote it tells the two apart."""
    raw = {"flow": [sms({"from": "", "message.body": None}), sms({"to": {"phone": "", "sip": ""}})]}
    value = {"flow": [sms({"from": LEFT_OUT, "message.body": LEFT_OUT}), sms({"to": LEFT_OUT})]}
    assert told(value, raw) == {
        "flow[0].from": "must be a sender of at most 11 letters and digits, or at most 16 digits without +; found ''",
        "flow[0].message.body": "must not be empty; found null",
        "flow[1].to": f"must be {NUMBER}; found an object with 2 members",
    }


def test_messages_stand_in_the_order_of_the_document() -> None:
    """What comes first in the body is told first, what is missing after what is there."""
    step = {"ttl": 0, "message": {"body": 1}, "order": -1, "to": "x", "type": "Sms"}
    value = {"callback": {"strategy": "x"}, "flow": [step, {"type": "Fax"}]}
    assert list(told(value)) == [
        "callback.strategy",
        "callback.url",
        "flow[0].ttl",
        "flow[0].message.body",
        "flow[0].order",
        "flow[0].to",
        "flow[0].from",
        "flow[1].type",
    ]


def test_several_errors_of_one_member_are_one_message() -> None:
    """They are joined, each once."""
    message = told({"flow": [viber({"ttl": 1440.05})]})["flow[0].ttl"]
    assert message == "must be at most 1440 minutes; found 1440.05; must have at most 1 decimal; found 1440.05"


@pytest.mark.parametrize(
    ("written", "path"),
    [
        ({"dialPlan": {"verbs": [say(), {"type": "DIAL"}]}}, "dialPlan.verbs[1].type"),
        ({"dialplan": {"verbs": [say(), {"type": "DIAL"}]}}, "dialplan.verbs[1].type"),
        ({"dialPlans": {"verbs": [play(), {"type": "DIAL"}]}}, "dialPlans.verbs[1].type"),
        ({"dialPlans": [{"verbs": [play(), {"type": "DIAL"}]}]}, "dialPlans[0].verbs[1].type"),
        ({"dialPlan": {}, "dialPlans": [{"verbs": [play(), {"type": "DIAL"}]}]}, "dialPlans[0].verbs[1].type"),
        ({"dialPlan": {"verbs": []}, "dialPlans": {"verbs": [play(), {"type": "DIAL"}]}}, "dialPlans.verbs[1].type"),
    ],
)
def test_paths_are_in_the_client_s_own_spelling(written: Json, path: str) -> None:
    """A member's other spellings, and an array of one for its element, appear as they were written."""
    value = {"flow": [voice({"dialPlan.verbs": [say(), {"type": "DIAL"}]})]}
    raw = {"flow": [voice({"dialPlan": LEFT_OUT}) | written]}
    assert list(told(value, raw)) == [f"flow[0].{path}"]


def test_an_error_of_the_whole_body_is_told_of_the_body() -> None:
    """The empty path is written `body`."""
    assert str(placed([], {}, {})) == "body"
    assert str(placed([0, "searchTerm"], {"searchTerm": 1}, {})) == "searchTerm"
    assert str(placed(["statuses", 1], {"statuses": "a,b"}, {})) == "statuses[1]"


def test_a_rule_without_a_sentence_of_its_own_is_told_all_the_same() -> None:
    """A keyword that the shipped schemas do not use has plain words."""
    violations = Draft202012Validator({"properties": {"a": {"const": 1}}}).iter_errors({"a": 2})
    assert worded(violations, {"a": 2}, {}) == {"a": "is not allowed; found 2"}


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("x", "'x'"),
        ("x" * 60, "'" + "x" * 60 + "'"),
        ("x" * 61, "'" + "x" * 60 + "...' (61 characters)"),
        (False, "false"),
        (None, "null"),
        (1.5, "1.5"),
        ([], "an array of 0"),
        ({}, "an object with 0 members"),
    ],
)
def test_a_found_value_is_shown_short(value: object, text: str) -> None:
    """As JSON has it, and long texts are cut."""
    assert shown(value) == text
