"""The state of a flow: the words of the API, timers, reasons, and joining transitions."""

from __future__ import annotations

import pytest
from msgspec import json
from msgspec.structs import replace

from emulator.channels.table import Channel, Reason, Word
from emulator.flow import machine
from emulator.flow.request import Strategy
from emulator.flow.state import TTL, Flow, FlowStatus, Message, Report, StatusCode, Transition, reason
from emulator.journal.entry import Entry
from emulator.journal.kinds import Stranded
from tests.support.samples import MINUTE, NOW, SECOND, flow, plan, sms, viber


@pytest.mark.parametrize("words", [Channel, FlowStatus, StatusCode, Strategy])
def test_a_word_is_found_by_its_text(words: type[Word]) -> None:
    """Tables are keyed by either, so both hash the same."""
    for word in words:
        assert {str(word): 1}[word.value] == 1
        assert {word.value: 1}[word] == 1
        assert hash(word) == hash(word.value)


def test_only_succeeded_and_failed_are_final() -> None:
    """A flow that is queued or in progress goes on."""
    assert [status for status in FlowStatus if status.final] == [FlowStatus.SUCCEEDED, FlowStatus.FAILED]


def test_a_flow_is_due_at_the_head_of_its_agenda() -> None:
    """With an empty agenda, never."""
    assert flow([sms()]).due_at is None
    started = machine.accept(flow([viber(ttl=1)], (plan((SECOND, "DELIVERED")),))).flow
    assert [item.at - NOW for item in started.agenda] == [SECOND, MINUTE]
    assert started.due_at == NOW + SECOND


def test_the_agenda_says_which_item_ends_the_ttl() -> None:
    """Stored with an empty status, as in stores of earlier versions."""
    started = machine.accept(flow([viber(ttl=1)], (plan((SECOND, "DELIVERED")),))).flow
    assert [item.status for item in started.agenda] == ["DELIVERED", TTL]
    assert json.encode(Report(NOW, 0, TTL)) == b'[%d,0,"","","",""]' % NOW


def test_a_message_belongs_to_the_step_of_its_index() -> None:
    """Not to the one at its own place among the messages: steps run by `order`."""
    start = machine.accept(flow([sms(2), viber(1)])).flow
    assert start.step(start.messages[0]).channel is Channel.VIBER


@pytest.mark.parametrize(
    ("detailed", "description", "expected"),
    [
        ("", "", ("TTL Expired", "The message was not delivered in time.")),
        ("Own", "", ("Own", "The message was not delivered in time.")),
        ("", "In words.", ("TTL Expired", "In words.")),
    ],
)
def test_a_message_without_a_reason_of_its_own_has_the_usual_one(
    detailed: str, description: str, expected: tuple[str, str]
) -> None:
    """Member by member."""
    message = Message(0, "EXPIRED", detailed, description, NOW, NOW)
    assert reason(Channel.VIBER, message) == Reason(*expected)


def test_joined_transitions_have_the_last_flow_and_all_entries_and_callbacks_in_order() -> None:
    """Joining to a transition without events changes nothing."""
    first, second = flow([sms()]), replace(flow([sms()]), told=1)

    def made(state: Flow, error: str) -> Transition:
        return Transition(state, (Entry(NOW, "app", state.id, Stranded(error)),), (state,))

    joined = made(first, "one").then(made(second, "two"))
    assert joined.flow == second
    assert [entry.data for entry in joined.entries] == [Stranded("one"), Stranded("two")]
    assert joined.callbacks == (first, second)
    assert Transition(first).then(joined) == joined
