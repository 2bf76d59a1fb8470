"""A recording replays what it was made from: the same statuses at the same times, and the same end."""

from __future__ import annotations

from collections.abc import Callable
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from msgspec import json, to_builtins
from msgspec.structs import replace

from emulator.accounts import prices
from emulator.channels.table import CHANNELS, Channel
from emulator.clock import instants
from emulator.errors import Json
from emulator.flow import machine
from emulator.flow.request import Step, recipient, ttl_ms
from emulator.flow.state import Flow, Plan, PlannedReport, StatusCode, Transition
from emulator.journal.entry import Entry
from emulator.provider.failover import rendering
from emulator.recording.writing import RecordingError, from_bodies, from_journal
from emulator.scenario import files
from emulator.scenario.outcomes import Line
from emulator.scenario.questions import Facts
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario
from emulator.seed import Draws
from tests.support.playing import step
from tests.support.running import SMS, VIBER, VOICE, Emulator, emulator, receiver
from tests.support.samples import HOUR, MINUTE, NOW, NUMBER, SECOND, callback, flow, plan, sms, viber, voice

Record = Callable[[list[Transition]], str]
Steps = list[Step]
FOR_EVER = 10_000 * HOUR

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

A, B, C = NUMBER, "+306900000210", "+306900000485"
FLOWS: tuple[Steps, ...] = (
    [viber(to=A), voice(2, to=A), sms(3, to=A)],
    [viber(to=B), sms(2, to=B), voice(3, to=B)],
    [viber(to=A, expire_on_delivery=True), sms(2, to=A)],
    [sms(to=C), viber(2, to=C, ttl=0.5)],
    [sms(to=A), sms(2, to=A)],
    [viber(2, to=B), sms(to=C), voice(3, ["Completed", "Busy", "Unsent", "Terminated"], to=A)],
    [voice(to=C)],
)
"""Several to one recipient, several recipients in one, a channel twice, an order unlike the array's."""


# --- playing, without time and sockets ----------------------------------------------------------------------------


def played(scenario: Scenario, *flows: Steps) -> list[Transition]:
    """What becomes of requests that one application sends, a second apart."""
    seen: dict[str, int] = {}
    done = []
    for number, steps in enumerate(flows, 1):
        for to in set(map(recipient, steps)):
            seen[to] = seen.get(to, 0) + 1
        plans = tuple(planned(scenario, steps, index, number, seen) for index in range(len(steps)))
        done.append(run(flow(steps, plans, callback(), name=f"flow-{number}", ordinal=number)))
    return done


def planned(scenario: Scenario, steps: Steps, index: int, number: int, seen: dict[str, int]) -> Plan:
    """One step's plan; what is drawn follows from the request's number."""
    asking = steps[index]
    order = 1 + sum(other.order < asking.order for other in steps)
    to = recipient(asking)
    asked = Facts(asking.channel, to, application="app", order=order, request=number, request_to=seen[to])
    return scenario.planned_for(asked).plan(seen[to], ttl_ms(asking), Draws("seed", number, index))


def run(start: Flow) -> Transition:
    """A flow from its creation, so many seconds from now as it has an ordinal, to the last report."""
    at = NOW + start.ordinal * SECOND
    accepted = machine.accept(replace(start, created_at=at, updated_at=at))
    done = machine.due(accepted.flow, NOW + FOR_EVER)
    return Transition(done.flow, accepted.entries + done.entries, done.callbacks)


def journal(done: list[Transition]) -> list[Json]:
    """The entries that an emulator would show of these flows."""
    return [shown for each in done for shown in (accepted(each), *map(entry, each.entries[1:]))]


def accepted(done: Transition) -> Json:
    """The first entry, which has the request's body."""
    shown = entry(done.entries[0]) | {"kind": "accepted"}
    body = json.decode(json.encode(done.flow.request))
    return shown | {"data": shown["data"] | {"path": "/failover", "body": body}}


def entry(told: Entry) -> Json:
    """An entry as the journal shows it."""
    shown: Json = to_builtins(told)
    return shown | {"seq": 1, "at": instants.written(told.at)}


def bodies(done: list[Transition]) -> list[Json]:
    """The callback bodies of these flows."""
    return [json.decode(rendering.body(told, prices.load(""))) for each in done for told in each.callbacks]


def recorded_journal(done: list[Transition]) -> str:
    """The recording of these flows' journal."""
    return from_journal(journal(done))


def recorded_bodies(done: list[Transition]) -> str:
    """The recording of these flows' callbacks."""
    return from_bodies(bodies(done))


BOTH = pytest.mark.parametrize("record", [recorded_journal, recorded_bodies], ids=["journal", "bodies"])


# --- comparing ----------------------------------------------------------------------------------------------------


def statuses(done: Transition) -> list[tuple[int, Json]]:
    """The status entries of a flow, with the reasons that they have by themselves, and when since its creation."""
    told = [each for each in done.entries if each.kind == "status"]
    return [(each.at - done.flow.created_at, {"reason": usual(each.data)} | each.data) for each in told]


def usual(data: Json) -> str:
    """The usual reason of a status entry."""
    return CHANNELS[Channel(data["channel"])].reasons.get(data["status"], ("", ""))[0]


def outcome(done: Transition) -> tuple[list[tuple[int, Json]], str, str | None]:
    """All that a replay must repeat."""
    return statuses(done), done.flow.status, done.flow.status_code


def replayed(text: str, *flows: Steps) -> list[Transition]:
    """The same requests under a recorded scenario."""
    return played(files.load_text(text, "recorded"), *flows)


def way(text: str, channel: Channel, rule: int = 0) -> list[Line]:
    """The reports of a recorded scenario's rule for a channel."""
    found: Any = files.load_text(text, "recorded").rules[rule].plan[channel]
    return list(found.lines)


# --- round trips --------------------------------------------------------------------------------------------------


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
    """Where each flow has one recipient, so that it is told at all."""
    simple = [steps for steps in FLOWS if len(set(map(recipient, steps))) == 1]
    made = files.load_text(record(played(files.named(name), *simple)), "recorded")
    sent = [[step(told, order) for order, told in enumerate(each.send, 1)] for each in made.expect]
    came = [each.flow for each in played(made, *sent)]
    assert [(each.status, each.status_code, each.messages) for each in made.expect] == [
        (each.status, each.status_code, tuple(message.status for message in each.messages)) for each in came
    ]
    assert len(came) == len(simple)


@BOTH
def test_flows_with_several_recipients_are_recorded_without_expectations(record: Record) -> None:
    """A rule for each recipient says enough."""
    text = record(played(files.named("all-fail"), [viber(to=A), sms(2, to=B)]))
    made = files.load_text(text, "recorded")
    assert [str(rule.match) for rule in made.rules] == [f"to is {A}", f"to is {B}"]
    assert made.expect == ()


# --- what it looks like -------------------------------------------------------------------------------------------


def test_a_recording_reads_like_a_scenario_that_people_write() -> None:
    """One rule with its flow, times with units, a reason and a cause only where they are not the usual ones."""
    opted_out = Plan((PlannedReport(1500, "UNDELIVERED", "Opted Out"),))
    failed = Plan((PlannedReport(SECOND, "Sent"), PlannedReport(90 * SECOND + 7, "Failed", cause="server")))
    done = run(flow([viber(), sms(2)], (opted_out, failed), callback()))
    assert recorded_journal([done]) == (
        "purpose: Recorded from an emulator's journal of 2026-03-02, 1 flow.\n"
        "rules:\n"
        "  # flow flow-1 of 2026-03-02T09:15:45.44Z: Failed 0\n"
        f'  - match: {{ to: "{A}" }}\n'
        "    plan:\n"
        "      Viber:\n"
        '        - { at: 1s500ms, status: UNDELIVERED, reason: "Opted Out" }\n'
        "      Sms:\n"
        "        - { at: 1s, status: Sent }\n"
        "        - { at: 1m30s7ms, status: Failed, cause: server }\n"
        "expect:\n"
        "  - send:\n"
        f'      - {{ type: "Viber", to: "{A}", ttl: 2.5, '
        f'failoverOnStatuses: ["EXPIRED", "FAILED", "UNDELIVERED"] }}\n'
        f'      - {{ type: "Sms", to: "{A}", ttl: 120, failoverOnStatuses: ["Undelivered", "Failed"] }}\n'
        "    status: Failed\n"
        '    statusCode: "0"\n'
        "    messages: [UNDELIVERED, Failed]\n"
    )


@BOTH
def test_a_viber_message_that_expires_does_so_at_the_ttl_of_the_replay(record: Record) -> None:
    """The end of the ttl is told as such, not as a number of minutes."""
    text = record(played(files.named("silence-until-ttl"), [viber(ttl=2.5), sms(2)]))
    assert "- { at: ttl, status: EXPIRED" in text
    (after,) = replayed(text, [viber(ttl=10), sms(2)])
    assert [at for at, _ in statuses(after)] == [10 * MINUTE, 10 * MINUTE + 120 * MINUTE]


@BOTH
def test_a_planned_expiry_is_told_as_the_ttl_too(record: Record) -> None:
    """It has the usual reason, which the journal leaves out."""
    text = record(played(files.named("viber-expires-sms-delivers"), [viber(), sms(2)]))
    assert "- { at: ttl, status: EXPIRED }" in text


@BOTH
@pytest.mark.parametrize(
    "report",
    [
        PlannedReport(150 * SECOND - 1, "EXPIRED"),
        PlannedReport(150 * SECOND, "EXPIRED", "Gone"),
        PlannedReport(150 * SECOND, "FAILED"),
    ],
    ids=["too early", "another reason", "another status"],
)
def test_only_what_the_ttl_does_is_told_as_the_ttl(record: Record, report: PlannedReport) -> None:
    """Status, reason and time must all be its own."""
    text = record([run(flow([viber()], (Plan((report,)),), callback()))])
    assert "ttl," not in text
    (line,) = way(text, Channel.VIBER)
    assert (line.status, line.detailed) == (report.status, report.detailed)


@BOTH
def test_two_flows_to_one_recipient_are_told_apart_by_their_number(record: Record) -> None:
    """The first fails, the second is delivered; a third is nobody's."""
    before = played(files.named("first-fails-then-delivers"), [sms()], [sms()], [sms(to=B)])
    text = record(before)
    made = files.load_text(text, "recorded")
    assert [str(rule.match) for rule in made.rules] == [
        f"to is {A} and request_to is 1",
        f"to is {A} and request_to is 2",
        f"to is {B}",
    ]
    assert [outcome(each)[1] for each in replayed(text, [sms()], [sms()], [sms(to=B)])] == [
        each.flow.status for each in before
    ]
    assert {each.flow.status for each in before} == {"Failed", "Succeeded"}


@BOTH
def test_several_applications_are_told_apart(record: Record) -> None:
    """Each counts its own requests."""
    flows = [flow([sms()], None, callback(), name=name, application=name) for name in ("a", "b")]
    made = files.load_text(record([run(each) for each in flows]), "recorded")
    assert [str(rule.match) for rule in made.rules] == [f"application is {name} and to is {A}" for name in ("a", "b")]
    assert made.expect == ()


@BOTH
def test_a_channel_twice_has_a_rule_for_each_step(record: Record) -> None:
    """By its order, which is the position, whatever numbers the request has."""
    steps: Steps = [sms(7), sms(3)]
    made = [plan((SECOND, "Delivered")), plan((2 * SECOND, "Failed"))]
    before = run(flow(steps, tuple(made), callback()))
    text = record([before])
    assert [str(rule.match) for rule in files.load_text(text, "recorded").rules] == [
        f"to is {A} and order is 1",
        f"to is {A} and order is 2",
    ]
    assert [outcome(each) for each in replayed(text, steps)] == [outcome(before)]


@BOTH
def test_a_step_that_was_told_nothing_yet_is_silent(record: Record) -> None:
    """The flow is still under way, so nothing is expected of it."""
    start = flow([viber(), sms(2)], (plan((SECOND, "FAILED")), plan()), callback())
    begun = machine.accept(start)
    done = machine.due(begun.flow, NOW + MINUTE)
    text = record([Transition(done.flow, begun.entries + done.entries, done.callbacks)])
    assert "Sms: silence\n" in text
    assert "expect" not in text


@BOTH
def test_a_receipt_that_came_after_the_end_comes_again(record: Record) -> None:
    """Two hours after the message was delivered."""
    reports = ((SECOND, "DELIVERED"), (2 * HOUR, "SEEN"))
    text = record([run(flow([viber()], (plan(*reports),), callback()))])
    assert "- { at: 2h, status: SEEN }" in text


def test_a_report_that_came_in_vain_is_recorded_from_the_journal() -> None:
    """It changed nothing, but it came; the customer never heard of it."""
    done = run(flow([viber()], (plan((150 * SECOND, "EXPIRED"), (3 * MINUTE, "DELIVERED")),), callback()))
    assert [each.status for each in way(recorded_journal([done]), Channel.VIBER)] == ["EXPIRED", "DELIVERED"]
    assert [each.status for each in way(recorded_bodies([done]), Channel.VIBER)] == ["EXPIRED"]


@BOTH
@pytest.mark.parametrize("cause", ["balance", "server", ""])
def test_the_cause_is_read_from_the_status_code(record: Record, cause: str) -> None:
    """Of the step that ended the flow, not of the one before."""
    plans = (plan((SECOND, "FAILED")), plan((SECOND, "Failed"), cause=cause))
    done = run(flow([viber(), sms(2)], plans, callback()))
    text = record([done])
    assert [each.cause for channel in (Channel.VIBER, Channel.SMS) for each in way(text, channel)] == ["", cause]
    (after,) = replayed(text, [viber(), sms(2)])
    assert after.flow.status_code == {"balance": "1", "server": "0", "": "2"}[cause]


@BOTH
def test_a_cause_that_the_status_has_by_itself_is_not_told(record: Record) -> None:
    """UNSENT is lack of balance anyway."""
    assert "- { at: 1s, status: UNSENT }" in record(played(files.named("no-balance"), [viber()]))


@BOTH
def test_any_text_survives(record: Record) -> None:
    """Quotes, line ends, Greek, emoji, and signs that YAML does not allow."""
    strange = 'Ό,τι "να\'ναι": # {x}\n\\ 😀 \x7f\x85\u2028 end'
    done = run(
        flow([sms()], (Plan((PlannedReport(SECOND, "Failed", strange, strange[::-1]),)),), callback(), name=strange)
    )
    (line,) = way(record([done]), Channel.SMS)
    assert line.detailed == strange
    assert "Ό,τι" in record([done])


def test_a_description_is_recorded_where_it_is_not_the_usual_one() -> None:
    """Only bodies have it."""
    done = run(flow([sms()], (Plan((PlannedReport(SECOND, "Failed", description="Sorry."),)),), callback()))
    (line,) = way(recorded_bodies([done]), Channel.SMS)
    assert (line.detailed, line.description) == ("", "Sorry.")


@BOTH
def test_a_report_later_than_a_scenario_can_say_is_refused(record: Record) -> None:
    """With its step and its time."""
    reports = ((SECOND, "DELIVERED"), (400 * 24 * HOUR, "SEEN"))
    done = run(flow([viber()], (plan(*reports),), callback()))
    with pytest.raises(RecordingError, match=f"Viber to .{A[1:]}: SEEN came 400d after its start; at most 366d"):
        record([done])


# --- bodies that real life brings ---------------------------------------------------------------------------------


def told(steps: Steps | None = None) -> list[Json]:
    """The bodies of one good flow, to be spoilt."""
    return deepcopy(bodies(played(files.named("all-fail"), steps or [viber(), sms(2, body="x" * 300)])))


def test_bodies_that_come_twice_or_in_another_order_change_nothing() -> None:
    """As after lost answers; the parts of an Sms are one message."""
    good = told()
    first, *others = good
    assert len(first["messages"]) == 3
    assert from_bodies([first, *reversed(others), *good, first]) == from_bodies(good)


def test_one_body_at_the_end_is_enough() -> None:
    """The strategy OnCompletion tells no more: the last status of each step."""
    text = from_bodies(told()[-1:])
    assert [each.status for each in way(text, Channel.SMS)] == ["Undelivered"]


def test_a_flow_between_two_steps_is_not_taken_for_one_that_ended() -> None:
    """Its last message has ended, but who knows what comes."""
    body = told()[0]
    body["messages"] = body["messages"][:1]
    assert "expect" not in from_bodies([body])


def test_flows_are_numbered_by_their_creation_not_by_their_callbacks() -> None:
    """The second flow may be faster than the first."""
    done = played(HAPPY_SCENARIO, [voice()], [sms()])
    text = from_bodies(bodies(done[::-1]))
    assert way(text, Channel.VOICE, 0)
    assert way(text, Channel.SMS, 1)


def test_a_status_in_other_letters_and_a_missing_reason_will_do() -> None:
    """A real provider may spell as it likes; times may have other zones, or none."""
    last = told([sms()])[-1]
    last["messages"][0]["createdAt"] = "2026-03-02T09:15:45.44"
    last["messages"][0]["status"] = {"name": "DELIVERED", "reason": None, "updatedDate": "2026-03-02T11:15:47.5+02:00"}
    (line,) = way(from_bodies([last]), Channel.SMS)
    assert (line.status, line.time, line.detailed) == ("Delivered", way_time("2s60ms"), "")


def way_time(text: str) -> object:
    """A fixed time as the loader reads it."""
    lines = f"purpose: T\nrules:\n  - plan: {{ Sms: [{{ at: {text}, status: Sent }}] }}\n"
    return way(lines, Channel.SMS)[0].time


def test_a_status_that_is_older_than_its_message_comes_at_once() -> None:
    """Clocks differ."""
    last = told([sms()])[-1]
    last["messages"][0]["status"]["updatedDate"] = "2026-03-02T09:15:00Z"
    assert way(from_bodies([last]), Channel.SMS)[0].time == way_time("0s")


def without(name: str, *path: str | int) -> Callable[[Json], Any]:
    """A change that takes a member away."""

    def change(body: Json) -> Any:
        at: Any = body
        for key in path:
            at = at[key]
        del at[name]
        return body

    return change


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (without("trackingId"), "body 2: .*`trackingId`"),
        (without("messages"), "body 2: .*`messages`"),
        (without("createdAt", "messages", 0), r"body 2: .*`createdAt` - at `\$.messages\[0\]`"),
        (without("updatedDate", "messages", 1, "status"), r"body 2: .*`updatedDate` - at `\$.messages\[1\].status`"),
        (without("trackingId", "messages", 0), r"body 2: messages\[0\].trackingId is missing"),
        (without("messageId", "messages", 1), r"body 2: messages\[1\].messageId is missing"),
        (lambda body: body | {"status": "Lost"}, r"body 2: .*'Lost' - at `\$.status`"),
        (lambda body: body | {"createdAt": "yesterday"}, r"body 2: .*datetime - at `\$.createdAt`"),
        (lambda _: "text", "body 2: Expected `object`"),
    ],
)
def test_a_body_that_lacks_something_is_refused_with_its_number(change: Callable[[Json], Any], message: str) -> None:
    """And with the member."""
    first, second, *_ = told()
    with pytest.raises(RecordingError, match=message):
        from_bodies([first, change(second)])


def test_a_status_that_the_channel_does_not_have_is_refused() -> None:
    """A scenario could not say it."""
    body = told()[0]
    body["messages"][1]["status"]["name"] = "Lost"
    with pytest.raises(RecordingError, match=r"body 1: messages\[1\].status.name: Sms has no status 'Lost'"):
        from_bodies([body])


# --- journals that real life brings -------------------------------------------------------------------------------


def test_nothing_is_no_recording() -> None:
    """Said for each source in its own words."""
    with pytest.raises(RecordingError, match="nothing to record: the journal has no accepted request"):
        from_journal([])
    with pytest.raises(RecordingError, match="nothing to record: no body has a message"):
        from_bodies([])
    with pytest.raises(RecordingError, match="nothing to record: no body has a message"):
        from_bodies([told()[0] | {"messages": []}])


def test_flows_whose_request_the_journal_has_forgotten_are_left_out() -> None:
    """Those that came later are whole."""
    first, second = played(HAPPY_SCENARIO, [viber()], [sms()])
    entries = journal([first])[1:] + journal([second])
    assert from_journal(entries) == recorded_journal([second])


def test_other_entries_are_passed_over() -> None:
    """Refusals, callbacks, cancellations, reports to a step that has not started or in no words of its channel."""
    entries = journal(played(HAPPY_SCENARIO, [viber()]))
    at, name = entries[0]["at"], entries[0]["flow"]
    common = {"at": at, "application": "app", "flow": name}
    others = [
        {"seq": 0, "at": at, "kind": "refused", "application": None, "flow": None, "data": {"status": 400}},
        common | {"kind": "delivered", "data": {"status": 200}},
        common | {"kind": "ignored", "data": {"why": "the flow ended as Succeeded"}},
        common | {"kind": "ignored", "data": {"step": 1, "channel": "Viber", "status": "Sent", "why": "unknown"}},
        common | {"kind": "ignored", "data": {"step": 2, "channel": "Sms", "status": "Sent", "why": "not started"}},
    ]
    assert from_journal([entries[0], *others, *entries[1:]]) == from_journal(entries)


def test_an_entry_that_is_none_is_refused_with_its_number() -> None:
    """As are a request that breaks the rules, and a step that it does not have."""
    entries = journal(played(HAPPY_SCENARIO, [viber()]))
    with pytest.raises(RecordingError, match=r"entry 2: .*`data`"):
        from_journal([entries[0], without("data")(deepcopy(entries[1]))])
    broken = deepcopy(entries)
    broken[0]["data"]["step"] = 2
    with pytest.raises(RecordingError, match="flow flow-1: its request has no step 2"):
        from_journal(broken)
    broken[0]["data"]["body"] = {"flow": []}
    with pytest.raises(RecordingError, match=r"flow flow-1: its request cannot be read: .*flow"):
        from_journal(broken)


# --- a real emulator ----------------------------------------------------------------------------------------------

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
        got = []
        while not hook.empty():
            got.append(hook.next())
    file = tmp_path / "recorded.yaml"
    file.write_text(from_bodies(got), "utf-8")
    with emulator("--rate", "0", "--scenario", str(file)) as server:
        assert happened(server, sent(server)) == before
    assert StatusCode.NOT_TRIGGERED not in {data.get("statusCode") for _, data in before}
