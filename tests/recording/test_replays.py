"""A recording replays what it was made from: the same statuses at the same times, and the same end."""

from __future__ import annotations

from pathlib import Path

import pytest
from msgspec import json

from emulator.channels.table import Cause, Channel
from emulator.clock import instants
from emulator.errors import Json
from emulator.fakes.expected import request_of
from emulator.flow.state import StatusCode
from emulator.recording.writing import from_bodies, from_journal
from emulator.scenario import files
from tests.support.expected import unmet
from tests.support.playing import step
from tests.support.replaying import (
    BOTH,
    FLOWS,
    A,
    B,
    C,
    Record,
    Steps,
    bodies,
    outcome,
    played,
    recorded_bodies,
    recorded_journal,
    replayed,
    run,
    usual,
    way,
)
from tests.support.running import SMS, VIBER, VOICE, Emulator, emulator, receiver
from tests.support.samples import HOUR, MINUTE, SECOND, callback, flow, plan, sms, viber

SCENARIOS = (
    "all-fail",
    "default",
    "delivered-after-expired",
    "delivered-but-unseen",
    "first-fails-then-delivers",
    "happy",
    "no-balance",
    "not-triggered",
    "repeated-reports",
    "seen-after-delivered",
    "sent-after-delivered",
    "server-error",
    "silence-until-ttl",
    "slow-delivery",
    "sms-unknown-number",
    "unreliable-viber",
    "viber-expires-sms-delivers",
    "viber-opted-out",
    "voice-out-of-order",
    "voice-rings-out",
    "voice-terminated",
)


@BOTH
@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recording_of_a_shipped_scenario_replays_every_flow(name: str, record: Record) -> None:
    """Whatever the channels report, to whomever, and however often."""
    before = played(files.named(name), *FLOWS)
    after = replayed(record(before), *FLOWS)
    assert list(map(outcome, after)) == list(map(outcome, before))


@pytest.mark.parametrize("name", SCENARIOS)
def test_a_recording_of_callbacks_replays_them_to_the_letter(name: str) -> None:
    """Descriptions, prices and durations too, and no callback more."""
    before = played(files.named(name), *FLOWS)
    assert bodies(replayed(recorded_bodies(before), *FLOWS)) == bodies(before)


@BOTH
@pytest.mark.parametrize("name", SCENARIOS)
def test_what_a_recording_expects_of_itself_holds(name: str, record: Record) -> None:
    """Only flows with one recipient have expectations."""
    simple = [steps for steps in FLOWS if len({str(step.to) for step in steps}) == 1]
    made = files.load_text(record(played(files.named(name), *simple)), "recorded")
    sent = [[step(told, order) for order, told in enumerate(each.send, 1)] for each in made.expect]
    came = [each.flow for each in played(made, *sent)]
    assert [(each.status, each.status_code, each.messages) for each in made.expect] == [
        (each.status, each.status_code, tuple(message.status for message in each.messages)) for each in came
    ]
    assert len(came) == len(simple)


@BOTH
def test_flows_with_several_recipients_are_recorded_without_expectations(record: Record) -> None:
    """They have a rule for each recipient."""
    text = record(played(files.named("all-fail"), [viber(to=A), sms(2, to=B)]))
    made = files.load_text(text, "recorded")
    assert [str(rule.match) for rule in made.rules] == [f"to is {A}", f"to is {B}"]
    assert made.expect == ()


@BOTH
def test_a_receipt_that_came_after_the_end_comes_again(record: Record) -> None:
    """Two hours after the message was delivered."""
    reports = ((SECOND, "DELIVERED"), (2 * HOUR, "SEEN"))
    text = record([run(flow([viber()], (plan(*reports),), callback()))])
    assert "- { at: 2h, status: SEEN }" in text


def test_a_report_that_came_in_vain_is_recorded_from_the_journal() -> None:
    """It changed nothing and led to no callback, so callback bodies don't have it."""
    done = run(flow([viber()], (plan((150 * SECOND, "EXPIRED"), (3 * MINUTE, "DELIVERED")),), callback()))
    assert [each.status for each in way(recorded_journal([done]), Channel.VIBER)] == ["EXPIRED", "DELIVERED"]
    assert [each.status for each in way(recorded_bodies([done]), Channel.VIBER)] == ["EXPIRED"]


@BOTH
@pytest.mark.parametrize("cause", ["balance", "server", ""])
def test_the_cause_is_read_from_the_status_code(record: Record, cause: Cause) -> None:
    """Of the step that ended the flow, not of the one before."""
    plans = (plan((SECOND, "FAILED")), plan((SECOND, "Failed"), cause=cause))
    done = run(flow([viber(), sms(2)], plans, callback()))
    text = record([done])
    assert [each.cause for channel in (Channel.VIBER, Channel.SMS) for each in way(text, channel)] == ["", cause]
    (after,) = replayed(text, [viber(), sms(2)])
    assert after.flow.status_code == {"balance": "1", "server": "0", "": "2"}[cause]


SENT: tuple[list[Json], ...] = (
    [VIBER | {"to": B, "ttl": 0.5}, VOICE | {"to": "+306900000001"}, SMS | {"to": B}],
    [SMS | {"to": C}, VIBER | {"to": C}],
    [VIBER | {"to": "+306900000510"}],
    [SMS | {"to": C}],
)


def sent(server: Emulator, url: str = "") -> list[str]:
    """The ids of the sample flows, sent a second apart; all has happened when this returns."""
    names = []
    for steps in SENT:
        names.append(server.send(*steps, callback=url))
        server.advance(by="1s")
    server.advance(until="idle")
    return names


def happened(server: Emulator, names: list[str]) -> list[tuple[int, Json]]:
    """The status entries and outcomes of these flows by what is the same in each run, in the order of the flows."""
    found = []
    for name in names:
        entries = [each for each in server.journal(name) if each["kind"] in ("accepted", "status", "completed")]
        start = instants.read(entries[0]["at"])
        found += [(instants.read(each["at"]) - start, essence(each["data"])) for each in entries[1:]]
    return found


def essence(data: Json) -> Json:
    """An entry's data without the callback's id, and with the reason that it has by itself."""
    kept = {key: value for key, value in data.items() if key != "callback"}
    return {"reason": usual(data)} | kept if "channel" in data else kept


def test_the_journal_of_a_real_emulator_replays(tmp_path: Path) -> None:
    """In another one, which gets the same requests."""
    with emulator("--rate", "0", "--scenario", "default") as server:
        before = happened(server, sent(server))
        text = from_journal(server.journal())
    file = tmp_path / "recorded.yaml"
    file.write_text(text, "utf-8")
    with emulator("--rate", "0", "--scenario", str(file)) as server:
        assert happened(server, sent(server)) == before
    assert {data["status"] for _, data in before} >= {"EXPIRED", "Busy", "SEEN", "Undelivered"}


def test_the_callbacks_that_a_real_receiver_got_replay(tmp_path: Path) -> None:
    """Recorded in the order in which they came."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "default") as server:
        before = happened(server, sent(server, hook.url))
        got = hook.rest()
    file = tmp_path / "recorded.yaml"
    file.write_text(from_bodies(got), "utf-8")
    with emulator("--rate", "0", "--scenario", str(file)) as server:
        assert happened(server, sent(server)) == before
    assert StatusCode.NOT_TRIGGERED not in {data.get("statusCode") for _, data in before}


@pytest.mark.parametrize("machine", [False, True])
def test_keys_that_were_pressed_and_a_machine_that_answered_are_recorded(*, machine: bool) -> None:
    """By hand or by a scenario, at one COLLECT after another; the replay posts the same keys."""
    call = {"answeredBy": "MACHINE" if machine else "HUMAN", "keys": ["7", "1#"]}
    first = {"purpose": "One presses keys.", "rules": [{"plan": {"Voice": call}}]}
    with receiver() as hook, emulator("--rate", "0") as server:
        asked = {"machineDetection": {"strategy": "Continue", "eventUrl": hook.url}} if machine else {}
        verbs = [{"type": "COLLECT", "eventUrl": hook.url, "submitOnHash": True, "maxDigits": 10}] * 2
        body = {"to": {"phone": "+306912345678"}, "from": "302100000000", "dialPlan": {"verbs": verbs}} | asked
        told, recorded = [], ""
        for scenario in (json.encode(first).decode(), None):
            text = {"text": recorded} if scenario is None else {"text": scenario}
            chosen = server.call("POST", "/_emulator/scenario", json.encode(text | {"application": "app"}))
            assert chosen.status == 200, chosen.body
            name = server.api("POST", "/voice/conversation", body).json()["trackingId"]
            server.advance("app", by="18s")
            pressed = server.call("POST", f"/_emulator/flows/{name}/keys", b'{"keys": "25#"}') if scenario else None
            assert pressed is None or pressed.status == 200, pressed.body
            server.advance("app", until="idle")
            entries = server.journal(name)
            told.append([(each["kind"], each["text"]) for each in entries if each["kind"] in {"keys", "asked"}])
            recorded = from_journal(entries)
    assert told[0] == told[1]
    assert [text for kind, text in told[0] if kind == "keys"][-3:] == [
        f"the recipient presses {each}" for each in ("7; the call waits for #", "1#", "25#")
    ]
    assert 'keys: ["7", "1#", "25#"]' in recorded
    assert ("answeredBy: MACHINE" in recorded) is machine


ANSWERS = """
purpose: Recipients answer, by text, picture and file.
rules:
  - match: { channel: Viber }
    plan:
      Viber:
        reply:
          - { after: 30s, media: "https://cdn.example/me.jpg", filename: "me: #1.jpg", text: "It's {me}" }
          - { after: 2m, text: STOP }
        plan: SEEN
  - plan: { Sms: { reply: { after: 7s, text: STOP, url: URL } } }
"""


def test_what_recipients_answer_is_recorded(tmp_path: Path) -> None:
    """By a scenario or by hand, over Viber and Sms, from the journal; the replay posts the same to the same URL."""
    with receiver() as hook:

        def answered(text: str, *, by_hand: bool) -> tuple[list[Json], str]:
            (tmp_path / "scenario.yaml").write_text(text)
            with emulator("--rate", "0", "--seed", "answers", "--scenario", str(tmp_path / "scenario.yaml")) as server:
                names = [server.send(VIBER | {"inboundUrl": hook.url}), server.send(SMS | {"to": B})]
                server.advance(by="10m")
                for name, target in zip(names, ({}, {"url": hook.url}), strict=True):
                    more = json.encode({"message": "No"} | target) if by_hand else b""
                    done = server.call("POST", f"/_emulator/flows/{name}/replies", more) if by_hand else None
                    assert done is None or done.status == 200, done.body
                server.advance(until="idle")
                posts = [{k: v for k, v in each.items() if k not in NAMES} for each in hook.rest()]
                return posts, from_journal(server.journal())

        before, recorded = answered(ANSWERS.replace("URL", json.encode(hook.url).decode()), by_hand=True)
        assert [each["message"] for each in before] == ["STOP", "It's {me}", "STOP", "No", "No"]
        after, _ = answered(recorded, by_hand=False)
        assert after == before


NAMES = ("messageId", "referenceTrackingId")
"""Members that tell two runs apart."""


@BOTH
def test_single_parts_that_fail_are_recorded(record: Record) -> None:
    """The others are delivered; the expectation has a text that is long enough."""
    scenario = 'purpose: x\nrules:\n  - plan: { Sms: { parts: { "2": Failed } } }\n'
    steps: Steps = [sms(body="x" * 200), viber(2)]
    (before,) = played(files.load_text(scenario, "parts"), steps)
    text = record([before])
    (after,) = replayed(text, steps)
    assert outcome(after) == outcome(before)
    assert after.flow.messages[0].parts == before.flow.messages[0].parts == ((2, "Failed"),)
    made = files.load_text(text, "recorded")
    assert made.expect[0].messages == ("Failed", "DELIVERED")
    assert unmet(made, request_of) == []


def test_answers_to_viber_messages_are_recorded_from_what_a_receiver_got() -> None:
    """Of flows and of single messages, by the id that they refer to; a copy counts once."""
    with receiver() as hook, emulator("--rate", "0", "--scenario", "happy") as server:
        name = server.send(VIBER | {"inboundUrl": hook.url}, callback=hook.url)
        body = {"senderInfoTrackingId": "s", "to": B, "body": {"text": "Hi"}} | {
            "callbackUrl": hook.url,
            "inboundUrl": hook.url,
        }
        other = server.api("POST", "/viber", body).json()["trackingId"]
        server.advance(by="1m")
        for flow_id, message in ((name, "STOP"), (other, "Yes")):
            body = {"message": message, "media": "https://cdn.example/me.jpg"}
            assert server.call("POST", f"/_emulator/flows/{flow_id}/replies", json.encode(body)).status == 200
        server.advance(until="idle")
        got = hook.rest()
    text = from_bodies([*got, *got])
    assert '- { after: "58s", text: "STOP", media: "https://cdn.example/me.jpg" }' in text
    assert '- { after: "58s", text: "Yes", media: "https://cdn.example/me.jpg" }' in text
    assert text.count("after:") == 2
