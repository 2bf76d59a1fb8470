"""The scenario language: what it can say, what `check` finds, and how mistakes are told."""

from __future__ import annotations

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from emulator.accounts.prices import Prices
from emulator.channels.numbers import known_network
from emulator.clock import durations
from emulator.control.review import review
from emulator.errors import Json
from tests.support.commands import run
from tests.support.running import PATIENCE, SMS, VIBER, emulator, receiver
from tests.support.scenarios import DOCS

NEVER_ENDS = "^(([a-z])+.)+[A-Z]([a-z])+$"
"""A regular expression of 31 characters that needs longer with each character of a text, twice as long each time."""


def test_f1_check_tries_out_what_a_scenario_expects_of_itself(tmp_path: Path) -> None:
    """A difference is told with file and line, and the status is 1; without one it is 0."""
    file = tmp_path / "mine.yaml"
    file.write_text(
        "purpose: Sms fail.\nrules:\n  - plan: { Sms: Failed }\nexpect:\n"
        "  - { send: [Viber], status: Succeeded }\n"
        '  - send: [Sms]\n    status: Succeeded\n    statusCode: "2"\n    callbacks: 2\n'
    )
    wrong = run("check", str(file))
    assert wrong.exit_code == 1
    assert wrong.stderr == f"{file}:7:13: expect[1].status: expected Succeeded, but it comes to Failed\n"
    file.write_text(file.read_text().replace("status: Succeeded\n ", "status: Failed\n "))
    assert (run("check", str(file)).exit_code, run("check", str(file)).stderr) == (0, "")
    file.write_text('purpose: Refused.\nexpect: { send: [{ type: Sms, from: "a longer sender" }], answer: 200 }\n')
    refused = run("check", str(file))
    assert (refused.exit_code, "the API refuses what it sends: flow[0].from: must be a sender" in refused.stderr) == (
        1,
        True,
    )


VAIN = """purpose: In vain.
rules:
  - match: { to: "6912345678" }
    plan: silence
  - match: { order: 2 }
    answer: server-error
  - name: all of them
    plan: { Sms: Failed }
  - match: { to: "+306912345678" }
    plan: { Sms: Undelivered }
  - answer: { close: after, body: nobody reads this }
"""
IN_VAIN = [
    (
        "3:5: rules[0].match",
        "a recipient is written with + and its country's code, as +306912345678; 6912345678 is none",
    ),
    ("5:5: rules[1]", "the step that runs first decides about the answer, and it has order 1"),
    ("9:5: rules[3]", "the rule 'all of them' comes first for all that it matches"),
    ("11:15: rules[4].answer.close", "the connection closes without an answer, so the other members are unused"),
]
"""What is in vain there: its place, and why."""


def test_f2_what_a_scenario_says_in_vain_is_a_warning_and_strictly_an_error(tmp_path: Path) -> None:
    """Rules that nothing reaches, matches that nothing meets, members without effect; the shipped ones have none."""
    file = tmp_path / "vain.yaml"
    file.write_text(VAIN)
    lax, strict = run("check", str(file)), run("check", "--strict", str(file))
    assert (lax.exit_code, strict.exit_code) == (0, 1)
    told = zip(lax.stderr.splitlines(), strict.stderr.splitlines(), IN_VAIN, strict=True)
    for warning, error, (place, why) in told:
        assert warning.startswith(f"{file}:{place}: warning: ")
        assert error.startswith(f"{file}:{place}: ")
        assert why in warning
        assert why in error
    assert run("check", "--strict").exit_code == 0


NEVER_MET = [
    ("operator: Cosmot", "3:5: rules[0].match", "no number has such a network; did you mean 'Cosmote'?"),
    (
        "operator: { glob: 'osmo*' }",
        "3:5: rules[0].match",
        "operator looks like osmo*, and no number has such a network",
    ),
    ("operator: [Cosmote, Vodafon]", "3:14: rules[0].match.operator", "did you mean 'Vodafone'?"),
    ("not: { operator: Cosmot }", "3:14: rules[0].match.not", "did you mean 'Cosmote'?"),
    ("any: [{ text: x }, { country: UK }]", "3:33: rules[0].match.any[1]", "no number belongs to the country UK"),
    ('to: ["+306912345678", "6912345678"]', "3:14: rules[0].match.to", "6912345678 is none"),
    ("time: { weekday: Sat, date: 2026-11-26 }", "3:5: rules[0].match", "on such a weekday: Sat 2026-11-26 UTC"),
]
"""Matches that nothing meets, or a part of which nothing meets: the place, and why."""


@pytest.mark.parametrize(("match", "place", "why"), NEVER_MET)
def test_f2_a_word_or_a_day_that_nothing_meets_is_a_warning(tmp_path: Path, match: str, place: str, why: str) -> None:
    """Also where it only makes a part of a match useless, or has it hold always, under `not`."""
    file = tmp_path / "vain.yaml"
    file.write_text(f"purpose: In vain.\nrules:\n  - match: {{ {match} }}\n    plan: {{ Sms: Failed }}\n")
    (told,) = run("check", str(file)).stderr.splitlines()
    assert told.startswith(f"{file}:{place}: warning: no request meets this: ")
    assert told.endswith(why)


def test_f2_the_page_is_told_the_same_warnings() -> None:
    """By the call that checks a text as it is written; what is unmet is among them."""
    with emulator() as server:
        body = {"text": VAIN + "expect: { send: [Viber], status: Failed }\n"}
        found = server.call("POST", "/_emulator/scenarios/check", json.dumps(body).encode()).json()
        assert found["problems"] == []
        assert [each["line"] for each in found["warnings"]] == [3, 5, 9, 11, 12]
        rules = {"text": VAIN.partition("\n")[2], "overrides": True}
        found = server.call("POST", "/_emulator/scenarios/check", json.dumps(rules).encode()).json()
        assert [each["line"] for each in found["warnings"]] == [2, 4, 8, 10]


def came(tmp_path: Path, text: str, *bodies: Json, clock: str = "2026-03-02T12:00Z") -> list[list[str]]:
    """What requests come to under a scenario of this text: of each the last status, but for Queued, that its callbacks
    tell, in the order in which they came; nothing for one that is refused. Time stands still between them.
    """
    (tmp_path / "mine.yaml").write_text(f"purpose: Mine.\n{text}")
    told: list[list[str]] = []
    options = ("--rate", "0", "--start-at", clock, "--scenario", str(tmp_path / "mine.yaml"))
    with receiver() as hook, emulator(*options) as server:
        for body in bodies:
            full = body | {"callback": {"strategy": "OnStep", "url": hook.url}}
            server.api("POST", "/failover", full)
            server.advance(until="idle")
            told.append([])
            for post in hook.rest():
                statuses = [message["status"]["name"] for message in post["messages"]]
                told[-1] += [status for status in statuses if status != "Queued"][-1:]
    return told


def sms(to: str = "+306912345678") -> Json:
    """A body with one Sms."""
    return {"flow": [SMS | {"to": to}]}


NIGHT = "rules: [{ match: { time: %s }, plan: { Sms: Failed } }]\n"


@pytest.mark.parametrize(
    ("when", "clock", "holds"),
    [
        ("{ between: 22:00..06:00 }", "2026-03-02T23:00Z", True),
        ("{ between: 22:00..06:00 }", "2026-03-02T12:00Z", False),
        ("{ between: 22:00..06:00, zone: Asia/Tokyo }", "2026-03-02T14:00Z", True),
        ("{ weekday: [Sat, Sun] }", "2026-03-01T12:00Z", True),
        ("{ weekday: Sat }", "2026-03-02T12:00Z", False),
        ("{ date: 2026-12-24..2026-12-26 }", "2026-12-26T23:59Z", True),
        ('{ date: "2026-12-24" }', "2026-12-25T00:00Z", False),
    ],
)
def test_f3_a_rule_can_demand_a_time_of_day_a_weekday_or_a_date(
    tmp_path: Path, when: str, clock: str, *, holds: bool
) -> None:
    """On the emulator's clock, in a time zone."""
    assert came(tmp_path, NIGHT % when, sms(), clock=clock) == [["Failed"] if holds else ["Sent", "Delivered"]]


def test_f3_a_rule_can_demand_the_network_that_callbacks_name(tmp_path: Path) -> None:
    """As `operator`."""
    numbers = ("+306971234567", "+306941234567")
    names = [known_network(number) for number in numbers]
    assert len(set(names)) == 2
    rules = f"rules: [{{ match: {{ operator: {json.dumps(names[0])} }}, plan: {{ Sms: Failed }} }}]\n"
    assert came(tmp_path, rules, *map(sms, numbers)) == [["Failed"], ["Sent", "Delivered"]]


@pytest.mark.parametrize(
    ("faults", "statuses"),
    [
        ("{ order: [2, 1, 3] }", ["UNDELIVERED", "QUEUED", "Sent", "Delivered"]),
        ("{ order: [3] }", ["Sent", "QUEUED", "UNDELIVERED", "Delivered"]),
        ("{ reverse: true }", ["Delivered", "Sent", "UNDELIVERED", "QUEUED"]),
        ("{ drop: last }", ["QUEUED", "UNDELIVERED", "Sent"]),
        ("{ drop: { status: Sent } }", ["QUEUED", "UNDELIVERED", "Delivered"]),
        ("{ drop: { status: [UNDELIVERED, Delivered] } }", ["QUEUED", "Sent"]),
    ],
)
def test_f3_callbacks_come_in_a_fixed_order_or_those_that_are_named_are_lost(
    tmp_path: Path, faults: str, statuses: list[str]
) -> None:
    """Whatever they are numbered."""
    rules = f"rules: [{{ plan: {{ Viber: UNDELIVERED }}, callbacks: {faults} }}]\n"
    body: Json = {"flow": [VIBER | {"order": 1}, SMS | {"order": 2}]}
    assert came(tmp_path, rules, body) == [statuses]


def test_f3_a_share_of_the_recipients_sticks_to_their_numbers(tmp_path: Path) -> None:
    """The same ones in each run and under each seed; the rest of a hundred per cent are the others."""
    numbers = [f"+3069100000{number:02}" for number in range(60)]
    first = "rules: [{ match: { share: 33% }, plan: { Sms: Failed } }]\n"
    rest = "rules: [{ match: { share: 33%..100% }, plan: { Sms: Failed } }]\n"
    once, again, others = (came(tmp_path, text, *map(sms, numbers)) for text in (first, first, rest))
    assert once == again
    assert 10 <= once.count(["Failed"]) <= 30
    assert [told == ["Failed"] for told in others] == [told != ["Failed"] for told in once]


def test_f3_a_balance_can_be_a_number_of_messages(tmp_path: Path) -> None:
    """A long Sms counts once, and one that is not sent does not count."""
    long: Json = {"flow": [SMS | {"message": {"body": "long " * 100}}]}
    text = "balance: { messages: 2 }\nwhen_empty: %s\nrules: [{ match: { request: 1 }, plan: { Sms: Failed } }]\n"
    delivered = ["Sent", "Delivered"]
    assert came(tmp_path, text % "fail", long, long, long, long) == [["Failed"], delivered, delivered, ["Failed"]]
    assert came(tmp_path, text % "refuse", long, long, long, long) == [["Failed"], delivered, delivered, []]


def test_f3_explain_shows_each_of_them(tmp_path: Path) -> None:
    """What differs, what is done to the callbacks, what is left of the messages."""
    (tmp_path / "all.yaml").write_text(
        "purpose: All of them.\nbalance: { messages: 2 }\nrules:\n"
        "  - { name: night, match: { time: { between: 22:00..06:00, zone: Europe/Athens } }, plan: silence }\n"
        "  - { name: network, match: { operator: Nobody }, plan: silence }\n"
        "  - { name: few, match: { share: 0.01% }, plan: silence }\n"
        "  - { name: callbacks, callbacks: { reverse: true, drop: last } }\n"
    )
    body = json.dumps(sms() | {"callback": {"strategy": "OnStep", "url": "http://127.0.0.1/"}})
    scenario = ("--scenario", str(tmp_path / "all.yaml"))
    told = json.loads(run("explain", "-", *scenario, "--json", "--at", "2026-03-02T12:00Z", text=body).stdout)
    (night, network, few, *_), callbacks = told["steps"][0]["rules"], told["callbacks"]
    assert night["differences"][0] == (
        "time is Mon 2026-03-02 14:00 Europe/Athens, which is not within 22:00..06:00 Europe/Athens"
    )
    assert network["differences"][0].endswith("which is not Nobody")
    assert few["differences"][0].endswith("which is not within 0..0.0001")
    assert callbacks == {"rule": "callbacks", "faults": ["drop", "reverse"]}
    assert [moment.get("callbacks") for moment in told["timeline"]] == [[2000], [1000], []]
    assert told["balance"] == {"in": "messages", "before": 2, "after": 1}
    night_time = run("explain", "-", *scenario, "--json", "--at", "2026-03-02T23:00+02:00", text=body)
    assert json.loads(night_time.stdout)["steps"][0]["rules"][0]["applies"]


def test_f3_what_the_scenarios_own_readme_shows_is_right_and_nothing_is_in_vain() -> None:
    """Each of its examples, with what it expects of itself; a story is none."""
    readme = DOCS
    examples = re.findall(r"(?<!<!-- story -->\n)```yaml\n(.*?)```", readme, re.DOTALL)
    assert len(examples) >= 15
    for example in examples:
        found = review(example, "example", "README.md")
        assert (found.unmet, found.warnings) == ((), ())


MEANT = [
    ("rules:\n  - plan:\n      Sms: Failed\n     Viber: SEEN\n", "5:6", "`      Viber: SEEN`"),
    ("rules:\n  - plan\n      Sms: Failed\n", "3:9", "`  - plan:`"),
    ('rules: [{ name: "a, plan: happy }]\n', "2:17", '`rules: [{ name: "a, plan: happy" }]`'),
    ("rules:\n\t- plan: happy\n", "3:1", "`  - plan: happy`"),
    ('rules: [{ match: { text: { regex: "\\d" } }, plan: happy }]', "2:37", "regex: '\\d' } }, plan: happy }]`"),
    ("rules: [{ answer: 503 }]", "2:19", "{ status: 503 }"),
    ("rules: [{ plan: { Sms: [Failed, Delivered] } }]", "2:24", "{ sequence: [Failed, Delivered] }"),
    ("rules: [{ plan: { Sms: { choose: [Failed] } } }]", "2:35", "{ weight: 1, plan: Failed }"),
    ("rules: [{ plan: { Sms: { after: 1s, status: Sent } } }]", "2:24", "[{ after: 1s, status: Sent }]"),
    (
        "rules: [{ plan: { Sms: EXPIRED } }]",
        "2:24",
        "[{ after: 1s, status: Sent }, { at: ttl, status: Undelivered, reason: Expired }]",
    ),
    ("rules: [{ callbacks: none }]", "2:22", "never"),
    ("rules: [{ callbacks: false }]", "2:22", "never"),
    ("rules: [{ plan: Failed }]", "2:17", "{ Sms: Failed }"),
    ("rules: [{ plan: { Sms Failed } }]", "2:19", "'Sms: Failed'"),
    (
        "rules: [{ match: { text: 'it's' }, plan: happy }]",
        "2:30",
        '`rules: [{ match: { text: "it\'s" }, plan: happy }]`',
    ),
    ("rules:\n  - match: { text: 'it's' }\n    plan: happy\n", "3:24", '`  - match: { text: "it\'s" }`'),
    ('rules: ["say "hi" now", b]', "2:15", "`rules: ['say \"hi\" now', b]`"),
    ("rules: [{ queued: 10s-2m }]", "2:19", "10s..2m"),
    ("rules: [{ queued: 10s to 2m }]", "2:19", "10s..2m"),
    ("rules: [{ answr: unavailable }]", "2:11", "'answer'"),
    ("rules: [{ plan: { Sms: [{ aftr: 1s, status: Sent }] } }]", "2:27", "'after'"),
    ("rules: [{ answer: { statsu: 503, message: x } }]", "2:21", "'status'"),
    ("balanse: 3\nwhen_empty: fail\n", "2:1", "'balance'"),
    ("rules: [{ match: { channel: sms }, plan: { Viber: SEEN } }]", "2:29", "'Sms'"),
]
"""Mistakes: the text below the purpose, their place, and what was meant."""


@pytest.mark.parametrize(("text", "place", "meant"), MEANT)
def test_f4_a_mistake_is_told_with_what_was_probably_meant(tmp_path: Path, text: str, place: str, meant: str) -> None:
    """Not in the words of a YAML library, and once."""
    file = tmp_path / "wrong.yaml"
    file.write_text(f"purpose: Wrong.\n{text}")
    done = run("check", str(file))
    assert done.exit_code == 1
    (told,) = done.stderr.splitlines()
    assert told.startswith(f"{file}:{place}: ")
    assert "not YAML" not in told
    assert "did you mean " in told
    assert told.removesuffix("?").endswith(meant)


TOLD = [
    ("rules:\n  - plan: { Sms: Failed, Sms: Delivered }\nrules: []\n", ["3:26: rules[0].plan.Sms: ", "4:1: rules: "]),
    ("rules:\n  - match: { a: 1, a: 2 }\nrules:\n  - match: &m { not: *m }\n", ["3:20: ", "4:1: ", "5:12: "]),
    ("rules: [{ match: { channel: [] }, plan: { Viber: SEEN } }]", ["2:29: rules[0].match.channel: must be a list of"]),
    ("rules: [{ match: { a: 'b' c }, plan: happy }]", ["2:27: a quoted text ends before this; a comma is missing"]),
    (
        "rules: [{ match: { to: +306912345678 }, plan: happy }]",
        ["2:24: rules[0].match.to: must be text in quotes; found the number +306912345678: put it in quotes"],
    ),
    (
        "rules: [{ match: { label: 007 }, plan: happy }]",
        ["2:27: rules[0].match.label: must be text; found the number 007: put it in quotes"],
    ),
    (
        "rules: [{ match: { label: 1e3 }, plan: happy }]",
        ["2:27: rules[0].match.label: must be text; found the number 1e3: put it in quotes"],
    ),
    (
        "rules: [{ queued: 5 }]",
        [f"2:19: rules[0].queued: must be {durations.EXPECTED}, or a range such as 10s..2m"],
    ),
    (
        "rules: [{ plan: { Sms: [{ at: half, status: Sent }] } }]",
        [
            f"2:31: rules[0].plan.Sms[0].at: must be {durations.EXPECTED}, or a range such as 10s..2m, or ttl or "
            "a share of it such as 50%; found 'half'"
        ],
    ),
]
"""Mistakes that nothing was surely meant by: the text below the purpose, and how each line about it begins."""


@pytest.mark.parametrize(("text", "lines"), TOLD)
def test_f4_a_mistake_is_told_once_where_it_is_and_as_it_is_written(
    tmp_path: Path, text: str, lines: list[str]
) -> None:
    """Of twin keys each in its own place; no sentence that only follows from another one; numbers with their plus."""
    file = tmp_path / "wrong.yaml"
    file.write_text(f"purpose: Wrong.\n{text}")
    told = run("check", str(file)).stderr.splitlines()
    assert [each.startswith(f"{file}:{line}") for each, line in zip(told, lines, strict=True)] == [True] * len(lines), (
        told
    )


@pytest.mark.parametrize(
    "text", ["purpose:\tTabs.\t# between tokens\n", "purpose: 2026-03-02\n", "purpose: =\n", "purpose: yes\nname: no\n"]
)
def test_f5_what_yaml_1_2_allows_is_taken(tmp_path: Path, text: str) -> None:
    """Dates and an equals sign are texts, tabs between tokens are space; they are no business of the user's."""
    (tmp_path / "good.yaml").write_text(text)
    assert run("check", str(tmp_path / "good.yaml")).exit_code == 0


def test_f6_check_and_the_docs_show_the_prices_that_consume_a_balance(tmp_path: Path) -> None:
    """The built-in ones, or those of a file."""
    built_in = "Sms a part 0.035 GR, 0.03 CY, 0.05 elsewhere; Viber a message 0.01 (text) or 0.02 everywhere"
    assert built_in in run("check", "balance-runs-out").stdout
    (tmp_path / "prices.json").write_text('{"Sms": {"*": 0.5}}')
    assert (
        "Sms a part 0.5 everywhere"
        in run("check", "balance-runs-out", "--prices", str(tmp_path / "prices.json")).stdout
    )
    assert "balance" not in run("check", "happy").stdout
    (tmp_path / "counted.yaml").write_text("purpose: Two are left.\nbalance: { messages: 2 }\n")
    counted = run("check", str(tmp_path / "counted.yaml")).stdout
    assert (
        counted
        == "counted: Two are left.\n  the balance of 2 messages is consumed by one for each, however long it is\n"
    )
    docs, table = DOCS, Prices()
    assert (
        f"| Sms, for each part | {table.sms['GR']} to GR, {table.sms['CY']} to CY, {table.sms['*']} elsewhere |" in docs
    )
    viber = table.viber["*"]
    assert f"| {viber.transactional} with text only, {viber.promotional} with anything else |" in docs
    assert f"| {table.voice['GR']} to GR, {table.voice['*']} elsewhere |" in docs
    assert f"| {table.two_step.sms} by Sms, {table.two_step.voice} by a call |" in docs


def test_f6_explain_counts_the_money_of_the_requests_before(tmp_path: Path) -> None:
    """Each is taken to be the same; the one that the balance does not cover is refused."""
    (tmp_path / "poor.yaml").write_text("purpose: Poor.\nbalance: 0.70\nwhen_empty: refuse\n")
    body, scenario = json.dumps(sms()), ("--scenario", str(tmp_path / "poor.yaml"))
    last = run("explain", "-", "--number", "20", *scenario, text=body).stdout
    assert "balance: 0.035 before, 0 after" in last
    told = run("explain", "-", "--number", "21", *scenario, text=body).stdout
    assert "answer: 400" in told
    assert "balance: 0 before, 0 after, which does not cover it" in told


def test_f7_a_regular_expression_that_backtracks_without_end_is_refused_when_it_is_loaded(tmp_path: Path) -> None:
    """The message has the place and says how to write it; one that is harmless is taken."""
    file = tmp_path / "slow.yaml"
    file.write_text(f"purpose: Slow.\nrules:\n  - match: {{ text: {{ regex: '{NEVER_ENDS}' }} }}\n    plan: silence\n")
    checked = run("check", str(file))
    assert checked.exit_code == 1
    assert "slow.yaml:3:29: rules[0].match.text.regex: could take for ever" in checked.stderr
    assert "write a+, or put something between the rounds" in checked.stderr
    file.write_text(file.read_text().replace(NEVER_ENDS, "^([a-z]+ )*[A-Z]"))
    assert run("check", str(file)).exit_code == 0


def test_i13_no_regular_expression_that_a_user_gives_holds_the_server_up() -> None:
    """Scenarios, overrides and `/verify` refuse it with 400; what they take is quick on any text."""
    match = {"text": {"regex": NEVER_ENDS}}
    rules = [{"match": match, "plan": "silence"}]
    with emulator("--rate", "0") as server:
        server.send(SMS | {"message": {"body": "a" * 1500}})
        for path, body in (
            ("verify", {"wanted": [{"match": match}]}),
            ("scenario/overrides", {"rules": rules}),
            ("scenario", {"scenario": {"purpose": "Slow.", "rules": rules}}),
        ):
            answer = server.call("POST", f"/_emulator/{path}", json.dumps(body).encode())
            assert (answer.status, "could take for ever" in answer.json()["detail"]) == (400, True)
        quick = {"wanted": [{"match": {"text": {"regex": "[a-z]+[A-Z]"}}}], "times": 0}
        assert server.call("POST", "/_emulator/verify", json.dumps(quick).encode()).json()["verified"]
        assert server.stop(signal.SIGTERM) == 0


BUSY = """
import asyncio
from emulator.http.listener import until_signal

async def main():
    until_signal(lambda: None)
    print("ready", flush=True)
    while True:
        pass

asyncio.run(main())
"""
"""A process that does not come to its end by itself: its event loop is busy for ever."""


def test_i13_a_second_signal_always_ends_the_process() -> None:
    """Whatever the event loop does meanwhile."""
    for first, second in ((signal.SIGTERM, signal.SIGTERM), (signal.SIGINT, signal.SIGTERM)):
        with subprocess.Popen([sys.executable, "-c", BUSY], stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            assert process.stdout.readline() == "ready\n"
            process.send_signal(first)
            while process.poll() is None:
                process.send_signal(second)
            assert process.wait(PATIENCE) == -second
