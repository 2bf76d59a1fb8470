"""Loading scenarios: what a file says, and all that can be wrong with it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from emulator.channels.table import CHANNELS, Channel, Reason
from emulator.clock.delays import Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.flow.faults import CallbackFaults, Cut
from emulator.scenario import files
from emulator.scenario.answers import ERRORS, AnswerFault
from emulator.scenario.files import Problem, ScenarioError
from emulator.scenario.matching import LOOKUPS, NUMBERS, TEXTS, Condition, Match, Range
from emulator.scenario.outcomes import HAPPY, SILENCE, WAYS, Choice, Line, Sequence, Share, Way
from emulator.scenario.rules import Expectation, Rule, Scenario
from emulator.shipped import folder

BROKEN = Path(__file__).parent / "broken"

MESSAGES = [
    ("bad-header", 3, 26, "rules[0].answer.headers.Retry After", "'Retry After' cannot be a header's name"),
    ("bad-range", 3, 30, "rules[0].match.steps.range", "must be a range such as 2..5, 3.. or ..5; found '2-5'"),
    ("body-of-a-204", 3, 28, "rules[0].answer.body", "an answer of status 204 has no body"),
    *(
        (
            "own-header",
            3,
            column,
            f"rules[0].answer.headers.{name}",
            f"the server itself sets {name}; to spoil an answer, use truncate or close",
        )
        for name, column in (("CONTENT-LENGTH", 26), ("Date", 45))
    ),
    (
        "own-header",
        3,
        70,
        "rules[0].answer.headers.Connection",
        "must be close, the only word on the connection that the server leaves to others; found 'keep-alive'",
    ),
    (
        "bad-regex",
        3,
        29,
        "rules[0].match.text.regex",
        "is not a regular expression: missing ), unterminated subpattern at position 0",
    ),
    ("bad-url", 3, 23, "rules[0].callbacks.url", "must be an http or https address; found 'localhost/hook'"),
    ("impossible-url", 3, 23, "rules[0].callbacks.url", "must be an http or https address; found 'http://[1]/hook'"),
    ("choose-and-sequence", 4, 12, "rules[0].plan.Sms", "needs exactly one of choose or sequence"),
    (
        "close-when",
        3,
        22,
        "rules[0].answer.close",
        "must be before or after; found 'afterwards'; did you mean 'after'?",
    ),
    ("contains-itself", 3, 12, "rules[0].match.not", "this contains itself"),
    (
        "country-name",
        3,
        23,
        "rules[0].match.country",
        "must be a country's two capital letters, such as GR; found 'Greece'",
    ),
    ("distribution-without-mean", 5, 30, "rules[0].plan.Sms[0].after.normal", "'mean' is missing"),
    ("drop-too-much", 3, 24, "rules[0].callbacks.drop", "must be a share from 0% to 100%; found '150%'"),
    ("duplicate-once", 3, 29, "rules[0].callbacks.duplicate", "must be a whole number from 2 to 100; found 1"),
    (
        "empty-answer",
        3,
        13,
        "rules[0].answer",
        "must be the name of an error, or a map that says what is wrong with the answer; found {}",
    ),
    ("empty-callbacks", 3, 16, "rules[0].callbacks", "must be never, or a map that says what goes wrong; found {}"),
    ("empty-list", 3, 18, "rules[0].plan.Sms", "must be a list of reports; for none, write silence; found []"),
    (
        "empty-lookups",
        3,
        20,
        "rules[0].match.text",
        ("must be a value, a list, or a map with equal, in, starts, ends, contains, glob, regex, range; found {}"),
    ),
    ("empty-outcome", 3, 18, "rules[0].plan.Sms", "needs exactly one of choose or sequence"),
    ("empty-plan", 3, 11, "rules[0].plan", "must be a map with Sms, Viber or Voice; found {}"),
    ("empty-range", 3, 32, "rules[0].match.request.range", "the range 5..2 is empty: it ends before it begins"),
    ("empty-without-balance", 2, 1, "when_empty", "'when_empty' means nothing without a 'balance'"),
    ("empty", 1, 1, "", "the file is empty; it needs at least a purpose"),
    ("expects-nothing-sent", 2, 9, "expect", "'send' is missing"),
    ("header-of-two-lines", 3, 29, "rules[0].answer.headers.X", "a header's value is one line of ASCII"),
    (
        "headers-as-list",
        3,
        24,
        "rules[0].answer.headers",
        "must be a map of header names and their values; found a list",
    ),
    ("impossible-date", 1, 1, "", "this cannot be read: month must be in 1..12"),
    (
        "lognormal-upside-down",
        5,
        20,
        "rules[0].plan.Sms[0].after",
        "a lognormal's median must be above 0s and at most its p95",
    ),
    ("many-at-once", 1, 1, "purpose", "must be one line of text; found nothing"),
    ("many-at-once", 3, 14, "rules[0].match.chanel", "unknown key 'chanel'; did you mean 'channel'?"),
    ("many-at-once", 4, 18, "rules[0].plan.Sms", "Sms has no status 'Faild'; did you mean 'Failed'?"),
    (
        "many-at-once",
        7,
        20,
        "rules[1].plan.Sms[0].after",
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m; found '1x'",
    ),
    (
        "many-at-once",
        7,
        46,
        "rules[1].plan.Sms[0].reason",
        ("must be text, or a map with detailedStatus and description; found the number 5: put it in quotes"),
    ),
    ("many-at-once", 8, 10, "balance", "must be a number from 0 on; found 'lots'"),
    ("misspelt-report-key", 5, 24, "rules[0].plan.Sms[0].staus", "unknown key 'staus'; did you mean 'status'?"),
    (
        "name-with-slash",
        2,
        7,
        "name",
        "must be a name of letters, digits, dots, dashes and underscores; found '../mine'",
    ),
    ("negative-balance", 2, 10, "balance", "must be a number from 0 on; found -1"),
    ("never-used", 4, 13, "rules[0].plan.Sms", "this is never used: the rule applies only if channel is Viber"),
    ("no-purpose", 1, 1, "", "'purpose' is missing"),
    (
        "no-time",
        5,
        11,
        "rules[0].plan.Sms[0]",
        "a report needs a time: 'after' the report before it, or 'at' counted from the step's start",
    ),
    ("not-a-map", 1, 1, "", "must be a map with purpose, name, rules, balance, when_empty or expect; found a list"),
    ("not-utf-8", 1, 1, "", "this is not UTF-8: invalid continuation byte"),
    ("range-backwards", 5, 20, "rules[0].plan.Sms[0].after", "this range is empty: it ends before it begins"),
    ("reason-of-a-call", 5, 38, "rules[0].plan.Voice[0].reason", "the reports of Voice carry no reason"),
    (
        "report-as-text",
        3,
        19,
        "rules[0].plan.Sms[0]",
        "must be a map with after, at, status, reason or cause; found 'Delivered'",
    ),
    ("request-zero", 3, 23, "rules[0].match.request", "must be a whole number from 1; found 0"),
    ("rule-without-effect", 3, 5, "rules[0]", "a rule needs a plan, an answer or callbacks"),
    ("rules-as-map", 2, 8, "rules", "must be a list of rules; found a map"),
    ("same-key-twice", 3, 26, "rules[0].plan.Sms", "the key 'Sms' comes twice"),
    ("short-code", 3, 34, "rules[0].answer.code", "must be nine digits in quotes; found 400001009"),
    ("status-code-as-number", 2, 36, "expect.statusCode", "must be text; found the number 2: put it in quotes"),
    (
        "status-of-another-channel",
        3,
        20,
        "rules[0].plan.Viber",
        (
            "Viber has no status 'Busy'; known here: QUEUED, DELIVERED, SEEN, UNDELIVERED, EXPIRED, FAILED, "
            "UNSENT, happy or silence"
        ),
    ),
    ("status-out-of-range", 3, 23, "rules[0].answer.status", "must be a whole number from 200 to 599; found 600"),
    ("tab-indent", 3, 1, "", "this is not YAML: found character '\\t' that cannot start any token"),
    (
        "text-lookup-on-number",
        3,
        25,
        "rules[0].match.request.starts",
        "unknown key 'starts'; known here: equal, in or range",
    ),
    (
        "time-without-unit",
        5,
        20,
        "rules[0].plan.Sms[0].after",
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m; found 5",
    ),
    ("ttl-of-a-call", 5, 17, "rules[0].plan.Voice[0].at", "Voice has no ttl; write a duration"),
    (
        "two-documents",
        2,
        1,
        "",
        "this is not YAML: expected a single document in the stream, but found another document",
    ),
    ("two-rules-of-one-name", 4, 5, "rules[1]", "the name 'first' is taken by another rule"),
    ("two-times", 5, 11, "rules[0].plan.Sms[0]", "a report has either 'after' or 'at', not both"),
    ("unclosed-bracket", 3, 1, "", "this is not YAML: expected the node content, but found '<stream end>'"),
    ("unknown-anchor", 2, 8, "", "this is not YAML: found undefined alias 'nowhere'"),
    ("unknown-cause", 5, 47, "rules[0].plan.Sms[0].cause", "must be balance or server; found 'money'"),
    ("unknown-channel", 3, 13, "rules[0].plan.SMS", "unknown key 'SMS'; did you mean 'Sms'?"),
    (
        "unknown-distribution",
        5,
        22,
        "rules[0].plan.Sms[0].after.gauss",
        "unknown key 'gauss'; known here: normal, lognormal, exponential or uniform",
    ),
    (
        "unknown-error",
        3,
        13,
        "rules[0].answer",
        (
            "must be no-balance, trial-account, bad-sender, validation, bad-credentials, token-expired, "
            "forbidden, account-not-found, not-found, too-many-requests, server-error or unavailable; found "
            "'no-ballance'; did you mean 'no-balance'?"
        ),
    ),
    ("unknown-key", 2, 1, "rule", "unknown key 'rule'; did you mean 'rules'?"),
    (
        "unknown-lookup",
        3,
        20,
        "rules[0].match.to.begins",
        "unknown key 'begins'; known here: equal, in, starts, ends, contains, glob, regex or range",
    ),
    (
        "unknown-matched-channel",
        3,
        23,
        "rules[0].match.channel",
        "must be Sms, Viber or Voice; found 'Vibre'; did you mean 'Viber'?",
    ),
    ("unknown-rule-key", 3, 5, "rules[0].mach", "unknown key 'mach'; did you mean 'match'?"),
    ("unknown-status", 3, 18, "rules[0].plan.Sms", "Sms has no status 'Deliverd'; did you mean 'Delivered'?"),
    (
        "unknown-unit",
        5,
        20,
        "rules[0].plan.Sms[0].after",
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m; found '5 sec'",
    ),
    (
        "unquoted-number",
        3,
        18,
        "rules[0].match.to",
        "must be text in quotes; found the number 306912345678: put it in quotes",
    ),
    ("weight-zero", 4, 33, "rules[0].plan.Sms.choose[0].weight", "must be a number above 0; found 0"),
    ("yes-for-true", 3, 25, "rules[0].callbacks.early", "must be true or false; found 'yes'"),
]
"""Each broken file: line, column, path and message of its problems, in the order of the file."""

NOT_BY_SHAPE = {
    "bad-regex",
    "empty-range",
    "lognormal-upside-down",
    "never-used",
    "range-backwards",
    "two-rules-of-one-name",
}
"""Broken files whose shape is right; only the loader sees what is wrong."""

NO_VALUE = {
    "contains-itself",
    "empty",
    "impossible-date",
    "not-utf-8",
    "same-key-twice",
    "tab-indent",
    "two-documents",
    "unclosed-bracket",
    "unknown-anchor",
}
"""Broken files that have no value, so that a schema has nothing to look at."""


def problems(name: str) -> list[tuple[str, int, int, str, str]]:
    """What is wrong with a broken file."""
    with pytest.raises(ScenarioError) as raised:
        files.load(BROKEN / f"{name}.yaml")
    return [(name, each.line, each.column, each.path, each.message) for each in raised.value.problems]


@pytest.mark.parametrize("name", sorted({message[0] for message in MESSAGES}))
def test_a_broken_file_is_refused_with_all_its_problems(name: str) -> None:
    """Where, what was expected and what was found; several at once, in the order of the file."""
    assert problems(name) == [message for message in MESSAGES if message[0] == name]


def test_every_broken_file_is_tested() -> None:
    """And there are thirty or more."""
    assert {file.stem for file in BROKEN.glob("*.yaml")} == {message[0] for message in MESSAGES}
    assert len(set(BROKEN.glob("*.yaml"))) >= 30


def test_a_problem_reads_as_compilers_write_it() -> None:
    """File, line and column first, so that editors can jump there."""
    file = BROKEN / "unknown-status.yaml"
    with pytest.raises(ScenarioError) as raised:
        files.load(file)
    expected = f"{file}:3:18: rules[0].plan.Sms: Sms has no status 'Deliverd'; did you mean 'Delivered'?"
    assert str(raised.value) == expected


SCHEMA = json.loads((folder("schemas") / "scenario.json").read_text("utf-8"))


@pytest.mark.parametrize("name", sorted({message[0] for message in MESSAGES} - NO_VALUE))
def test_the_schema_refuses_what_is_broken_by_its_shape(name: str) -> None:
    """So an editor shows it while it is being written."""
    from ruamel.yaml import YAML

    value = YAML(typ="safe", pure=True).load((BROKEN / f"{name}.yaml").read_text("utf-8"))
    assert Draft202012Validator(SCHEMA).is_valid(value) is (name in NOT_BY_SHAPE)


def test_the_schema_knows_the_same_words_as_the_loader() -> None:
    """Statuses, facts, lookups and errors."""
    Draft202012Validator.check_schema(SCHEMA)
    words: dict[str, Any] = SCHEMA["$defs"]
    assert list(words["match"]["properties"]) == _sorted_as(words, [*TEXTS, *NUMBERS, "all", "any", "not"])
    assert set(words["lookups"]["properties"]) == set(LOOKUPS)
    assert words["error"]["enum"] == list(ERRORS)
    for channel, traits in CHANNELS.items():
        statuses = words[f"{channel.value.lower()}Outcome"]["anyOf"][0]["enum"]
        assert statuses == [*traits.statuses, "happy", "silence"]


def _sorted_as(words: dict[str, Any], keys: list[str]) -> list[str]:
    return sorted(keys, key=list(words["match"]["properties"]).index)


def rule(yaml: str) -> Rule:
    """The one rule of a scenario, from the text of its members."""
    indented = "\n".join(f"    {line}" for line in yaml.splitlines())
    return files.load_text(f"purpose: Test.\nrules:\n  -\n{indented}\n", "test").rules[0]


def condition(yaml: str) -> Condition:
    """The one condition of a match."""
    match = rule(f"match: {{ {yaml} }}\nplan: silence").match
    return match.conditions[0]


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ('to: "+306912345678"', Condition("to", "equal", "+306912345678")),
        ('to: ["+301", "+302"]', Condition("to", "in", ("+301", "+302"))),
        ("text: { contains: code }", Condition("text", "contains", "code")),
        ("text: { equal: code }", Condition("text", "equal", "code")),
        ("from: { starts: Sh }", Condition("from", "starts", "Sh")),
        ("label: { ends: x }", Condition("label", "ends", "x")),
        ("label: { in: [x, y] }", Condition("label", "in", ("x", "y"))),
        ('to: { glob: "+3069*" }', Condition("to", "glob", "+3069*")),
        ("text: { regex: 'a.c' }", Condition("text", "regex", "a.c")),
        ('to: { range: "+3001..+3009" }', Condition("to", "range", Range(3001, 3009))),
        ("steps: 2", Condition("steps", "equal", 2)),
        ("order: [1, 3]", Condition("order", "in", (1, 3))),
        ("request: { range: 3.. }", Condition("request", "range", Range(3, None))),
        ("request_to: { range: ..5 }", Condition("request_to", "range", Range(None, 5))),
        ("channel: [Viber, Sms]", Condition("channel", "in", ("Viber", "Sms"))),
        ("endpoint: transactional", Condition("endpoint", "equal", "transactional")),
        ("country: GR", Condition("country", "equal", "GR")),
    ],
)
def test_a_match_compares_facts_by_lookups(yaml: str, expected: Condition) -> None:
    """A bare value is equal, a list is any of them."""
    assert condition(yaml) == expected


def test_a_match_is_put_together_with_all_any_and_not() -> None:
    """Each nests as deep as one likes."""
    made = rule(
        "match: { all: [{ steps: 1 }], any: [{ order: 1 }, { not: { order: 2 } }], not: { request: 3 } }\nplan: happy"
    )
    one, two = Match((Condition("order", "equal", 1),)), Match((Condition("order", "equal", 2),))
    steps, request = Match((Condition("steps", "equal", 1),)), Match((Condition("request", "equal", 3),))
    assert made.match == Match((), (steps,), (one, Match(none=(two,))), (request,))


def outcome(yaml: str, channel: Channel = Channel.SMS) -> object:
    """The outcome of one channel."""
    return rule(f"plan:\n  {channel.value}: {yaml}").plan[channel]


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("Failed", WAYS[Channel.SMS]["Failed"]),
        ("undelivered", WAYS[Channel.SMS]["Undelivered"]),
        ("happy", HAPPY[Channel.SMS]),
        ("silence", SILENCE),
        ("[{ after: 1s, status: SENT }]", Way((Line("Sent", Fixed(1000)),))),
        ("[{ at: 1m, status: Sent }]", Way((Line("Sent", Fixed(60_000), since_start=True),))),
        ("[{ at: ttl, status: Failed }]", Way((Line("Failed", Share(1.0), since_start=True),))),
        ("[{ at: 50%, status: Sent }]", Way((Line("Sent", Share(0.5), since_start=True),))),
        ("[{ after: 1s..5s, status: Sent }]", Way((Line("Sent", Uniform(1000, 5000)),))),
        ("[{ after: { uniform: { from: 1s, to: 5s } }, status: Sent }]", Way((Line("Sent", Uniform(1000, 5000)),))),
        (
            "[{ after: { normal: { deviation: 1s, mean: 5s } }, status: Sent }]",
            Way((Line("Sent", Normal(5000, 1000)),)),
        ),
        (
            "[{ after: { lognormal: { median: 1s, p95: 9s } }, status: Sent }]",
            Way((Line("Sent", Lognormal(1000, 9000)),)),
        ),
        ("[{ after: { exponential: { mean: 1s } }, status: Sent }]", Way((Line("Sent", Exponential(1000)),))),
        ("[{ after: 0s, status: Failed, cause: server }]", Way((Line("Failed", Fixed(0), cause="server"),))),
        ("[{ after: 0s, status: Unsent }]", Way((Line("Unsent", Fixed(0), cause="balance"),))),
        (
            "[{ after: 0s, status: Failed, reason: Roaming }]",
            Way((Line("Failed", Fixed(0), reason=Reason("Roaming")),)),
        ),
        (
            "[{ after: 0s, status: Failed, reason: { detailedStatus: A, description: B } }]",
            Way((Line("Failed", Fixed(0), reason=Reason("A", "B")),)),
        ),
        (
            "{ choose: [{ weight: 9, plan: Delivered }, { plan: silence }] }",
            Choice(((9, WAYS[Channel.SMS]["Delivered"]), (1.0, SILENCE))),
        ),
        (
            "{ sequence: [Failed, { choose: [{ plan: happy }] }] }",
            Sequence((WAYS[Channel.SMS]["Failed"], Choice(((1.0, HAPPY[Channel.SMS]),)))),
        ),
    ],
)
def test_an_outcome_is_a_status_reports_a_choice_or_a_sequence(yaml: str, expected: object) -> None:
    """Statuses in any case, times fixed or drawn, reasons short or long."""
    assert outcome(yaml) == expected


def test_one_word_plans_all_channels() -> None:
    """Silence or happiness everywhere."""
    assert rule("plan: silence").plan == dict.fromkeys(Channel, SILENCE)
    assert rule("plan: happy").plan == dict(HAPPY)


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("no-balance", ERRORS["no-balance"]),
        ("{ status: 503, body: <html> }", AnswerFault(503, body="<html>")),
        ('{ status: 200, body: "" }', AnswerFault(200, body="")),
        ('{ status: 400, code: "400001009", message: No }', AnswerFault(400, "400001009", "No")),
        (
            "{ error: too-many-requests, headers: { Retry-After: 9 } }",
            AnswerFault(429, "429000000", "Too many requests", headers=(("Retry-After", "9"),)),
        ),
        ("{ delay: 1s..2s, close: after }", AnswerFault(delay=Uniform(1000, 2000), close="after")),
        ("{ truncate: 10 }", AnswerFault(truncate=Cut(size=10))),
        ("{ truncate: 25% }", AnswerFault(truncate=Cut(share=0.25))),
    ],
)
def test_an_answer_is_a_documented_error_or_a_fault(yaml: str, expected: AnswerFault) -> None:
    """By name, by its members, or both: the members win."""
    assert rule(f"answer: {yaml}").answer == expected


@pytest.mark.parametrize(
    ("yaml", "expected"),
    [
        ("never", CallbackFaults(never=True)),
        ("{ never: true }", CallbackFaults(never=True)),
        ("{ drop: 1 }", CallbackFaults(drop=(1,))),
        ("{ drop: [1, 3] }", CallbackFaults(drop=(1, 3))),
        ("{ drop: 30% }", CallbackFaults(drop_share=0.3)),
        ("{ delay: 2h, duplicate: 3 }", CallbackFaults(delay=Fixed(7_200_000), duplicate=3)),
        ("{ duplicate: { times: 2, after: 1s } }", CallbackFaults(duplicate=2, duplicate_after=1000)),
        ("{ reorder: 5s, burst: 1m }", CallbackFaults(reorder=5000, burst=60_000)),
        ("{ early: true, truncate: 50% }", CallbackFaults(early=True, truncate=Cut(share=0.5))),
        ("{ url: http://localhost:1/x }", CallbackFaults(url="http://localhost:1/x")),
        ("{ url: 'http://[::1]:1/x' }", CallbackFaults(url="http://[::1]:1/x")),
    ],
)
def test_callbacks_fare_as_they_are_told_to(yaml: str, expected: CallbackFaults) -> None:
    """Every fault, and several at once."""
    assert rule(f"callbacks: {yaml}").callbacks == expected


def test_the_head_of_a_file_says_what_the_scenario_is() -> None:
    """Name, balance, and expectations short and long."""
    made = files.load_text(
        "purpose: Test.\nname: my.own\nbalance: 10\nwhen_empty: refuse\n"
        "expect: { send: [Sms, { type: Viber, ttl: 3 }], to: '+301', ttl: 5, answer: 200, status: Failed,"
        " statusCode: '2', messages: [Failed], callbacks: 0 }\n",
        "file",
    )
    sent = ({"to": "+301", "ttl": 5, "type": "Sms"}, {"to": "+301", "ttl": 3, "type": "Viber"})
    expected = Expectation(sent, 200, "Failed", "2", ("Failed",), 0)
    assert made == Scenario("my.own", "Test.", (), 10, "refuse", (expected,))


def test_rules_without_names_are_called_by_their_numbers() -> None:
    """As explanations and the journal show them."""
    made = files.load_text(
        "purpose: Test.\nrules: [{ plan: happy }, { name: b, plan: happy }, { plan: happy }]", "file"
    )
    assert [each.name for each in made.rules] == ["rule 1", "b", "rule 3"]


def test_a_scenario_without_a_name_is_called_as_its_file(tmp_path: Path) -> None:
    """A byte order mark does no harm."""
    file = tmp_path / "some-name.yaml"
    file.write_bytes(b"\xef\xbb\xbfpurpose: Test.\n")
    assert files.load(file).name == "some-name"


def test_a_text_that_is_json_needs_no_yaml_library() -> None:
    """The default scenario and those sent over HTTP load without its import."""
    code = "from emulator.scenario import files; import sys; files.find('default'); print('ruamel.yaml' in sys.modules)"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert told == "False\n"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('{"purpose": "Test.", "balance": -1}', "json:1:33: balance: must be a number from 0 on; found -1"),
        ('{"purpose": "Test.", "purpose": "Twice."}', "json:1:22: purpose: the key 'purpose' comes twice"),
        ('{"purpose": "Test.", "balance": NaN}', "json:1:33: balance: must be a number from 0 on; found 'NaN'"),
        ('{"purpose": "Test."', "json:1:20: this is not YAML: expected ',' or '}', but got '<stream end>'"),
        ("[" * 5000, "json:1:1: this is nested too deeply"),
        ('{"rules": [{"match": ' + '{"not": ' * 3000 + "{}" + "}" * 3001 + "]}", "json:1:1: this is nested too deeply"),
        (
            '{"purpose": "x", "rules": [{"plan": "silence", "match": ' + '{"not": ' * 100 + "{}" + "}" * 101 + "]}",
            "json:1:441: rules[0].match" + ".not" * 48 + ": this is nested too deeply",
        ),
        ("purpose: !!python/name:os.system ''", "json:1:10: this is not YAML: "),
        ("purpose: \x00", "json:1:1: this is not YAML: "),
    ],
)
def test_json_and_hostile_texts_get_messages_too(text: str, told: str) -> None:
    """With positions, and never another exception."""
    with pytest.raises(ScenarioError) as raised:
        files.load_text(text, "json")
    assert str(raised.value).startswith(told)


def told(text: str) -> tuple[Problem, ...]:
    """What is wrong with a text; nothing if it is a scenario."""
    try:
        files.load_text(text, "any")
    except ScenarioError as error:
        return error.problems
    return ()


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ("{ headers: {} }", "must be a map of header names and their values; found {}"),
        ("{ message: Sorry }", "'message' stands in errors only; it needs a status from 400 on"),
        ('{ status: 201, code: "400001009" }', "'code' stands in errors only; it needs a status from 400 on"),
    ],
)
def test_an_answer_that_does_nothing_is_refused(answer: str, message: str) -> None:
    """Somebody meant it to."""
    found = told(f"purpose: x\nrules:\n  - answer: {answer}\n")
    assert [each.message for each in found] == [message]


def test_a_header_may_be_empty() -> None:
    """As it may in HTTP."""
    assert rule('answer: { headers: { X-Empty: "" } }').answer == AnswerFault(headers=(("X-Empty", ""),))


@pytest.mark.parametrize("name", ["σενάριο", "tab\there"])
def test_a_file_whose_name_no_header_can_carry_must_name_its_scenario(tmp_path: Path, name: str) -> None:
    """So each scenario can be chosen for a single request."""
    file = tmp_path / f"{name}.yaml"
    file.write_text("purpose: x")
    with pytest.raises(ScenarioError, match=r"a file whose name is not ASCII needs a 'name'"):
        files.load(file)
    file.write_text("purpose: x\nname: mine")
    assert files.load(file).name == "mine"


@given(st.text() | st.text(alphabet="purpose: rules-[]{}\n&*!,'\"?1|>#%@"))
def test_any_text_gives_a_scenario_or_problems(text: str) -> None:
    """Nothing else, whatever the text."""
    assert all(each.line >= 1 and each.message for each in told(text))


WORDS = st.sampled_from(
    [*TEXTS, *NUMBERS, *LOOKUPS, "purpose", "rules", "match", "plan", "Sms", "at", "after", "status"]
)
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["1s", "ttl", "50%", "Sent", "x", "", "1..2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=4),
)


@given(st.dictionaries(st.sampled_from(["match", "plan", "answer", "callbacks", "name"]), VALUES))
def test_any_rule_gives_a_scenario_or_problems(members: dict[str, Any]) -> None:
    """All problems have a place in the text."""
    text = json.dumps({"purpose": "Test.", "rules": [members]})
    assert all(each.line == 1 and each.column >= 1 for each in told(text))


def test_a_folder_is_loaded_by_names(tmp_path: Path) -> None:
    """YAML and JSON files; others are left alone."""
    (tmp_path / "b.yaml").write_text("purpose: B.")
    (tmp_path / "a.json").write_text('{"purpose": "A."}')
    (tmp_path / "notes.txt").write_text("not a scenario")
    assert {name: each.purpose for name, each in files.load_folder(tmp_path).items()} == {"a": "A.", "b": "B."}


def test_a_folder_tells_the_problems_of_all_its_files(tmp_path: Path) -> None:
    """And names that come twice."""
    (tmp_path / "a.yaml").write_text("rules: 1")
    (tmp_path / "b.yaml").write_text("purpose: B.")
    (tmp_path / "c.yaml").write_text("purpose: C.\nname: b")
    with pytest.raises(ScenarioError) as raised:
        files.load_folder(tmp_path)
    assert [(Path(each.file).name, each.message) for each in raised.value.problems] == [
        ("a.yaml", "'purpose' is missing"),
        ("a.yaml", "must be a list of rules; found 1"),
        ("c.yaml", "another file has the scenario 'b' too"),
    ]


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("hapy", "there is no scenario 'hapy'; did you mean 'happy'?"),
        (
            "x" * 60_000,
            f"there is no scenario '{'x' * 60}...' (60000 characters);"
            " `failover-emulator check` lists the shipped ones",
        ),
        ("nowhere/x.yaml", "nowhere/x.yaml:1:1: this cannot be read: No such file or directory"),
    ],
)
def test_a_scenario_that_is_not_there_is_named(name: str, told: str) -> None:
    """With the nearest that is."""
    with pytest.raises(ScenarioError) as raised:
        files.find(name)
    assert str(raised.value) == told


def test_a_scenario_is_found_by_name_or_by_file(tmp_path: Path) -> None:
    """A name is a shipped one's; what looks like a path is a path."""
    file = tmp_path / "mine.yaml"
    file.write_text("purpose: Mine.")
    assert files.find("all-fail") == files.shipped()["all-fail"]
    assert files.find(str(file)).purpose == "Mine."


README = (folder("scenarios") / "README.md").read_text("utf-8")
EXAMPLES = [part.split("```")[0] for part in README.split("```yaml\n")[1:]]


@pytest.mark.parametrize("number", range(len(EXAMPLES)))
def test_every_example_of_the_readme_loads(number: int) -> None:
    """As it stands there, and by the schema too."""
    from ruamel.yaml import YAML

    assert files.load_text(EXAMPLES[number], "example").purpose
    assert Draft202012Validator(SCHEMA).is_valid(YAML(typ="safe", pure=True).load(EXAMPLES[number]))


def test_the_overrides_of_the_readme_load() -> None:
    """As a server takes them."""
    (shown,) = [part.split("```")[0] for part in README.split("<!-- overrides -->\n```json\n")[1:]]
    text = json.dumps({"rules": json.loads(shown)["rules"]})
    ((rule, uses),) = files.load_rules(text, "shown")
    assert (list(rule.plan), uses) == ([Channel.SMS], 1)


def test_aliases_that_repeat_one_another_without_end_are_refused() -> None:
    """A hundred lines can stand for more values than there are grains of sand."""
    doubled = "".join(f"  - &a{number} [*a{number - 1}, *a{number - 1}]\n" for number in range(1, 100))
    with pytest.raises(ScenarioError, match=r"this has more than 1000000 values, since its aliases repeat one another"):
        files.load_text(f"purpose: x\nrules:\n  - &a0 {{ plan: happy }}\n{doubled}", "laughs")


def test_the_readme_lists_every_shipped_scenario() -> None:
    """With its purpose."""
    rows = [f"| `{name}` | {scenario.purpose} |" for name, scenario in sorted(files.shipped().items())]
    assert [line for line in README.splitlines() if line.startswith("| `") and line in rows] == rows


def test_no_more_than_a_hundred_problems_are_told() -> None:
    """Who has more wants to see the first ones, and soon."""
    wrong = "".join("  - { plann: happy }\n" for _ in range(2000))
    with pytest.raises(ScenarioError) as refused:
        files.load_text(f"purpose: x\nrules:\n{wrong}", "many")
    assert len(refused.value.problems) == 100
    assert refused.value.problems[0].line == 3
    twice = "".join("a: 1\n" for _ in range(500))
    with pytest.raises(ScenarioError) as refused:
        files.load_text(twice, "twins")
    assert len(refused.value.problems) == 100


@pytest.mark.parametrize("number", ["0x" + "f" * 5000, "1" * 5000, "1e" + "1" * 400])
def test_numbers_of_thousands_of_digits_are_refused(number: str) -> None:
    """With their place; Python would not even write them."""
    with pytest.raises(ScenarioError, match=r":3:\d+: .*more than 300 digits"):
        files.load_text(f"purpose: x\nrules:\n  - plan: {{ Sms: [{{ after: {number}, status: Sent }}] }}\n", "far")


def test_a_yaml_text_has_a_limit_and_a_json_text_has_none() -> None:
    """Since YAML is read slowly."""
    purpose = "x" * 500_000
    with pytest.raises(ScenarioError, match="as JSON, that is no limit"):
        files.load_text(f"purpose: {purpose}", "long")
    assert files.load_text(f'{{"purpose": "{purpose}"}}', "long").purpose == purpose
