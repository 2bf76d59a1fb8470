"""What happens in a call while it is answered."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec.structs import replace

from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import DialPlan, VoiceStep
from emulator.flow.speech import ANSWER_MS, KEYS_MS, length
from emulator.flow.state import Answered, Ask, Event, Flow, Plan, PlannedReport, Pressed, Transition
from emulator.flow.talk import DETECTION_MS, PRESS_MS
from emulator.journal import kinds
from emulator.seed import event_id
from tests.support.samples import NOW, SECOND, flow, voice

URL = "https://app.example/keys"
SAY: Json = {"type": "SAY", "message": {"text": "Hi", "language": "en-GB"}}
COLLECT: Json = {"type": "COLLECT", "eventUrl": URL}
HASHED = COLLECT | {"submitOnHash": True}
ANSWERED = 3 * SECOND
END = 60 * SECOND
REPORTS = (PlannedReport(SECOND, "Ringing"), PlannedReport(ANSWERED, "InProgress"), PlannedReport(END, "Completed"))


def call(*verbs: Json, keys: tuple[str, ...] = (), machine: bool = False, **more: Any) -> Flow:
    """A call that is answered after three seconds and lasts for about a minute."""
    step: VoiceStep = replace(voice(), dial_plans=[DialPlan(list(verbs))] if verbs else [], **more)
    return flow([step], (Plan(REPORTS, "test", keys=keys, machine=machine),))


def until(made: Flow, ms: int) -> Transition:
    """What has happened so many milliseconds after the beginning."""
    begun = machine.accept(made)
    return begun.then(machine.due(begun.flow, NOW + ms))


def asks(made: Flow) -> list[Ask]:
    """What a call asks until it has ended, if nobody answers."""
    return list(machine.run_out(made).asks)


def answer(done: Transition, *verbs: Json, number: int = 1, why: str = "") -> Transition:
    """What follows from an answer to what was asked with this number."""
    name = event_id(done.flow.id, 0, number)
    return machine.handle(done.flow, Answered(name, verbs, why), done.flow.updated_at + SECOND)


def handled(done: Transition, event: Event) -> Transition:
    """What follows from an event a second later."""
    return machine.handle(done.flow, event, done.flow.updated_at + SECOND)


def words(done: Transition) -> list[str]:
    """What the journal says of it."""
    return [entry.data.text() for entry in done.entries]


def test_an_ordinary_call_has_no_talk() -> None:
    """Since nothing happens in it but that something is said."""
    done = machine.run_out(call(SAY))
    assert done.flow.messages[0].talk is None
    assert done.asks == ()


def test_planned_keys_are_posted_where_the_call_collects_them() -> None:
    """Some time after the COLLECT begins; what is before it takes its time, unless keys may interrupt it."""
    pause = {"type": "PAUSE", "duration": 1.5}
    assert asks(call(COLLECT, keys=("12",))) == [Ask(0, 1, URL, NOW + ANSWERED + PRESS_MS, "12")]
    (ask,) = asks(call(pause, SAY, COLLECT, keys=("12",)))
    assert ask.at == NOW + ANSWERED + 1500 + length([SAY]) + PRESS_MS
    (ask,) = asks(call(pause, SAY | {"bargeIn": True}, COLLECT, keys=("12",)))
    assert ask.at == NOW + ANSWERED + 1500 + PRESS_MS


@pytest.mark.parametrize(
    ("verb", "keys", "tones"),
    [
        (COLLECT, ("12",), ["12"]),
        (COLLECT, ("12#",), ["12#"]),
        (COLLECT | {"maxDigits": 2}, ("1234",), ["12"]),
        (HASHED, ("12#34",), ["12"]),
        (HASHED, ("1", "2#"), ["12"]),
        (HASHED, ("#",), [""]),
        (HASHED | {"maxDigits": 2}, ("1234#",), ["12"]),
        (HASHED, ("12",), [""]),
        (HASHED, (), [""]),
        (COLLECT, (), []),
    ],
)
def test_which_keys_are_posted(verb: Json, keys: tuple[str, ...], tones: list[str]) -> None:
    """With `submitOnHash` those before the #, or at the call's end none; otherwise those that were pressed."""
    assert [ask.tones for ask in asks(call(verb, keys=keys))] == tones


def test_the_end_of_a_call_is_when_keys_without_a_hash_are_given_up() -> None:
    """At that time the customer is told; an answer changes nothing any more."""
    done = machine.run_out(call(HASHED, keys=("12",)))
    assert done.asks == (Ask(0, 1, URL, NOW + END, ""),)
    late = answer(done, SAY)
    assert late.flow == done.flow
    assert words(late) == ["the call has ended: the answer changes nothing"]


ENDED = "the call has ended, and posts nothing"


@pytest.mark.parametrize(
    ("verb", "keys", "told", "tones"),
    [
        (
            HASHED | {"maxDigits": 1},
            ("1", "2"),
            [
                "the recipient presses 1; the call waits for #",
                "the recipient presses 2; the call waits for #",
                "the call posts no keys: it has ended, and 12 was pressed, but no #",
            ],
            "12",
        ),
        (HASHED, (), ["the call posts no keys: it has ended, and none was pressed"], ""),
        (COLLECT, (), [f"the recipient presses no key; {ENDED}"], ""),
        (
            COLLECT | {"maxDigits": 2},
            ("1234",),
            [
                "the recipient presses 1234; 34 is more than maxDigits allows, and is not posted",
                "the call posts the keys 12",
            ],
            "12",
        ),
        (HASHED | {"maxDigits": 2}, ("12#",), ["the recipient presses 12#", "the call posts the keys 12"], "12"),
    ],
)
def test_no_key_is_lost_without_a_word(verb: Json, keys: tuple[str, ...], told: list[str], tones: str) -> None:
    """The journal says why keys are not posted, or that none was pressed; the call keeps those that it waited with."""
    done = machine.run_out(call(verb, keys=keys))
    assert [each.data.text() for each in done.entries if isinstance(each.data, kinds.Pressed | kinds.Asked)] == told
    talk = done.flow.messages[0].talk
    assert talk is not None
    assert "".join(talk.tones) == tones


def test_the_verbs_of_an_answer_are_done_in_place_of_those_left() -> None:
    """They may collect keys again, and the next planned ones are pressed."""
    done = until(call(COLLECT, SAY, keys=("1", "2")), 6 * SECOND)
    after = answer(done, SAY, COLLECT)
    talk = after.flow.messages[0].talk
    assert talk is not None
    assert (talk.verbs, talk.left, talk.collects, talk.tones) == ((COLLECT, SAY, COLLECT), 2, True, ("1",))
    assert words(after) == ["the call goes on with SAY, COLLECT"]
    rest = machine.run_out(replace(after.flow, agenda=after.flow.agenda))
    assert [ask.tones for ask in machine.due(after.flow, NOW + END).asks] == ["2"]
    assert rest.flow.status.final


def test_an_answer_without_verbs_lets_the_call_go_on_with_those_left() -> None:
    """The journal says why."""
    done = until(call(COLLECT, SAY, COLLECT, keys=("1", "2")), 6 * SECOND)
    after = answer(done, why="the answer is empty")
    talk = after.flow.messages[0].talk
    assert talk is not None
    assert (talk.verbs, talk.left, talk.collects) == ((COLLECT, SAY, COLLECT), 2, True)
    assert words(after) == ["the call goes on: the answer is empty"]


def test_an_answer_counts_once() -> None:
    """A second one, or one to something that was not asked, changes nothing."""
    done = until(call(COLLECT, SAY, keys=("1",)), 6 * SECOND)
    after = answer(done, SAY)
    assert answer(after, SAY).flow == after.flow
    assert answer(done, SAY, number=2).flow == done.flow


def test_somebody_can_press_keys_from_outside() -> None:
    """While the call collects some; else it is ignored, with the reason."""
    done = until(call(COLLECT), 5 * SECOND)
    assert [ask.tones for ask in handled(done, Pressed(0, "9")).asks] == ["9"]
    ringing = until(call(COLLECT), 2 * SECOND)
    assert isinstance(handled(ringing, Pressed(0, "9")).entries[0].data, kinds.Ignored)
    assert words(handled(until(call(SAY), 5 * SECOND), Pressed(0, "9"))) == [
        "9 was pressed, but the call collects no keys"
    ]


def test_a_plan_may_be_asked_for_when_the_call_is_answered() -> None:
    """The verbs of the answer are done."""
    made = call(dial_plan_url=URL, keys=("7",))
    done = until(made, ANSWERED)
    assert done.asks == (Ask(0, 1, URL, NOW + ANSWERED),)
    after = answer(done, SAY, COLLECT)
    assert [ask.tones for ask in machine.due(after.flow, NOW + END).asks] == ["7"]


def test_a_call_that_a_machine_answers_is_hung_up() -> None:
    """If that is asked for; its plan's end does not come."""
    done = machine.run_out(call(SAY, machine=True, machine_detection={"strategy": "Hangup", "eventUrl": URL}))
    assert done.asks == ()
    message = done.flow.messages[0]
    assert (message.status, message.updated_at) == ("Completed", NOW + ANSWERED + DETECTION_MS)
    assert not any(isinstance(entry.data, kinds.Ignored) for entry in done.entries)


def test_a_call_that_a_machine_answers_may_take_another_plan() -> None:
    """It is asked for; what was planned is over."""
    detection = {"strategy": "Continue", "eventUrl": URL}
    done = until(call(SAY, COLLECT, keys=("1",), machine=True, machine_detection=detection), 10 * SECOND)
    last = done.asks[-1]
    assert (last.url, last.machine, last.tones) == (URL, True, None)
    after = answer(done, SAY, number=last.number)
    talk = after.flow.messages[0].talk
    assert talk is not None
    assert (talk.verbs, talk.collects) == ((SAY,), False)


@pytest.mark.parametrize(
    ("more", "met"),
    [
        ({"machine_detection": {"strategy": "Continue"}}, True),
        ({"machine_detection": {"strategy": "Hangup"}}, False),
        ({}, True),
    ],
)
def test_other_calls_take_no_notice_of_machines(more: Any, met: bool) -> None:
    """Those that ask nobody, that a person answers, or that detect none."""
    done = machine.run_out(call(SAY, machine=met, **more))
    assert done.asks == ()
    assert done.flow.messages[0].updated_at == NOW + END


def test_a_call_rings_no_longer_than_its_hangup_delay() -> None:
    """But one that is answered before lasts."""
    unanswered = machine.run_out(call(SAY, hangup_delay=1)).flow.messages[0]
    assert (unanswered.status, unanswered.updated_at) == ("NoAnswer", NOW + 2 * SECOND)
    assert machine.run_out(call(SAY, hangup_delay=10)).flow.messages[0].status == "Completed"


def test_an_answered_call_lasts_no_longer_than_its_maximum() -> None:
    """Counted from when it is answered; a shorter one ends by itself."""
    message = machine.run_out(call(SAY, max_duration=10)).flow.messages[0]
    assert (message.status, message.updated_at) == ("Completed", NOW + ANSWERED + 10 * SECOND)
    assert machine.run_out(call(SAY, max_duration=100)).flow.messages[0].updated_at == NOW + END


def test_a_number_of_keys_may_be_written_with_a_decimal_point() -> None:
    """JSON Schema calls it a whole number."""
    assert [ask.tones for ask in asks(call(COLLECT | {"maxDigits": 2.0}, keys=("1234",)))] == ["12"]


def spoken(*verbs: Json, **more: Any) -> Flow:
    """The same call if its plan leaves its end to what is said."""
    made = call(*verbs, **more)
    return replace(made, plans=(replace(made.plans[0], reports=REPORTS[:2], said=True),))


def lasted(done: Transition) -> int:
    """How many milliseconds the call lasted; it is over."""
    (message,) = done.flow.messages
    assert (message.status, message.live, done.flow.agenda) == ("Completed", False, ())
    assert message.reached_at is not None
    return message.updated_at - message.reached_at


def test_a_call_lasts_as_long_as_is_said() -> None:
    """All of its verbs, one after another; what it may last at most cuts it off."""
    long = SAY | {"repeat": 9}
    assert lasted(machine.run_out(spoken(SAY))) == SECOND
    assert lasted(machine.run_out(spoken(SAY, {"type": "PAUSE", "duration": 2.5}, long))) == 13_500
    assert lasted(machine.run_out(spoken(long, max_duration=4))) == 4 * SECOND
    assert lasted(machine.run_out(spoken(SAY, max_duration=4))) == SECOND
    assert machine.run_out(spoken(SAY)).flow.messages[0].talk is None


def test_a_call_waits_for_keys_and_for_answers_for_a_while() -> None:
    """Then the recipient hangs up; each key is waited for anew."""
    assert lasted(machine.run_out(spoken(SAY, COLLECT))) == SECOND + KEYS_MS
    assert lasted(machine.run_out(spoken(HASHED, keys=("1", "2")))) == 2 * PRESS_MS + KEYS_MS
    assert lasted(machine.run_out(spoken(COLLECT, keys=("1",)))) == PRESS_MS + ANSWER_MS
    assert lasted(machine.run_out(spoken(dial_plan_url=URL))) == ANSWER_MS


def test_a_call_lasts_as_long_as_what_is_answered_takes() -> None:
    """From the answer on, which comes in a second; without verbs it lets the call go on with those that are left."""
    asked = until(spoken(COLLECT, SAY | {"repeat": 4}, keys=("1",)), ANSWERED + PRESS_MS)
    more = answer(asked, SAY | {"repeat": 2})
    assert lasted(machine.due(more.flow, NOW + END)) == SECOND + 3 * SECOND
    left = answer(asked, why="no answer came")
    assert lasted(machine.due(left.flow, NOW + END)) == SECOND + 5 * SECOND


def test_to_a_machine_nothing_is_said_before_the_customer_has_answered() -> None:
    """However short the message is; its plan takes the place of the first."""
    detection = {"strategy": "Continue", "eventUrl": URL}
    met = until(spoken(SAY, machine=True, machine_detection=detection), ANSWERED + DETECTION_MS)
    assert [(ask.at, ask.machine) for ask in met.asks] == [(NOW + ANSWERED + DETECTION_MS, True)]
    other = answer(met, SAY | {"repeat": 6})
    assert lasted(machine.due(other.flow, NOW + END)) == SECOND + 7 * SECOND
    hung = spoken(SAY | {"repeat": 9}, machine=True, machine_detection={"strategy": "Hangup"})
    assert lasted(machine.run_out(hung)) == DETECTION_MS
