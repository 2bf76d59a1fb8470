"""What becomes of a verification, whatever becomes of its message."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from emulator.flow import machine, verifying
from emulator.flow.request import Request
from emulator.flow.state import START, Cancelled, Flow, FlowStatus, Report, Transition
from emulator.flow.verification import EXPIRY, Standing, Terms, Verification
from emulator.journal import kinds
from tests.support.samples import MINUTE, NOW, SECOND, callback, flow, plan, sms, voice

TERMS = Terms(digits=4, lifetime_in_seconds=300, max_retries=3)


def begun(*, told: bool = False, timed: bool = True, held: bool = False) -> Flow:
    """A flow whose code is on its way, or is held back for longer than it is good for."""
    made = flow([sms(body="Code 1234")], (plan((SECOND, "Sent"), (2 * SECOND, "Delivered")),))
    request = replace(made.request, verification=TERMS, callback=callback() if told else UNSET)
    verification = Verification("1234", NOW, NOW + 5 * MINUTE, timed=timed)
    agenda = (Report(NOW + 10 * MINUTE, 0, START),) if held else ()
    return machine.accept(replace(made, request=request, verification=verification, agenda=agenda)).flow


def standing(done: Transition | Flow) -> Verification:
    """How the verification stands."""
    found = (done.flow if isinstance(done, Transition) else done).verification
    assert found is not None
    return found


def test_the_code_stands_wherever_the_text_has_its_place() -> None:
    """A longer name is another one; a call says the code."""
    request = Request([sms(body="@@pin or @@pins: @@pin.")])
    coded = verifying.coded(request, "12").flow[0]
    assert getattr(coded, "message").body == "12 or @@pins: 12."  # noqa: B009  (mypy knows no channel)
    call = voice()
    said = call.dial_plans[0].verbs[0] | {"message": {"language": "en-US", "text": "It is @@pin"}}
    spoken = verifying.coded(Request([replace(call, dial_plans=[replace(call.dial_plans[0], verbs=[said])])]), "12")
    assert getattr(spoken.flow[0], "dial_plans")[0].verbs[0]["message"]["text"] == "It is 12"  # noqa: B009


def test_the_code_verifies_and_nothing_is_left_to_expire() -> None:
    """The message goes on by itself."""
    done = verifying.answered(begun(), "1234", NOW + SECOND)
    found = standing(done)
    assert (found.status, found.tried, found.updated_at) == (Standing.VERIFIED, 1, NOW + SECOND)
    assert [item.status for item in done.flow.agenda if item.status == EXPIRY] == []
    later = machine.due(done.flow, NOW + MINUTE).flow
    assert (later.status, standing(later).status) == (FlowStatus.SUCCEEDED, Standing.VERIFIED)


def test_the_first_wrong_answer_and_each_retry_may_be_followed_until_none_is_left() -> None:
    """With three retries, the fourth wrong answer is the end."""
    now, seen = begun(), []
    for _ in range(4):
        done = verifying.answered(now, "0000", NOW + SECOND)
        now = done.flow
        seen.append((standing(done).status, standing(done).tried))
    assert seen == [(Standing.PENDING, number) for number in (1, 2, 3)] + [(Standing.FAILED, 4)]


def test_it_can_be_cancelled() -> None:
    """The journal says so."""
    done = verifying.cancelled(begun(), NOW + SECOND)
    assert standing(done).status is Standing.CANCELLED
    assert done.entries[0].data == kinds.Verification("Cancelled", 0)


def test_its_time_runs_out_at_its_own_time() -> None:
    """However late that is looked at; a message that never came changes nothing about it."""
    silent = replace(begun(), agenda=tuple(item for item in begun().agenda if item.status == EXPIRY))
    done = machine.due(silent, NOW + 60 * MINUTE)
    assert (standing(done).status, standing(done).updated_at) == (Standing.EXPIRED, NOW + 5 * MINUTE)
    assert done.entries[-1].at == NOW + 5 * MINUTE


@pytest.mark.parametrize("longest", [0, 1])
def test_a_code_that_a_call_says_expires_after_the_call(longest: int) -> None:
    """Whether all is said when the call ends, or it is cut off before."""
    said = replace(plan((SECOND, "InProgress")), said=True)
    made = flow([replace(voice(), max_duration=longest)], (said,))
    request = replace(made.request, verification=TERMS)
    called = replace(made, request=request, verification=Verification("1234", NOW, NOW + 5 * MINUTE))
    done = machine.due(machine.accept(called).flow, NOW + 60 * MINUTE)
    assert (done.flow.messages[0].status, standing(done).status) == ("Completed", Standing.EXPIRED)
    assert standing(done).updated_at == NOW + 5 * MINUTE


def test_its_time_runs_out_before_its_message_starts() -> None:
    """One that is held back; the journal tells each at its time."""
    done = machine.due(begun(held=True), NOW + 60 * MINUTE)
    assert (standing(done).status, standing(done).updated_at) == (Standing.EXPIRED, NOW + 5 * MINUTE)
    assert (done.flow.status, [each.status for each in done.flow.messages]) == (FlowStatus.SUCCEEDED, ["Delivered"])
    assert [entry.at for entry in done.entries] == sorted(entry.at for entry in done.entries)


def test_one_that_ended_before_its_message_starts_stays_as_it_is() -> None:
    """Somebody may know the code from the journal."""
    answered = verifying.answered(begun(held=True), "1234", NOW).flow
    done = machine.due(answered, NOW + 60 * MINUTE)
    assert (done.flow.status, standing(done).status) == (FlowStatus.SUCCEEDED, Standing.VERIFIED)


@pytest.mark.parametrize("held", [False, True])
def test_a_flow_that_was_stopped_still_expires(held: bool) -> None:
    """The code is known to its recipient, or to nobody."""
    stopped = machine.handle(begun(held=held), Cancelled("test"), NOW).flow
    assert standing(machine.due(stopped, NOW + 60 * MINUTE)).status is Standing.EXPIRED


def test_it_does_not_expire_where_nobody_could_answer_in_time() -> None:
    """A clock that jumps would jump to the end of every code."""
    for held in (False, True):
        assert [item.status for item in begun(timed=False, held=held).agenda if item.status == EXPIRY] == []


@pytest.mark.parametrize("told", [True, False])
def test_the_customer_is_told_how_it_ends_and_nothing_else(told: bool) -> None:
    """Neither of the message's statuses nor of a wrong answer."""
    now = begun(told=told)
    wrong = verifying.answered(now, "1", NOW)
    delivered = machine.due(wrong.flow, NOW + MINUTE)
    right = verifying.answered(delivered.flow, "1234", NOW + MINUTE)
    assert (wrong.callbacks, delivered.callbacks) == ((), ())
    assert right.callbacks == ((right.flow,) if told else ())
    assert right.flow.told == told
    (entry,) = right.entries
    assert isinstance(entry.data, kinds.Verification)
    assert (entry.data.callback is not UNSET) == told
