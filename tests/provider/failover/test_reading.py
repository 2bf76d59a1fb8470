"""A request as a whole: from its bytes to a valid request, or to a refusal."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from contextlib import suppress

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emulator.errors import Json
from emulator.flow.request import Request
from emulator.provider.failover import reading
from emulator.provider.failover.reading import Invalid, Malformed
from emulator.validation import schema
from tests.support import mutated
from tests.support.bodies import (
    EXAMPLE,
    LEFT_OUT,
    almost_valid,
    body,
    changed,
    json_values,
    sms,
    valid_bodies,
)
from tests.support.reading import accepted, echoed

FUZZED = int(os.environ.get("FUZZED_BODIES", "1000"))
"""How many refused bodies the two libraries are compared on."""


def test_the_documented_example_is_accepted_and_echoed() -> None:
    """Statuses in the channel's own spelling, the dial plan as an array, no empty members; all else as it came."""
    viber_step, voice_step, sms_step = EXAMPLE["flow"]
    expected_voice = changed(voice_step, {"to": {"phone": "+306912345678"}, "dialPlan": LEFT_OUT})
    expected_voice["dialPlans"] = [voice_step["dialPlan"]]
    expected_sms = changed(sms_step, {"failoverOnStatuses": ["Failed", "Undelivered"]})
    answer = echoed(*EXAMPLE["flow"], callback=EXAMPLE["callback"])
    assert answer == {"flow": [viber_step, expected_voice, expected_sms], "callback": EXAMPLE["callback"]}


@given(valid_bodies())
def test_what_is_echoed_is_a_valid_request_again(value: Json) -> None:
    """The echo of a request, sent as a request, is the same request; and it is read back from the store as it was."""
    request = reading.failover(json.dumps(value).encode())
    encoded = msgspec.json.encode(request)
    assert reading.failover(encoded) == request
    assert msgspec.json.decode(encoded, type=Request) == request


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (b"{}", {"flow": "is required"}),
        (b'{"flow":[]}', {"flow": "must be an array of at least one step; found an array of 0"}),
        (b'{"flow":null}', {"flow": "must be an array of at least one step; found null"}),
        (b'{"flow":{"a":1}}', {"flow": "must be an array; found an object with 1 member"}),
        (b'{"flow":[7,null]}', {f"flow[{i}]": f"must be an object; found {x}" for i, x in enumerate(("7", "null"))}),
    ],
)
def test_a_flow_has_at_least_one_step(found: bytes, told: dict[str, str]) -> None:
    """Each of its elements must be an object."""
    with pytest.raises(Invalid) as caught:
        reading.failover(found)
    assert caught.value.properties == told


def test_a_flow_has_no_upper_limit_unless_one_is_set() -> None:
    """The limit is told together with all else that is wrong."""
    assert len(accepted(*[sms()] * 200).flow) == 200
    assert len(reading.failover(body(sms(), sms()), 2).flow) == 2
    with pytest.raises(Invalid) as caught:
        reading.failover(body(sms(), sms(), sms({"ttl": 0})), 2)
    assert caught.value.properties == {
        "flow": "must have at most 2 elements; it has 3",
        "flow[2].ttl": "must be at least 1 minute; found 0",
    }


@pytest.mark.parametrize(
    ("found", "told"),
    [
        (b"[]", "The body must be an object with a flow; found an array of 0"),
        (b"null", "The body must be an object with a flow; found null"),
        (b"", "The body is empty; it must be JSON"),
        (b'{"flow":[],"flow":[]}', "The body has the key 'flow' twice in one object"),
        (b'{"flow":"","flow":[]}', "The body has the key 'flow' twice in one object"),
    ],
)
def test_what_is_no_object_is_malformed(found: bytes, told: str) -> None:
    """A body of another kind has no members that could be named."""
    with pytest.raises(Malformed) as caught:
        reading.failover(found)
    assert str(caught.value) == told


@settings(max_examples=300)
@given(almost_valid(EXAMPLE) | json_values().filter(lambda value: isinstance(value, dict)))
def test_any_object_is_accepted_or_refused_in_words(value: object) -> None:
    """There is no other exception: an accepted request can be encoded, a refusal names at least one path."""
    try:
        answer: object = reading.failover(json.dumps(value).encode())
    except Invalid as error:
        answer = error.properties
    assert msgspec.json.encode(answer) != b"{}"


@given(json_values().filter(lambda value: not isinstance(value, dict)))
def test_any_other_json_is_malformed(value: object) -> None:
    """There is no other exception."""
    with pytest.raises(Malformed):
        reading.failover(json.dumps(value).encode())


@given(st.binary(max_size=80))
def test_any_bytes_are_accepted_or_refused(found: bytes) -> None:
    """There is no other exception, for either kind of body."""
    with suppress(Malformed, Invalid):
        reading.failover(found)
    with suppress(Malformed, Invalid):
        reading.search(found)


@pytest.mark.parametrize(("read", "make"), [(reading.full, mutated.bodies), (reading.search, mutated.searches)])
def test_a_refusal_reads_the_same_whichever_library_lists_the_errors(
    monkeypatch: pytest.MonkeyPatch, read: Callable[[bytes], object], make: Callable[[int, int], Iterator[bytes]]
) -> None:
    """The same paths with the same messages in the same order, for bodies with all kinds of mistakes."""
    by_default = schema.violations
    refused = 0
    for each in make(2, FUZZED):
        told = []
        for violations in (by_default, schema.reference):
            monkeypatch.setattr(schema, "violations", violations)
            told.append(refusal(read, each))
        assert told[0] == told[1], each
        refused += bool(told[0])
    assert refused > FUZZED / 4


def refusal(read: Callable[[bytes], object], written: bytes) -> list[tuple[str, str]]:
    """The paths and messages of a body that breaks rules; none of one that does not, or is no JSON."""
    try:
        read(written)
    except Invalid as error:
        return list(error.properties.items())
    except Malformed:
        pass
    return []


def test_of_very_many_steps_the_wrong_ones_are_told_at_their_places() -> None:
    """And what is wrong beside them; up to fifty, and how many more there are."""
    steps = [{**EXAMPLE["flow"][0], "order": order} for order in range(2000)]
    for index in (700, 1999):
        steps[index] = {"type": "Viber", "order": index}
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": steps, "callback": {"strategy": "Never"}}).encode())
    told = refused.value.properties
    assert {path.partition(".")[0] for path in told} == {"flow[700]", "flow[1999]", "callback"}
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": [{"type": "Fax"}] * 2000}).encode())
    assert len(refused.value.properties) == 51
    assert refused.value.properties["flow"] == "has 1950 more wrong steps, not listed here"
    with pytest.raises(Invalid) as refused:
        reading.failover(json.dumps({"flow": steps[:700], "callback": {"strategy": "Never"}}).encode())
    assert {path.partition(".")[0] for path in refused.value.properties} == {"callback"}


@pytest.mark.parametrize("value", [True, "x", 0, {}])
def test_members_of_other_services_are_unknown_to_a_flow(value: object) -> None:
    """They are ignored, whatever they are, though the types of a request have them."""
    read = reading.read(body(sms(), callback={"url": "https://a.example/b", "eachPart": value}))
    assert read.request == reading.failover(body(sms(), callback={"url": "https://a.example/b"}))
    assert any("eachPart is not known here" in each for each in read.remarks) == bool(value)
