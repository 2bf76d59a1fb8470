"""Reading the outcome of each channel."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.channels.table import Channel, Reason
from emulator.clock.delays import Exponential, Fixed, Lognormal, Normal, Uniform
from emulator.flow.reply import Reply
from emulator.scenario.files.plans import plan
from emulator.scenario.files.written import written_plan
from emulator.scenario.outcomes import HAPPY, SILENCE, WAYS, Choice, Line, Sequence, Share, Way
from tests.support.scenarios import cursor, rule


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
        ("[{ after: 0s, status: Unsent }]", Way((Line("Unsent", Fixed(0)),))),
        ("{ parts: { '2': Failed, 1: Unsent } }", replace(HAPPY[Channel.SMS], parts=((1, "Unsent"), (2, "Failed")))),
        ("{ parts: { 2: Failed }, plan: Delivered }", replace(WAYS[Channel.SMS]["Delivered"], parts=((2, "Failed"),))),
        (
            "{ reply: { text: STOP, url: http://a.b/in } }",
            replace(HAPPY[Channel.SMS], replies=((Fixed(10_000), Reply("STOP", url="http://a.b/in")),)),
        ),
        (
            "{ parts: { 2: Failed }, reply: [{ after: 1s..2s, text: A, url: http://a.b }], plan: Delivered }",
            replace(
                WAYS[Channel.SMS]["Delivered"],
                parts=((2, "Failed"),),
                replies=((Uniform(1000, 2000), Reply("A", url="http://a.b")),),
            ),
        ),
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
            "{ choose: { per: recipient, of: [{ weight: 2, plan: Failed }, { plan: silence }] } }",
            Choice(((2, WAYS[Channel.SMS]["Failed"]), (1.0, SILENCE)), per_recipient=True),
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


def test_a_viber_message_is_answered_by_texts_pictures_and_files() -> None:
    """In turn, each so long after its arrival."""
    yaml = "{ reply: [{ after: 1m, text: Hi }, { after: 5s, media: http://a.b/p, filename: p.png }], plan: SEEN }"
    replies = ((Fixed(60_000), Reply("Hi")), (Fixed(5000), Reply("", "http://a.b/p", "p.png")))
    made = replace(WAYS[Channel.VIBER]["SEEN"], replies=replies)
    assert outcome(yaml, Channel.VIBER) == made
    reading, findings = cursor(written_plan({Channel.VIBER: made}))
    assert (plan(reading), findings) == ({Channel.VIBER: made}, [])


def test_who_answers_a_call_and_when_is_read() -> None:
    """In capitals or small letters; it is written as it is read."""
    usual = HAPPY[Channel.VOICE]
    for yaml, made in (
        ("{ answeredBy: machine, after: 8s }", replace(usual, machine=True, answered=Fixed(8000))),
        ("{ answeredBy: HUMAN }", usual),
        (
            "{ after: 1s..9s, plan: Terminated }",
            replace(WAYS[Channel.VOICE]["Terminated"], answered=Uniform(1000, 9000)),
        ),
        ("{ answeredBy: MACHINE, keys: ['1'] }", replace(usual, machine=True, keys=("1",))),
    ):
        assert outcome(yaml, Channel.VOICE) == made
        reading, findings = cursor(written_plan({Channel.VOICE: made}))
        assert (plan(reading), findings) == ({Channel.VOICE: made}, [])


def test_one_word_plans_all_channels() -> None:
    """Silence or happiness everywhere."""
    assert rule("plan: silence").plan == dict.fromkeys(Channel, SILENCE)
    assert rule("plan: happy").plan == dict(HAPPY)
