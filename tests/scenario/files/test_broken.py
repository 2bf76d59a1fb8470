"""Files that are broken in one way each, as newcomers break them: what the reader says of them, and whether the schema
sees it. `messages.txt` beside them has each file's messages, for people to read.
"""

from __future__ import annotations

import json
import re

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from emulator.scenario import files
from emulator.scenario.files import ScenarioError
from emulator.shipped import folder
from tests.support.scenarios import BROKEN

NAMES = sorted(file.stem for file in BROKEN.glob("*.yaml"))
SCHEMA = Draft202012Validator(json.loads((folder("schemas") / "scenario.json").read_text("utf-8")))

COMPARES = "a schema compares no value with another"
REFERS = "a schema knows no names that stand elsewhere in the file"
ELSEWHERE = "what is wrong is in another file, or is what files there are"
DEPENDS = "it depends on all that the rule's match can mean"
PATTERNS = "a schema does not read regular expressions"
ZONES = "each machine knows its own time zones"
CODES = "any text may be the code of an error"

LAXER = {
    "any-cut-off": DEPENDS,
    "bad-regex": PATTERNS,
    "empty-range": COMPARES,
    "expect-error-misspelt": CODES,
    "include-broken": ELSEWHERE,
    "include-itself": ELSEWHERE,
    "include-misspelt": ELSEWHERE,
    "include-near": ELSEWHERE,
    "include-nothing": ELSEWHERE,
    "lognormal-upside-down": COMPARES,
    "match-zone-city": ZONES,
    "never-used": DEPENDS,
    "parameter-in-a-text": REFERS,
    "parameter-unknown": REFERS,
    "plan-of-other-channel": REFERS,
    "plan-too-early": REFERS,
    "plan-unnamed": REFERS,
    "range-backwards": COMPARES,
    "share-at-once": COMPARES,
    "slow-regex": PATTERNS,
    "time-of-two-kinds": COMPARES,
    "time-upside-down": COMPARES,
    "two-rules-of-one-name": COMPARES,
}
"""Broken files that the schema can't refuse, and why not. It refuses every other one that has a value."""

NO_VALUE = {
    "contains-itself",
    "impossible-date",
    "json-comment",
    "json-trailing-comma",
    "not-utf-8",
    "parameter-set-twice",
    "same-key-twice",
    "tab-indent",
    "two-documents",
    "unclosed-bracket",
    "unknown-anchor",
    "yaml-at-first",
    "yaml-brace-unclosed",
    "yaml-colon-in-text",
    "yaml-colon-missing",
    "yaml-escape",
    "yaml-indent-less",
    "yaml-percent-first",
    "yaml-quote-unclosed",
}
"""Broken files that are no YAML, or have no value that is JSON: a schema has nothing to look at."""


def told(name: str) -> list[str]:
    """What is said of a broken file, as `check` prints it."""
    with pytest.raises(ScenarioError) as raised:
        files.load(BROKEN / f"{name}.yaml")
    return [str(each).replace(f"{BROKEN}/", "") for each in raised.value.problems]


def expected() -> dict[str, list[str]]:
    """The messages of each file."""
    found: dict[str, list[str]] = {}
    for line in (BROKEN / "messages.txt").read_text("utf-8").splitlines():
        if not line.startswith(" "):
            found[line] = []
        else:
            found[list(found)[-1]].append(line.strip())
    return found


MESSAGES = expected()


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_file_is_refused_with_all_its_problems(name: str) -> None:
    """Where, what was expected and what was found; several at once, in the order of the file."""
    assert told(name) == MESSAGES[name]


def test_every_broken_file_is_tested() -> None:
    """And there are far more than the 73 that there were once."""
    assert list(MESSAGES) == NAMES
    assert len(NAMES) >= 73 + 60


def test_no_message_is_in_the_words_of_a_library() -> None:
    """Those of YAML, of JSON, of Python."""
    words = ("this is not YAML:", "expected ", "block mapping", "Traceback", "object has no", "NoneType", "could not")
    assert [line for lines in MESSAGES.values() for line in lines if any(each in line for each in words)] == []


@pytest.mark.parametrize("name", NAMES)
def test_the_schema_refuses_whatever_a_schema_can(name: str) -> None:
    """So an editor shows it while it is being written."""
    try:
        value = YAML(typ="safe", pure=True).load((BROKEN / f"{name}.yaml").read_text("utf-8"))
        valid = SCHEMA.is_valid(value)
    except (YAMLError, UnicodeDecodeError, ValueError, RecursionError):
        assert name in NO_VALUE
    else:
        assert name not in NO_VALUE
        assert valid is (name in LAXER)


@pytest.mark.parametrize(
    ("rule", "meant"),
    [
        ("queued: 4min", "did you mean 4m?"),
        ("queued: 3sec", "did you mean 3s?"),
        ("queued: 5 s", "did you mean 5s?"),
        ("queued: 3 seconds..5min", "did you mean 3s..5m?"),
        ("callbacks: { reorder: 1 hour 30 min }", "did you mean 1h30m?"),
        ("answer: { delay: 3000 }", "did you mean 3s?"),
        ("answer: { delay: 3 }", "did you mean 3s?"),
        ("answer: { error: 429 }", "did you mean too-many-requests?"),
        ("answer: { error: 418 }", "did you mean { status: 418 }?"),
        ("match: { rate: { above: 5/min } }, plan: happy", "did you mean 5/m?"),
        ("match: { rate: { above: 5/30 sec } }, plan: happy", "did you mean 5/30s?"),
        ("match: { time: { between: 22:00..7:00 } }, plan: happy", "did you mean 22:00..07:00?"),
        ("match: { time: { from: 10min } }, plan: happy", "did you mean 10m?"),
        ("match: { share: 20 }, plan: happy", "did you mean 20%?"),
        ("match: { probability: 20% }, plan: happy", "did you mean 'share'?"),
        ("plan: happy, probability: 20%", "share in 'match' or choose in 'plan'"),
        ("match: { plan: happy }", "it stands beside 'match', not in it"),
    ],
)
def test_what_is_written_as_elsewhere_is_told_with_what_to_write(rule: str, meant: str) -> None:
    """One message, and what it proposes is taken where it is a value."""
    with pytest.raises(ScenarioError) as raised:
        files.load_text(f"purpose: x\nrules:\n  - {{ {rule} }}\n", "x")
    (problem,) = raised.value.problems
    assert meant in problem.message


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("balance: 20 messages", "did you mean { messages: 20 }?"),
        ("rules:\n  -match: { channel: Sms }\n   plan: happy", "did you mean `  - match: { channel: Sms }`?"),
        ("rules:\n  - plan: happy\n  -match: { to: x }", "did you mean `  - match: { to: x }`?"),
    ],
)
def test_what_is_wrong_in_a_whole_file_is_told_with_what_to_write(text: str, meant: str) -> None:
    """The unit of a balance, the space after a dash."""
    with pytest.raises(ScenarioError, match=re.escape(meant)):
        files.load_text(f"purpose: x\n{text}\n", "x")
