"""The schemas, and the two libraries that read them."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import example, given, settings
from jsonschema import Draft202012Validator

from emulator.errors import Json
from emulator.shipped import folder
from emulator.validation import schema
from tests.support.bodies import EXAMPLE, almost_valid, changed, json_values, play, say, sms, viber, voice

NAMES = [
    *("failover", "step", "sms-step", "viber-step", "voice-step", "callback", "definitions", "tracking-search"),
    *("sms", "sms-analyze", "sms-search", "sms-campaign"),
]
PLAIN = EXAMPLE | {
    "flow": [
        EXAMPLE["flow"][0],
        changed(EXAMPLE["flow"][1], {"to": {"phone": "+306912345678", "sip": "1111@sip.example:5060"}}),
        changed(EXAMPLE["flow"][2], {"failoverOnStatuses": ["Failed", "Undelivered"]}),
    ]
}
"""The example in the only spelling that the schemas themselves know, without empty members."""
CONTENTS: dict[str, object] = {
    "text": "Hi",
    "imageUrl": "https://cdn.example/p.png",
    "action": {"caption": "Open", "targetUrl": "https://app.example/"},
    "viberFile": {"fileName": "a.pdf", "fileType": "pdf", "fileUrl": "https://cdn.example/a.pdf"},
    "viberVideo": {
        "videoUrl": "https://cdn.example/v.mp4",
        "videoThumbnail": "https://cdn.example/v.png",
        "fileSize": 1.5,
        "duration": 10,
    },
}


def both(name: str, value: object) -> bool:
    """The verdict of both libraries, which must be the same, as must be their errors."""
    verdict = schema.valid(name, value)
    errors = schema.reference(name, value)
    assert verdict == (not errors)
    assert sorted(map(_told, schema.violations(name, value))) == sorted(map(_told, errors))
    return verdict


def _told(violation: schema.Violation) -> str:
    """What a message may be made of."""
    around = [violation.schema.get(key) for key in ("title", "description")]
    return repr((violation.absolute_path, violation.validator, violation.validator_value, violation.instance, around))


def _file(name: str) -> Any:
    return json.loads((folder("schemas") / f"{name}.json").read_text())


@pytest.mark.parametrize("name", NAMES)
def test_each_file_is_a_schema_that_says_what_it_is_of(name: str) -> None:
    """Each obeys the 2020-12 meta schema, is named by its $id, and has a title and a description."""
    found = _file(name)
    Draft202012Validator.check_schema(found)
    assert found["$id"] == f"{schema.BASE}{name}.json"
    assert found["title"]
    assert found["description"]


@pytest.mark.parametrize("name", NAMES)
def test_each_member_is_explained(name: str) -> None:
    """A reader of the files needs no other page: each member has a title or description, of its own or by reference."""
    explained: dict[str, bool] = {}
    for path, member in _members(_file(name), ""):
        explained[path] = explained.get(path, False) or bool({"title", "description"} & _target(name, member).keys())
    assert [path for path, told in explained.items() if not told] == []


def _target(name: str, member: Any) -> Any:
    """A member together with what it refers to."""
    file, _, pointer = member.get("$ref", "").partition("#/$defs/")
    target = _file(file.removesuffix(".json") or name)
    return (target["$defs"][pointer] if pointer else target if file else {}) | member


def _members(found: Any, path: str) -> Iterator[tuple[str, Any]]:
    """All members that the schema itself and its parts declare; those within conditions only narrow them."""
    if isinstance(found, dict):
        for name, member in found.get("properties", {}).items():
            yield f"{path}.{name}", member
            yield from _members(member, f"{path}.{name}")
        for part in [found.get("items"), found.get("then"), *found.get("allOf", []), *found.get("$defs", {}).values()]:
            yield from _members(part, path)


@pytest.mark.parametrize("name", NAMES)
def test_no_pattern_lets_a_last_newline_through(name: str) -> None:
    """Patterns end where the text ends in every dialect, and know only ASCII digits and named blanks."""
    for pattern in _patterns(_file(name)):
        assert pattern.startswith("^")
        assert pattern.endswith("(?![\\s\\S])")
        assert "\\d" not in pattern
        assert "\\s" not in pattern.removesuffix("(?![\\s\\S])")


def _patterns(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        if isinstance(found.get("pattern"), str):
            yield found["pattern"]
        for value in found.values():
            yield from _patterns(value)
    elif isinstance(found, list):
        for value in found:
            yield from _patterns(value)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("failover", PLAIN),
        ("failover", {"flow": [sms()]}),
        ("step", voice()),
        ("sms-step", sms()),
        ("viber-step", viber()),
        ("voice-step", voice({"to": {"sip": "1@sip.example"}, "dialPlan": {"verbs": [say(), play()]}})),
        ("callback", {"url": "http://localhost:9000"}),
        ("tracking-search", [{"fieldName": "to", "searchOperator": "contains", "searchTerm": "30"}]),
    ],
)
def test_a_valid_message_obeys_its_schema(name: str, value: object) -> None:
    """Each file can be used by itself, offline."""
    assert both(name, value)


@pytest.mark.parametrize(
    ("value", "path"),
    [
        ({}, []),
        ({"flow": []}, ["flow"]),
        ({"flow": [{"type": "sms"}]}, ["flow", 0, "type"]),
        ({"flow": [sms(), sms({"to": "+306912345678\n"})]}, ["flow", 1, "to"]),
        ({"flow": [sms({"to": "+٣٠٦٩٠٠٠٠٠٠٠٠١"})]}, ["flow", 0, "to"]),
        ({"flow": [viber({"ttl": 2.55})]}, ["flow", 0, "ttl"]),
        ({"flow": [voice({"to": {"phone": "1"}})]}, ["flow", 0, "to", "phone"]),
        ({"flow": [voice({"dialPlan.verbs": [say(), {"type": "DIAL"}]})]}, ["flow", 0, "dialPlan", "verbs", 1, "type"]),
        ({"flow": [sms()], "callback": {"url": "ftp://a"}}, ["callback", "url"]),
    ],
)
def test_a_violation_says_where(value: object, path: list[str | int]) -> None:
    """Both libraries refuse, and the list of errors leads to the member."""
    assert not both("failover", value)
    assert [list(each.absolute_path) for each in schema.violations("failover", value)] == [path]


@pytest.mark.parametrize("ttl", [0.5, 0.6, 0.3 * 3, 1.1, 2.5, 10, 120.0, 1439.9, 1440, 1440.0])
def test_a_viber_ttl_may_have_one_decimal(ttl: float) -> None:
    """Binary fractions do not spoil it: 0.3 * 3 is 0.8999999999999999 and refused, the others are fine."""
    assert both("viber-step", viber({"ttl": ttl})) is (ttl != 0.3 * 3)


@pytest.mark.parametrize("mask", range(32))
def test_the_schema_alone_knows_the_contents_of_a_viber_message(mask: int) -> None:
    """Of the 32 combinations exactly those that Viber has are accepted."""
    names = [name for bit, name in enumerate(CONTENTS) if mask >> bit & 1]
    allowed: list[set[str]] = [
        {"text"},
        {"imageUrl"},
        {"viberFile"},
        {"text", "action"},
        {"text", "imageUrl", "action"},
        {"viberVideo"},
        {"viberVideo", "text"},
        {"viberVideo", "text", "action"},
    ]
    step = viber({"message": {name: CONTENTS[name] for name in names}})
    assert both("viber-step", step) is (set(names) in allowed)


@pytest.mark.parametrize(
    "flow",
    [
        [{}] * 3000,
        [sms({"from": 1, "to": 1, "ttl": 0, "order": -1})] * schema.FEW,
        [voice({"failoverOnStatuses": ["x"] * 3000})],
    ],
)
def test_errors_are_listed_up_to_a_limit(flow: list[Json]) -> None:
    """A body of a million errors does not take for ever to refuse; which ones are told is as the schema has them."""
    found = schema.violations("failover", {"flow": flow})
    assert len(found) == schema.MOST
    assert found == schema.reference("failover", {"flow": flow})


def test_a_pattern_that_jsonschema_rs_gives_up_on_is_told_of_all_the_same() -> None:
    """It counts the steps that a text of a million characters takes; the other library does not."""
    (found,) = schema.violations("failover", {"flow": [viber({"inboundUrl": f"http://{'a' * 900_000} "})]})
    assert (found.validator, found.absolute_path) == ("pattern", ["flow", 0, "inboundUrl"])


def test_every_error_is_listed_at_once() -> None:
    """Four things wrong in three places are four errors."""
    value = {"flow": [sms({"ttl": 0, "message.body": 7}), viber({"to": "x"})], "callback": {}}
    found = [[*each.absolute_path] for each in schema.violations("failover", value)]
    assert sorted(map(str, found)) == sorted(
        map(str, [["flow", 0, "ttl"], ["flow", 0, "message", "body"], ["flow", 1, "to"], ["callback"]])
    )


@pytest.mark.parametrize(
    ("act", "imported"),
    [("rules('callback')", "False False"), ("violations('failover', {})", "True False")],
)
def test_a_library_is_imported_when_it_is_needed(act: str, imported: str) -> None:
    """A start does without both, a refusal without jsonschema."""
    told = "print('jsonschema_rs' in sys.modules, 'jsonschema' in sys.modules)"
    code = f"import sys, emulator.app; from emulator.validation import schema; schema.{act}; {told}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == imported


@settings(max_examples=300)
@given(almost_valid(PLAIN))
@example(changed(PLAIN, {"callback.url": "https://a\u00a0b/"}))
@example(changed(PLAIN, {"callback.url": "https://a/\ufeff"}))
@example(changed(PLAIN, {"callback.url": "https://a/\x1c"}))
@example(changed(PLAIN, {"callback.url": "https://a:65536/"}))
def test_both_libraries_agree_on_what_is_almost_valid(value: object) -> None:
    """What one accepts the other accepts, near the edge of what is valid."""
    both("failover", value)


@given(json_values())
def test_both_libraries_agree_on_anything(value: object) -> None:
    """What one accepts the other accepts, for any value and any schema."""
    for name in NAMES:
        both(name, value)
