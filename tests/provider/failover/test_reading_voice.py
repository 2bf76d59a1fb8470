"""Voice steps: their limits, where they call, and what is said."""

from __future__ import annotations

import pytest

from emulator.errors import Json
from tests.support.bodies import (
    LEFT_OUT,
    play,
    say,
    voice,
)
from tests.support.reading import accepted, check_limits, echoed, refused


@pytest.mark.parametrize(
    ("path", "good", "bad"),
    [
        ("to", ["+1234567", "+123456789012345"], ["+123456", "+1234567890123456", "+0234567", "0234567", 7]),
        ("from", ["1", "1234567890123456", "+30210", "Shop"], ["12345678901234567", "a\n", 7, ""]),
        ("machineDetection.strategy", ["Hangup", "Continue"], ["hangup", 7]),
        ("to.phone", ["+306912345678"], ["06912345678", 7]),
        ("to.viber", ["+306912345678"], ["06912345678"]),
        (
            "to.sip",
            ["1111@test.example:55080", "sip:me@host", "SIPS:a.b@[::1]:5060"],
            ["1111", "@host", "a@", "a@b@c", "a@host:x", "a@host:65536", "a b@host", "a@host\n"],
        ),
    ],
)
def test_each_member_of_a_call_has_its_limits(path: str, good: list[object], bad: list[object]) -> None:
    """What is just inside is accepted, what is just outside is refused, and only the member is named."""
    check_limits(voice, path, good, bad)


@pytest.mark.parametrize(
    ("to", "echo"),
    [
        ("+306912345678", "+306912345678"),
        ({"phone": "+306912345678", "viber": "", "sip": ""}, {"phone": "+306912345678"}),
        ({"phone": " ", "viber": "+306912345678", "sip": None}, {"viber": "+306912345678"}),
        ({"sip": "1111@test.example:55080"}, {"sip": "1111@test.example:55080"}),
        ({"phone": "+306912345678", "sip": "a@b"}, {"phone": "+306912345678", "sip": "a@b"}),
    ],
)
def test_a_call_goes_to_a_number_or_to_one_of_three_addresses(to: object, echo: object) -> None:
    """Both forms of `to` are echoed as they came, without what is blank."""
    assert echoed(voice({"to": to}))["flow"][0]["to"] == echo


@pytest.mark.parametrize(
    ("to", "told"),
    [
        ({"phone": "", "viber": "", "sip": ""}, "must have a phone, viber or sip"),
        ({}, "must have a phone, viber or sip"),
        ({"phone": "  "}, "must have a phone, viber or sip"),
        ({"fax": "+306912345678"}, "must have a phone, viber or sip"),
    ],
)
def test_a_call_to_nowhere_is_refused(to: object, told: str) -> None:
    """At least one address must be filled."""
    assert refused(voice({"to": to})) == {"flow[0].to": told}


@pytest.mark.parametrize("spelling", ["dialPlan", "dialplan", "dialPlans"])
@pytest.mark.parametrize("in_array", [False, True])
def test_the_dial_plan_has_three_spellings(spelling: str, in_array: bool) -> None:
    """As an object or an array of one; the answer has an array."""
    plan = {"verbs": [say({"repeat": -1, "bargeIn": True, "message.gender": "male"}), play({"repeat": 0})]}
    step = voice({"dialPlan": LEFT_OUT, spelling: [plan] if in_array else plan})
    echo = echoed(step)["flow"][0]
    assert echo["dialPlans"] == [plan]
    assert "dialPlan" not in echo


@pytest.mark.parametrize(
    ("verb", "path", "told"),
    [
        ({"type": "DIAL"}, ".type", "must be one of SAY, PLAY; found 'DIAL'"),
        ({"type": "say"}, ".type", "must be one of SAY, PLAY; found 'say'; did you mean 'SAY'?"),
        ({}, ".type", "is required"),
        (say({"message": LEFT_OUT}), ".message", "is required"),
        (say({"message": {}}), ".message.text", "is required"),
        (say({"message.text": ""}), ".message.text", "must not be empty; found ''"),
        (say({"message.text": "x" * 1001}), ".message.text", "must have at most 1000 characters; it has 1001"),
        (say({"message.language": "el"}), ".message.language", "must be one of en-US, "),
        (say({"message.language": LEFT_OUT}), ".message.language", "is required"),
        (say({"message.gender": "other"}), ".message.gender", "must be one of male, female; found 'other'"),
        (say({"repeat": -2}), ".repeat", "must be at least -1; found -2"),
        (say({"repeat": 1.5}), ".repeat", "must be a whole number; found 1.5"),
        (play({"bargeIn": "no"}), ".bargeIn", "must be true or false; found 'no'"),
        (play({"fileURL": LEFT_OUT}), ".fileURL", "is required"),
        (play({"fileURL": "https://a/x.mp3"}), ".fileURL", "must be an http or https URL of a WAV file"),
        ("SAY", "", "must be an object; found 'SAY'"),
    ],
)
def test_a_verb_that_breaks_rules_is_refused(verb: object, path: str, told: str) -> None:
    """Only SAY and PLAY, each with what it needs."""
    found = refused(voice({"dialPlan.verbs": [say(), verb]}))[f"flow[0].dialPlan.verbs[1]{path}"]
    assert found.startswith(told)


LANGUAGES = ("en-US de-DE fr-FR it-IT pt-BR es-ES es-LA", "en-GB el-GR bg-BG pl-PL hu-HU sv-SE ru-RU")


@pytest.mark.parametrize("language", " ".join(LANGUAGES).split())
def test_each_documented_language_can_be_spoken(language: str) -> None:
    """There are fourteen."""
    accepted(voice({"dialPlan.verbs": [say({"message.language": language})]}))


@pytest.mark.parametrize("url", ["http://a/x.wav", "https://cdn.example/a/x.WAV?v=1", "https://a:8443/x.wav#t"])
def test_a_wav_file_can_be_played(url: str) -> None:
    """In any case, with a query."""
    accepted(voice({"dialPlan.verbs": [play({"fileURL": url})]}))


def test_text_of_a_thousand_characters_can_be_spoken() -> None:
    """The limit itself is fine."""
    accepted(voice({"dialPlan.verbs": [say({"message.text": "x" * 1000})]}))


NO_VERBS = "must be an array of at least one SAY or PLAY"


@pytest.mark.parametrize(
    ("plan", "told"),
    [
        ({"dialPlan": {}}, {"flow[0].dialPlan.verbs": "is required"}),
        ({"dialplan": {"verbs": []}}, {"flow[0].dialplan.verbs": f"{NO_VERBS}; found an array of 0"}),
        ({"dialPlans": []}, {"flow[0].dialPlans": "must not be empty; found an array of 0"}),
        ({"dialPlans": [{}]}, {"flow[0].dialPlans[0].verbs": "is required"}),
        ({"dialPlans": [{"verbs": [say()]}] * 2}, {"flow[0].dialPlans": "must be an object; found an array of 2"}),
    ],
)
def test_an_empty_dial_plan_is_refused(plan: Json, told: dict[str, str]) -> None:
    """In each spelling; two plans are one too many."""
    assert refused(voice({"dialPlan": LEFT_OUT} | plan)) == told


def test_a_machine_s_event_url_may_stand_beside_either_strategy() -> None:
    """A call with the strategy Hangup does not ask it."""
    url = "https://app.example/machine"
    for strategy in ("Continue", "Hangup"):
        detection = {"strategy": strategy, "eventUrl": url}
        assert echoed(voice({"machineDetection": detection}))["flow"][0]["machineDetection"] == detection
    assert "flow[0].machineDetection.strategy" in refused(voice({"machineDetection": {"eventUrl": url}}))


def test_a_call_has_no_ttl() -> None:
    """Whatever is there is ignored."""
    assert "ttl" not in echoed(voice({"ttl": 0}))["flow"][0]
    assert "ttl" not in echoed(voice({"ttl": "x"}))["flow"][0]
