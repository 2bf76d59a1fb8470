"""Files that are broken in one way each: what the reader says of them, and whether the schema sees it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.shipped import folder

BROKEN = Path(__file__).parent / "broken"


MESSAGES = [
    ("bad-header", 3, 26, "rules[0].answer.headers.Retry After", "'Retry After' cannot be a header's name"),
    ("code-as-number", 4, 11, "rules[0].code", "must be digits in quotes; found 123"),
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
    ("choose-and-sequence", 4, 12, "rules[0].plan.Sms", "needs exactly one of choose, sequence, parts or reply"),
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
    ("reply-to-nowhere", 4, 21, "rules[0].plan.Sms.reply", "'url' is missing"),
    (
        "reply-to-nowhere",
        5,
        23,
        "rules[0].plan.Viber.reply",
        "a reply needs a text, or a picture or file at the URL 'media'",
    ),
    (
        "reply-to-nowhere",
        5,
        36,
        "rules[0].plan.Viber.reply.filename",
        "'filename' is that of a file at the URL 'media'",
    ),
    (
        "reply-to-nowhere",
        6,
        49,
        "rules[1].plan.Viber.plan",
        "must be a way to DELIVERED: a status, happy or reports; found 'UNDELIVERED'",
    ),
    ("empty-outcome", 3, 18, "rules[0].plan.Sms", "needs exactly one of choose, sequence, parts or reply"),
    ("empty-plan", 3, 11, "rules[0].plan", "must be a map with Sms, Viber or Voice; found {}"),
    ("empty-range", 3, 32, "rules[0].match.request.range", "the range 5..2 is empty: it ends before it begins"),
    ("empty-without-balance", 2, 1, "when_empty", "'when_empty' means nothing without a 'balance'"),
    ("empty", 1, 1, "", "the file is empty"),
    ("expects-nothing-sent", 2, 9, "expect", "'send' is missing"),
    ("header-of-two-lines", 3, 29, "rules[0].answer.headers.X", "a header's value is one line of ASCII"),
    (
        "headers-as-list",
        3,
        24,
        "rules[0].answer.headers",
        "must be a map of header names and their values; found a list",
    ),
    (
        "impossible-date",
        3,
        28,
        "rules[0].match.time.date",
        "must be a date such as 2026-12-24, or 2026-12-24..2026-12-26; found '2026-13-45'",
    ),
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
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m, or a range such as 10s..2m; found '1x'",
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
    (
        "not-a-map",
        1,
        1,
        "",
        "must be a map with purpose, name, rules, balance, when_empty, choices or expect; found a list",
    ),
    ("not-utf-8", 1, 1, "", "this is not UTF-8: byte 12 is 0xe9"),
    ("range-backwards", 5, 20, "rules[0].plan.Sms[0].after", "this range is empty: it ends before it begins"),
    ("reason-of-a-call", 5, 38, "rules[0].plan.Voice[0].reason", "the reports of Voice carry no reason"),
    (
        "report-as-text",
        3,
        18,
        "rules[0].plan.Sms",
        "a list has reports, each a map; did you mean Delivered, or [{ status: Delivered, after: 1s }]?",
    ),
    ("request-zero", 3, 23, "rules[0].match.request", "must be a whole number from 1; found 0"),
    ("rule-without-effect", 3, 5, "rules[0]", "a rule needs a plan, queued, an answer, callbacks or a code"),
    ("rules-as-map", 2, 8, "rules", "must be a list of rules; found a map; each of them begins with '- '"),
    ("same-key-twice", 3, 26, "rules[0].plan.Sms", "the key 'Sms' comes twice"),
    ("short-code", 3, 34, "rules[0].answer.code", "must be nine digits in quotes; found 400001009"),
    (
        "slow-regex",
        3,
        29,
        "rules[0].match.text.regex",
        (
            "could take for ever on a text that nearly matches: it repeats a part that has a repetition or a choice of "
            "its own, and the next character does not decide it, as in (a+)+; write a+, or put something between the "
            "rounds, as in (a+;)+"
        ),
    ),
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
    ("tab-indent", 3, 1, "", "a tab cannot indent; write spaces; did you mean `  - plan: silence`?"),
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
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m, or a range such as 10s..2m; found 5",
    ),
    ("ttl-of-a-call", 5, 17, "rules[0].plan.Voice[0].at", "Voice has no ttl; write a duration"),
    ("two-documents", 2, 1, "", "a file has one scenario; the line --- begins another document"),
    ("two-rules-of-one-name", 4, 5, "rules[1]", "the name 'first' is taken by another rule"),
    ("two-times", 5, 11, "rules[0].plan.Sms[0]", "a report has either 'after' or 'at', not both"),
    ("unclosed-bracket", 2, 8, "", "the [ that opens here is never closed; did you mean `rules: [ ]`?"),
    ("unknown-anchor", 2, 8, "", 'a text that begins with * needs quotes; did you mean `rules: "*nowhere"`?'),
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
            "must be no-balance, trial-account, bad-sender, bad-viber-file, bad-template, validation, bad-credentials, "
            "token-expired, forbidden, account-not-found, not-found, too-many-requests, server-error or unavailable; "
            "found 'no-ballance'; did you mean 'no-balance'?"
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
        "must be a duration such as 500ms, 1s, 2.5m, 20h, 1d or 1h30m, or a range such as 10s..2m; found '5 sec'",
    ),
    (
        "unquoted-number",
        3,
        18,
        "rules[0].match.to",
        "must be text in quotes; found the number +306912345678: put it in quotes",
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
    "slow-regex",
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


SCHEMA = json.loads((folder("schemas") / "scenario.json").read_text("utf-8"))


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


@pytest.mark.parametrize("name", sorted({message[0] for message in MESSAGES} - NO_VALUE))
def test_the_schema_refuses_what_is_broken_by_its_shape(name: str) -> None:
    """So an editor shows it while it is being written."""
    from ruamel.yaml import YAML

    value = YAML(typ="safe", pure=True).load((BROKEN / f"{name}.yaml").read_text("utf-8"))
    assert Draft202012Validator(SCHEMA).is_valid(value) is (name in NOT_BY_SHAPE)
