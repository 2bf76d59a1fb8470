"""Reaching into a flow from outside: what fits happens, what does not is refused in words."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest
from msgspec.structs import replace

from emulator.channels.table import Reason
from emulator.clock.clock import EVERYBODY
from emulator.emulation import Emulation
from emulator.engine.goal import Goal
from emulator.engine.interventions import Impossible, Interventions, offers
from emulator.flow import machine
from emulator.flow.reply import Reply
from emulator.flow.request import Request, Step
from emulator.flow.state import Flow
from emulator.settings import Settings
from emulator.store.records import CallbackQuery, JournalQuery
from tests.support.samples import MINUTE, callback, flow, sms, viber
from tests.support.submitting import submitted

pytestmark = pytest.mark.anyio


class Bench:
    """An emulation whose clock stands, a flow of a Viber and an Sms step on it, and what can be done to that."""

    def __init__(self, emulation: Emulation, sent: Flow) -> None:
        self.emulation = emulation
        self.sent = sent
        self.hands = Interventions(emulation.engine, emulation.store, emulation.renderings)

    async def report(self, status: str, step: int | None = None) -> Flow | None:
        """Have the channel of a step report a status."""
        return await self.hands.report(self.sent.id, step, status, Reason(), "")

    async def kinds(self) -> list[str]:
        """The kinds of the flow's journal entries, but for attempts, which come in their own time."""
        entries = await self.emulation.store.journal(JournalQuery(flow=self.sent.id))
        return [entry.kind for entry in entries if entry.kind != "attempt"]


@asynccontextmanager
async def bench() -> AsyncIterator[Bench]:
    """A bench; the flow's messages are silent until their ttl, its callbacks go to a port where nobody listens."""
    emulation = await Emulation.start(Settings(scenario="silence-until-ttl", seed="1", rate=0.0))
    steps: list[Step] = [replace(viber(1, ttl=10), inbound_url="http://127.0.0.1:9/inbound"), sms(2, ttl=10)]
    try:
        yield Bench(emulation, await submitted(emulation, Request(steps, callback())))
    finally:
        await emulation.stop()


async def test_a_report_changes_the_message_now() -> None:
    """In any spelling; of the step that started last, unless another is named."""
    async with bench() as made:
        after = await made.report("undelivered")
        assert after
        assert [message.status for message in after.messages] == ["UNDELIVERED", "Queued"]
        after = await made.hands.report(made.sent.id, None, "Failed", Reason("Own", "In words."), "balance")
        assert after
        assert (after.status, after.status_code, after.messages[1].detailed) == ("Failed", "1", "Own")


async def test_what_was_due_before_happens_first() -> None:
    """The ttl of the first step is over, though nobody has looked since."""
    async with bench() as made:
        await made.emulation.engine.stop()
        clock = made.emulation.clocks.clock(EVERYBODY)
        made.emulation.clocks.set(EVERYBODY, clock.moved(clock.base_real, clock.base_virtual + 11 * MINUTE))
        after = await made.report("Delivered")
        assert after
        assert [message.status for message in after.messages] == ["EXPIRED", "Delivered"]
        assert after.messages[0].updated_at == made.sent.created_at + 10 * MINUTE


@pytest.mark.parametrize(
    ("status", "step", "why", "kinds"),
    [
        ("SEEN", 3, "there is no step 3; the flow has 2", ["accepted"]),
        ("Ringing", 1, "Viber has no status Ringing; known here: QUEUED, ", ["accepted"]),
        ("Delivered", 2, "the Sms step has not started", ["accepted", "ignored"]),
        ("QUEUED", 1, "the message is QUEUED already", ["accepted", "ignored"]),
    ],
)
async def test_a_report_that_does_not_fit_is_refused_in_words(
    status: str, step: int, why: str, kinds: list[str]
) -> None:
    """A report that the channel could give is in the journal all the same, as ignored."""
    async with bench() as made:
        with pytest.raises(Impossible, match=why):
            await made.report(status, step)
        assert await made.emulation.store.flow(made.sent.id) == made.sent
        assert await made.kinds() == kinds


async def test_a_flow_is_cancelled_once() -> None:
    """The second time it has ended."""
    async with bench() as made:
        after = await made.hands.cancel(made.sent.id, "asked to")
        assert after
        assert (after.status, after.status_code, after.due_at) == ("Failed", "0", None)
        with pytest.raises(Impossible, match="the flow ended as Failed"):
            await made.hands.cancel(made.sent.id, "again")
        assert await made.kinds() == ["accepted", "cancelled", "ignored"]


async def test_a_recipient_answers_the_last_viber_message_that_has_an_inbound_url() -> None:
    """Each reply is a post of its own; the flow stays as it is."""
    async with bench() as made:
        with pytest.raises(Impossible, match="the Viber message is QUEUED"):
            await made.hands.reply(made.sent.id, Reply("Yes"))
        sent = await made.report("DELIVERED")
        for text in ("Yes", "No"):
            assert await made.hands.reply(made.sent.id, Reply(text)) == sent
        _, _, *found = await made.emulation.store.callbacks(CallbackQuery(made.sent.id))
        assert [each.url for each in found] == ["http://127.0.0.1:9/inbound"] * 2
        assert len({each.id for each in found}) == 2
        assert b"Yes" in found[0].body


async def test_without_an_inbound_url_nobody_can_answer() -> None:
    """Nothing is written."""
    async with bench() as made:
        other = await submitted(made.emulation, Request([viber()]))
        with pytest.raises(Impossible, match="no Viber step with an inboundUrl has started"):
            await made.hands.reply(other.id, Reply("Yes"))
        assert await made.emulation.store.callbacks(CallbackQuery(other.id)) == []


async def test_a_callback_is_posted_once_more_with_the_same_body() -> None:
    """Under an id of its own, each time."""
    async with bench() as made:
        await made.report("DELIVERED")
        first, *_ = await made.emulation.store.callbacks(CallbackQuery(made.sent.id))
        await made.hands.resend(first)
        await made.hands.resend(first)
        again = (await made.emulation.store.callbacks(CallbackQuery(made.sent.id)))[2:]
        assert [each.id for each in again] == [f"{first.id}-again-2", f"{first.id}-again-3"]
        assert {each.body for each in again} == {first.body}


async def test_callbacks_that_are_posted_once_more_at_once_have_ids_of_their_own() -> None:
    """Whoever asks for them."""
    async with bench() as made:
        await made.report("DELIVERED")
        first, *_ = await made.emulation.store.callbacks(CallbackQuery(made.sent.id))
        await asyncio.gather(*(made.hands.resend(first) for _ in range(5)))
        again = (await made.emulation.store.callbacks(CallbackQuery(made.sent.id)))[2:]
        assert [each.id for each in again] == [f"{first.id}-again-{number}" for number in range(2, 7)]


@pytest.mark.parametrize(
    "act",
    [
        lambda hands: hands.report("nothing", None, "Sent", Reason(), ""),
        lambda hands: hands.cancel("nothing", ""),
        lambda hands: hands.reply("nothing", Reply()),
    ],
)
async def test_of_a_flow_that_does_not_exist_there_is_no_state(
    act: Callable[[Interventions], Awaitable[Flow | None]],
) -> None:
    """None, and no error."""
    async with bench() as made:
        assert await act(made.hands) is None


async def test_each_started_step_offers_what_its_channel_could_report_next() -> None:
    """A step that has not started offers nothing, nor does one that ended for good."""
    started = machine.accept(flow([viber(1), sms(2)])).flow
    (offered,) = offers(started)
    assert (offered["step"], offered["channel"]) == (1, "Viber")
    assert "QUEUED" not in offered["statuses"]
    assert {"DELIVERED", "UNDELIVERED"} <= set(offered["statuses"])
    async with bench() as made:
        await made.emulation.engine.driver(EVERYBODY).advance(Goal(flow=made.sent.id))
        ended = await made.emulation.store.flow(made.sent.id)
        assert ended
        assert offers(ended) == []
