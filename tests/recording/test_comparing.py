"""Captures of emulators with other choices: `compare` finds these, and nothing in its own."""

from __future__ import annotations

from typing import Any

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.channels.senders import sender_name
from emulator.choices.given import over
from emulator.choices.table import TAKEN, rows
from emulator.errors import Json
from emulator.planning.rehearsal import Rehearsal
from emulator.provider import requests
from emulator.provider.services import Renderings
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.comparing import Explanation, cases, compared, explained
from emulator.scenario import files
from emulator.scenario.rules import Scenario
from tests.support.samples import HOUR, MINUTE, NOW, SECOND

THEIRS = files.load_text(
    """
purpose: What the provider does in these captures.
rules:
  - match: { to: "+306900000001" }
    plan:
      Viber: [{ at: ttl, status: EXPIRED }, { at: 20m, status: DELIVERED }]
      Sms: [{ after: 1s, status: Sent }, { after: 2700ms, status: Delivered }]
  - match: { to: "+306900000002" }
    plan: { Viber: SEEN }
  - match: { to: "+306900000003" }
    plan: { Voice: Completed }
  - match: { to: "+306900000004" }
    plan: { Voice: Failed }
  - match: { to: "+306900000005" }
    plan: { Viber: UNDELIVERED, Sms: Undelivered }
""",
    "theirs",
)
TEXT = {
    "text": "Hi",
    "imageUrl": "https://a.example/b.png",
    "action": {"caption": "Go", "targetUrl": "https://a.example"},
}
SENDER = "3f0c9a52-7e0e-4b2f-9d0c-1f6f2b1f7a10"
SAY = {"verbs": [{"type": "SAY", "message": {"text": "Hi", "language": "en-GB"}}]}
UNTOLD = {"seen-after-delivered", "callback-retries", "callback-retry-times", "callback-received"}
"""Choices that no callback tells of: what is not shown can't be told from what never was, the others need retries."""
OTHERS = ("otp-", "sms-tracking", "steps-in-", "verification-")
"""How the names of choices begin that are about calls which are not compared."""
TOLD = [row for row in rows() if row.name not in UNTOLD and not row.name.startswith(OTHERS)]


def viber(to: int) -> Json:
    """A Viber step."""
    return {"type": "Viber", "senderInfoTrackingId": SENDER, "to": f"+30690000000{to}", "message": TEXT, "ttl": 2}


def sms(to: int) -> Json:
    """An Sms step."""
    return {"type": "Sms", "from": "Shop", "to": f"+30690000000{to}", "message": {"body": "Hi"}}


def voice(to: int, **more: Any) -> Json:
    """A Voice step."""
    return {"type": "Voice", "from": "302100000000", "to": f"+30690000000{to}", "dialPlan": SAY} | more


def flow(*steps: Json, strategy: str = "OnStep") -> tuple[str, Json]:
    """A request for a flow."""
    return "/failover", {"flow": list(steps), "callback": {"strategy": strategy, "url": "https://app.example/hook"}}


SINGLE = {
    "from": "Shop",
    "to": "+306900000001",
    "body": "Hi",
    "callback": {"url": "https://app.example", "strategy": "OnChange"},
}
REQUESTS = (
    flow(viber(1), sms(1)),
    flow(viber(2), sms(2), strategy="OnCompletion"),
    flow(viber(2), sms(2)),
    flow(voice(3, failoverOnStatuses=["Completed", "Busy"]), sms(3)),
    flow(voice(4), sms(4)),
    flow(viber(5), sms(5), strategy="OnCompletion"),
    ("/sms", SINGLE),
)


def capture(
    *given: tuple[str, str], scenario: Scenario = THEIRS, sent: tuple[tuple[str, Json], ...] = REQUESTS
) -> Capture:
    """The traffic with an emulator of these choices, whose requests come a second and a bit apart."""
    renderings = Renderings(lambda: (Prices(), sender_name))
    theirs = Rehearsal(scenario, "theirs", Prices(), renderings, choices=over(TAKEN, given))
    exchanges, callbacks = list[Exchange](), list[Callback]()
    for number, (path, body) in enumerate(sent):
        asked = requests.read(json.encode(body), path)
        done = theirs.play(asked.request, "5b223c27e4b04b9cdaa70001", NOW + number * 1370, asked.kind)
        assert done.accepted is not None
        answer = json.decode(renderings[asked.kind].created(done.accepted))
        exchanges.append(Exchange(path, json.encode(body), 200, answer))
        callbacks += [Callback(json.decode(post.body), post.at, 200) for post in done.posts]
    return Capture(tuple(exchanges), tuple(callbacks))


def found(of: Capture) -> Explanation:
    """What is found in a capture."""
    return explained(cases(of), TAKEN, Prices())


def test_in_an_emulator_s_own_capture_nothing_differs() -> None:
    """Under any scenario that callbacks tell of."""
    assert found(capture()) == Explanation((), {}, {}, {}, ())
    for name in ("happy", "all-fail", "viber-expires-sms-delivers", "silence-until-ttl", "default"):
        assert compared(cases(capture(scenario=files.named(name))), TAKEN, Prices()) == [], name


@pytest.mark.parametrize(
    ("name", "answer"), [(row.name, answer) for row in TOLD for answer in row.answers if answer != row.taken]
)
def test_each_choice_is_found_and_no_other(name: str, answer: str) -> None:
    """It explains all that differs; nothing else would."""
    told = found(capture((name, answer)))
    assert told.found
    assert (told.chosen, told.left) == ({name: answer}, ())
    assert told.explains == {name: len(told.found)}
    assert told.alternatives == {name: ()}


@pytest.mark.parametrize("start", range(4))
def test_several_choices_are_found_together(start: int) -> None:
    """Also where they change the same callbacks."""
    given = {row.name: row.answers[-1] for row in TOLD[start::4]}
    told = found(capture(*given.items()))
    assert (told.chosen, told.left) == (given, ())


def test_what_was_never_shown_differs_in_nothing() -> None:
    """Whether a message would have been seen, nobody knows."""
    assert found(capture(("seen-after-delivered", "ignored"))).found == ()


def test_a_start_with_the_right_choices_leaves_nothing_to_find() -> None:
    """As --choose gives them."""
    of = cases(capture(("latency", "milliseconds")))
    assert explained(of, over(TAKEN, (("latency", "milliseconds"),)), Prices()).found == ()


def test_what_no_choice_explains_is_left() -> None:
    """With its field; choices that explain something are told all the same."""
    of = capture(("originating-service", "failover"))
    changed = [replace(each, body=each.body | {"news": 1}) for each in of.callbacks]
    told = found(replace(of, callbacks=tuple(changed)))
    assert told.chosen == {"originating-service": "failover"}
    assert {each.field.partition(".")[2] for each in told.left} == {"news"}


def test_refusals_are_compared_and_other_answers_are_not() -> None:
    """A request that the emulator takes and the provider refused, and the other way round."""
    body = json.encode(REQUESTS[0][1])
    refused = Exchange("/failover", body, 400, {"code": "400000000"})
    wrong = Exchange("/failover", b'{"flow": []}', 200, {"trackingId": "a"})
    both = Exchange("/failover", b'{"flow": []}', 400, {})
    of = cases(Capture((refused, wrong, both, Exchange("/failover", body, 401, {})), (Callback({"messages": []}),), 2))
    assert (len(of.cases), of.others) == (3, 4)
    told = compared(of, TAKEN, Prices())
    assert [(each.flow, each.field) for each in told] == [("request 1", "answer"), ("request 2", "answer")]
    assert (told[0].emulated, told[1].captured) == (200, 200)


def repeated(*attempts: tuple[int, int]) -> Capture:
    """A capture whose first callback was tried at these times, in ms after the first, with these answers."""
    of = capture(sent=REQUESTS[:1])
    first, *others = of.callbacks
    assert first.at is not None
    tried = [replace(first, at=first.at + after, answered=status) for after, status in attempts]
    late = replace(others[-1], at=first.at + 30 * HOUR)
    return replace(of, callbacks=(*tried, *others[:-1], late))


LADDER = (0, 30 * SECOND, MINUTE, 2 * MINUTE, 5 * MINUTE, 10 * MINUTE)


@pytest.mark.parametrize(
    ("attempts", "chosen"),
    [
        (((0, 500), (30 * SECOND, 200)), {}),
        (((0, 500), (30 * SECOND, 500), (90 * SECOND, 200)), {"callback-retry-times": "from-previous"}),
        (tuple((at, 500) for at in LADDER), {"callback-retries": "5"}),
        (((0, 500), (30 * SECOND, 204)), {"callback-received": "2xx"}),
    ],
)
def test_retries_tell_of_their_choices(attempts: tuple[tuple[int, int], ...], chosen: dict[str, str]) -> None:
    """By their times, and by those that do not come."""
    told = found(repeated(*attempts))
    assert (told.chosen, told.left) == (chosen, ())


def test_choices_that_would_explain_as_much_are_told() -> None:
    """One attempt that was not repeated has two explanations."""
    told = found(repeated((0, 204)))
    (name,) = told.chosen
    both = {f"{name}={told.chosen[name]}", *told.alternatives[name]}
    assert both == {"callback-retries=0", "callback-received=2xx"}
