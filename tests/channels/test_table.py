"""The tables of the channels."""

from __future__ import annotations

import json

import pytest
from msgspec import ValidationError
from msgspec import json as msgspec_json

from emulator.channels.table import CHANNELS, Channel, Kind, Reason, Traits, default_cause
from emulator.shipped import folder

ALL = pytest.mark.parametrize("traits", CHANNELS.values(), ids=list(CHANNELS))


@ALL
def test_a_channel_s_statuses_are_all_that_its_row_speaks_of(traits: Traits) -> None:
    """No list has a status that the channel does not know."""
    named = {traits.initial, *traits.legal_failover, *traits.default_failover}
    named |= {*traits.after_final, *traits.after_final.values(), *traits.unanswered, *traits.unanswered.values()}
    named |= {status for status in (traits.holds_on_delivery, traits.ttl.status if traits.ttl else "") if status}
    assert named <= set(traits.statuses)


@ALL
def test_progress_comes_before_what_ends_the_step(traits: Traits) -> None:
    """The table's order is that of a message's life, and begins with the initial status."""
    kinds = list(traits.statuses.values())
    progress = kinds.count(Kind.PROGRESS)
    assert next(iter(traits.statuses)) == traits.initial
    assert set(kinds[:progress]) == {Kind.PROGRESS}
    assert [traits.final(status) for status in traits.statuses] == [False] * progress + [True] * (len(kinds) - progress)


@ALL
def test_only_what_ends_a_step_fails_over(traits: Traits) -> None:
    """And what does by default may be asked for."""
    assert all(traits.final(status) for status in traits.legal_failover)
    assert set(traits.default_failover) <= set(traits.legal_failover)


@ALL
def test_every_status_has_a_default_reason_or_none_has(traits: Traits) -> None:
    """A call's reports carry none."""
    assert set(traits.reasons) in (set(traits.statuses), set())
    assert all(reason.detailed_status and reason.description.endswith(".") for reason in traits.reasons.values())


def test_a_call_that_its_plan_leaves_open_ends_from_every_status_in_progress() -> None:
    """It has no ttl that would end it; the other channels have."""
    for traits in CHANNELS.values():
        progress = {status for status, kind in traits.statuses.items() if kind is Kind.PROGRESS}
        assert set(traits.unanswered) == (set() if traits.ttl else progress)
    assert CHANNELS[Channel.VOICE].ttl is None


@ALL
def test_a_status_is_known_in_any_case(traits: Traits) -> None:
    """And given back in the channel's spelling."""
    assert [traits.spell(f" {status.swapcase()} ") for status in traits.statuses] == list(traits.statuses)
    assert traits.spell("Nope") is None


@pytest.mark.parametrize("channel", list(Channel))
def test_the_schema_allows_and_describes_the_same_failover_statuses(channel: Channel) -> None:
    """They are written in two places."""
    step = json.loads((folder("schemas") / f"{channel.lower()}-step.json").read_text("utf-8"))
    told, traits = step["properties"]["failoverOnStatuses"], CHANNELS[channel]
    assert tuple(told["items"]["enum"]) == traits.legal_failover
    assert told["description"].endswith(f"Default: {', '.join(traits.default_failover)}.")


def test_a_word_of_the_api_is_a_text_like_any_other() -> None:
    """It is found under its text, so a table may be asked with either."""
    assert CHANNELS[Channel("Sms")] == CHANNELS["Sms"]  # type: ignore[index]
    assert (hash(Channel.SMS), str(Channel.SMS)) == (hash("Sms"), "Sms")


def test_a_reason_is_read_and_written_as_the_api_has_it() -> None:
    """Each text may be left out; nothing else may stand in it."""
    assert (
        msgspec_json.encode(Reason("Sent", "On its way.")) == b'{"detailedStatus":"Sent","description":"On its way."}'
    )
    assert msgspec_json.decode(b'{"description": "x"}', type=Reason) == Reason(description="x")
    with pytest.raises(ValidationError):
        msgspec_json.decode(b'{"detailed": "x"}', type=Reason)


def test_a_lack_of_balance_is_the_cause_of_what_it_causes() -> None:
    """Unsent, and a call that is cut off; nothing else has a cause by itself."""
    caused = {
        (channel, status) for channel, traits in CHANNELS.items() for status in traits.statuses if default_cause(status)
    }
    assert caused == {
        (Channel.SMS, "Unsent"),
        (Channel.VIBER, "UNSENT"),
        (Channel.VOICE, "Unsent"),
        (Channel.VOICE, "Terminated"),
    }
