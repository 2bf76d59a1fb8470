"""Which requests can meet a match, and which meet another one too."""

from __future__ import annotations

import pytest

from emulator.channels.table import Channel
from emulator.scenario import files
from emulator.scenario.matching import Match
from emulator.scenario.reach import elsewhere, implies, impossible, lacking, later_only, stepless, unmet


def match(yaml: str) -> Match:
    """The match of a text."""
    return files.load_match(f"{{ {yaml} }}", "match")


@pytest.mark.parametrize(
    ("yaml", "why"),
    [
        ('to: "6912345678"', "a recipient is written with +"),
        ('to: ["306912345678", "+30 691 234"]', "306912345678 is none"),
        ('to: { starts: "30" }', "a recipient begins with +"),
        ('to: { glob: "69*" }', "not with 69; a sip address has an @"),
        ("country: UK", "no number belongs to the country UK"),
        ("request: 1, all: [{ request: { range: 2.. } }]", "request is 1 and request is in the range 2.. cannot"),
        ("channel: Sms, any: [{ channel: Viber }, { channel: Voice }]", "channel is Sms and channel is Viber"),
        ("order: 3, steps: [1, 2]", "order is 3 and steps is one of 1, 2 cannot both hold"),
        ("channel: Sms, not: { channel: [Sms, Viber] }", "cannot both hold"),
        ("channel: Viber, from: Shop", "a Viber step has no from"),
        ("channel: [Sms, Voice], senderInfoTrackingId: x", "a Sms step has no senderInfoTrackingId"),
        ("channel: Voice, video: x", "a Voice step has no video"),
        ("from: Shop, senderInfoTrackingId: x", "a Sms step has no senderInfoTrackingId, and a Viber step has no from"),
        ("endpoint: voice, senderInfoTrackingId: x", "a Voice step has no senderInfoTrackingId"),
        ("endpoint: [viber, voice], channel: Viber, from: Shop", "a Viber step has no from"),
        ("endpoint: sms, channel: Viber", "a request to the endpoint sms sends no Viber"),
        ("endpoint: 2step, any: [{ channel: Viber }]", "a request to the endpoint 2step sends no Viber"),
        ("endpoint: [otp, sms], channel: Voice", "a request to the endpoint otp or sms sends no Voice"),
        ("endpoint: sms, steps: 2", "a request to the endpoint sms has one step, but steps is 2"),
        ("endpoint: [viber, 2step], order: { range: 2.. }", "a request to the endpoint viber or 2step has one step"),
        ("endpoint: [token, tracking], text: x", "has no text"),
        ("operator: [Cosmot, Wnd]", "operator is one of Cosmot, Wnd, and no number has such a network"),
        ("operator: { ends: osmot }", "operator ends with osmot, and no number has such a network"),
        ("time: { weekday: Sat, date: 2026-11-26..2026-11-27 }", "none of these dates falls on such a weekday"),
        ("time: { to: 0s }", "no request comes before the first one"),
        ("time: { from: 10m }, all: [{ time: { to: 10m } }]", "cannot both hold"),
        ("time: { from: 2026-03-02T10:00 }, all: [{ time: { to: 2026-03-02T09:00 } }]", "cannot both hold"),
        ("all: [{ channel: Sms }, { channel: Viber }]", "channel is Sms and channel is Viber cannot both hold"),
        ("order: 1, all: [{ order: 2 }, { order: 3 }]", "order is 2 and order is 3 cannot all hold"),
        ('to: "+306912345678", operator: Vodafone', "cannot both hold: operator is "),
        ('to: "+306912345678", country: CY', "cannot both hold: country is GR"),
        ('to: { starts: "+30" }, country: CY', "to starts with +30 and country is CY cannot both hold"),
        ('to: { glob: "+3069*" }, country: [CY, IT]', "cannot both hold"),
        ('to: { regex: "^69" }', "a recipient begins with + and its country's code, not with 69"),
        ("share: 10%, all: [{ share: 10%..20% }]", "cannot both hold"),
        ("request: { range: 3.. }, all: [{ request: { range: ..2 } }]", "cannot both hold"),
    ],
)
def test_what_nothing_meets_is_impossible(yaml: str, why: str) -> None:
    """Values that a fact never has, conditions that contradict each other, facts that a step lacks."""
    assert why in impossible(match(yaml))


@pytest.mark.parametrize(
    "yaml",
    [
        "",
        'to: ["+306912345678", "6912345678"]',
        'to: "1111@sip.example"',
        'to: { starts: "+30" }',
        'to: { glob: "11*@sip.example" }',
        "country: [GR, UK]",
        'to: { starts: "+30" }, country: [CY, GR]',
        'to: { starts: "+3" }, country: CY',
        'to: { starts: "+1" }, country: CA',
        'to: ["+306912345678", "+35799123456"], country: CY',
        'to: { ends: "8" }, country: CY',
        'to: { regex: "^69?" }',
        'to: { regex: "^69|8$" }',
        "to: { regex: '^[+]30' }",
        "request: [1, 2], all: [{ request: { range: 2.. } }]",
        "channel: Sms, any: [{ channel: Viber }, { text: x }]",
        "order: 2, steps: 2",
        "channel: Sms, not: { channel: Sms, text: x }",
        "channel: [Viber, Sms], from: Shop",
        "endpoint: token, application: app, request: 2",
        "endpoint: [failover, token], text: x",
        "operator: [Cosmote, Wnd]",
        "operator: { starts: Cosm }",
        "operator: Telenuma GR",
        "endpoint: [transactional, sms]",
        "endpoint: [failover, sms], channel: Viber, steps: 2",
        "endpoint: 2step, channel: [Viber, Voice], order: 1",
        "endpoint: sms, label: x, steps: { range: ..3 }",
        "endpoint: [sms, token], steps: 2",
        "time: { weekday: Sat, date: 2026-11-20..2026-11-26 }",
        "time: { from: 10m }, all: [{ time: { to: 11m } }]",
        "time: { from: 10m }, all: [{ time: { to: 2026-03-02T09:00 } }]",
        "share: 10%, all: [{ share: 9%..20% }]",
        "request: { range: 3.. }, all: [{ request: { range: ..3 } }]",
    ],
)
def test_what_something_may_meet_is_not_called_impossible(yaml: str) -> None:
    """One good value of several is enough."""
    assert impossible(match(yaml)) == ""


@pytest.mark.parametrize(
    ("yaml", "other"),
    [
        ("text: x", ""),
        ("text: x, order: 1", "order: [1, 2]"),
        ('to: "+306912345678"', 'to: { starts: "+30", ends: "8" }'),
        ('to: { starts: "+3069" }', 'to: { starts: "+30" }'),
        ("text: { contains: code }", "text: { contains: od }"),
        ("request: { range: 3..5 }", "request: { range: ..9 }"),
        ("request: { range: 3.. }", "request: { range: 2.. }"),
        ("text: { regex: a }", "text: { regex: a }"),
        ("share: 5%..10%", "share: 10%"),
        ("time: { from: 10m, to: 20m }", "time: { from: 5m }"),
        ("time: { to: 5m }", "time: { to: 6m }"),
        ("rate: { above: 20/s }", "rate: { above: 10/s }"),
        ("label: x", "any: [{ label: y }, { label: [x, y] }]"),
        ("any: [{ label: x }, { text: y }]", "any: [{ label: x }, { text: y }]"),
        ("label: x, not: { order: 2 }", "not: { order: 2 }"),
        ("all: [{ label: x }]", "all: [{ label: [x, y] }]"),
    ],
)
def test_a_match_implies_a_wider_one_and_not_the_other_way_round(yaml: str, other: str) -> None:
    """Unless they are the same."""
    assert implies(match(yaml), match(other))
    assert implies(match(other), match(yaml)) == (yaml == other)


@pytest.mark.parametrize(
    ("yaml", "other"),
    [
        ("order: 1", "steps: 1"),
        ("request: { range: 3.. }", "request: { range: ..9 }"),
        ("text: { contains: a }", "text: { starts: a }"),
        ("share: 10%", "share: 5%..10%"),
        ("time: { from: 10m }", "time: { from: 2026-03-02T09:00 }"),
        ("rate: { above: 20/s }", "rate: { above: 10/m }"),
        ("", "not: { order: 2 }"),
        ("", "any: [{ order: 1 }, { order: 2 }]"),
    ],
)
def test_a_match_implies_nothing_that_is_not_certain(yaml: str, other: str) -> None:
    """Even where it is so."""
    assert not implies(match(yaml), match(other))


def test_what_a_channel_lacks_a_later_step_and_requests_without_steps_are_told_apart() -> None:
    """By the conditions that a match demands."""
    assert lacking(match("from: Shop"), Channel.VIBER) == "a Viber step has no from"
    assert lacking(match("from: Shop"), Channel.SMS) == ""
    assert (later_only(match("order: { range: 2.. }")), later_only(match("order: [1, 2]"))) == (True, False)
    assert (stepless(match("endpoint: token")), stepless(match("endpoint: [token, failover]"))) == (True, False)


def test_a_match_that_names_other_endpoints_is_elsewhere() -> None:
    """One that names none may be anywhere."""
    assert elsewhere(match("endpoint: sms"), "2step")
    assert not elsewhere(match("endpoint: [sms, 2step]"), "2step")
    assert not elsewhere(match("channel: Sms"), "2step")
    assert stepless(match("endpoint: [2step-confirm, 2step-cancel]"))


def test_the_parts_of_a_match_that_nothing_meets_are_found() -> None:
    """Values of a list, options, what must not hold; each with its place, and what the whole demands counts too."""
    some = "any: [{ channel: Voice }, { all: [{ text: x }, { country: [GR, UK] }] }]"
    found = unmet(
        match(f"channel: Sms, operator: [Cosmote, Wnd], {some}, not: {{ any: [{{ order: 1 }}, {{ country: QQ }}] }}")
    )
    assert [path for path, _ in found] == [
        ("operator",),
        ("any", 0),
        ("any", 1, "all", 1, "country"),
        ("not", "any", 1),
    ]
    assert list(unmet(match("channel: Sms, any: [{ text: x }, { country: GR }], not: { order: 2 }"))) == []
