"""What happens in a call while it is answered: keys are pressed, and the customer is asked how it goes on. Pure.

A call does its verbs one after another. At a COLLECT it waits for keys, which a plan has pressed or somebody from
outside; then they are posted, and the verbs of the answer are done. An answer without verbs lets the call go on with
those that are left. A call whose plan leaves that to what is said ends with its last verb. What the provider does not
document is decided here: without `submitOnHash` the keys are posted when the recipient stops pressing, and nothing is
posted if none is pressed; an answer's verbs take the place of those left; where a machine has the customer asked for
another plan, nothing is said before. With `submitOnHash` nothing is posted before the #, however many keys there are,
and at the call's end "" is, as the provider was seen to do; the call's tracking has the keys all the same.
"""

from __future__ import annotations

from operator import attrgetter
from typing import Final

from msgspec import UNSET
from msgspec.structs import replace

from emulator.channels.table import CHANNELS, Channel
from emulator.errors import Json
from emulator.flow import speech
from emulator.flow.request import VoiceStep
from emulator.flow.state import (
    IN_CALLS,
    KEYS,
    MACHINE,
    SAID,
    Answered,
    Ask,
    Flow,
    MachineMet,
    Message,
    Pressed,
    Report,
    Talk,
    Transition,
)
from emulator.flow.verification import EXPIRY
from emulator.journal import kinds
from emulator.journal.entry import Details, Entry
from emulator.seed import event_id

PRESS_MS: Final = 2000
"""How long a planned key press comes after its COLLECT begins, or what may be interrupted by it: invented."""
DETECTION_MS: Final = 2000
"""How long it takes to find out that a machine has answered: invented."""
_RINGING: Final = ("Queued", "Initiated", "Ringing")
_TIME: Final = attrgetter("at")


def reported(done: Transition, message: Message, now: int) -> Transition:
    """What follows for a call from the status that it has now."""
    step = done.flow.step(message)
    assert isinstance(step, VoiceStep)
    if not message.live:
        return _ended(done, message, now)
    if message.status == "Ringing" and step.hangup_delay:
        return _cut(done, message.step, now + step.hangup_delay * 1000, "NoAnswer", _RINGING)
    return _begun(done, message, step, now) if message.status == "InProgress" else done


def handle(flow: Flow, event: Pressed | Answered | MachineMet, now: int) -> Transition:
    """Apply an event in a call. One that does not fit changes nothing: its only entry, `ignored`, says why."""
    match event:
        case Pressed(step, keys):
            return _pressed(flow, step, keys, now)
        case Answered(name, verbs, why):
            return _answered(flow, name, verbs, why, now)
        case MachineMet(step):
            return _met(flow, step, now)


def _begun(done: Transition, message: Message, step: VoiceStep, now: int) -> Transition:
    """The call was answered."""
    index, plan = message.step, done.flow.plans[message.step]
    if step.max_duration:
        done = _cut(done, index, now + step.max_duration * 1000, "Completed", (*_RINGING, "InProgress"))
    detection = step.machine_detection or {}
    event_url = detection.get("eventUrl")
    if plan.machine and detection.get("strategy") == "Hangup":
        done = _cut(done, index, now + DETECTION_MS, "Completed", (*_RINGING, "InProgress"))
    elif plan.machine and event_url:
        done = _at(done, Report(now + DETECTION_MS, index, MACHINE))
    verbs = tuple(verb for each in step.dial_plans for verb in each.verbs)
    if step.dial_plan_url:
        return _asked(done, Talk(), Ask(index, 1, step.dial_plan_url, now))
    if plan.machine and event_url and detection.get("strategy") != "Hangup":
        return _with(done, index, Talk(verbs))
    if any(verb["type"] == "COLLECT" for verb in verbs):
        return _go_on(done, index, Talk(verbs), now)
    return _until(done, index, now + speech.length(verbs))


def _go_on(done: Transition, index: int, talk: Talk, now: int) -> Transition:
    """Do the verbs that are left, up to a COLLECT."""
    left = list(enumerate(talk.verbs))[talk.left :]
    found = next((number for number, verb in left if verb["type"] == "COLLECT"), None)
    if found is None:
        done = _until(done, index, now + speech.length(talk.verbs[talk.left :]))
        return _with(done, index, replace(talk, left=len(talk.verbs), collects=False))
    before = talk.verbs[talk.left : found]
    done = _until(done, index, now + speech.length(before) + speech.KEYS_MS)
    return _press_later(done, index, replace(talk, left=found, collects=True, keys=""), now + speech.held(before))


def _until(done: Transition, index: int, at: int) -> Transition:
    """Have the call end at a time, if its plan leaves that to what is said."""
    if not done.flow.plans[index].said:
        return done
    agenda = (*_without(done.flow, index, (SAID,)), Report(at, index, SAID))
    return replace(done, flow=replace(done.flow, agenda=tuple(sorted(agenda, key=_TIME))))


def _press_later(done: Transition, index: int, talk: Talk, now: int) -> Transition:
    """Have the plan's next keys pressed, if it has any left."""
    planned = done.flow.plans[index].keys
    if talk.used < len(planned):
        done = _at(done, Report(now + PRESS_MS, index, KEYS, planned[talk.used]))
        talk = replace(talk, used=talk.used + 1)
    return _with(done, index, talk)


def happened(flow: Flow, item: Report) -> Transition:
    """Apply what the agenda says of a call."""
    event = Pressed(item.step, item.detailed) if item.status == KEYS else MachineMet(item.step)
    return handle(flow, event, item.at)


def _pressed(flow: Flow, index: int, keys: str, now: int) -> Transition:
    talk = _talk(flow, index)
    if talk is None or not talk.collects:
        return _ignored(flow, f"{keys} was pressed, but the call collects no keys", now)
    verb, pressed = talk.verbs[talk.left], talk.keys + keys
    before, hash_, _ = pressed.partition("#")
    waits = bool(verb.get("submitOnHash")) and not hash_
    taken = before if verb.get("submitOnHash") else pressed
    tones = taken[: int(verb.get("maxDigits", len(taken)))]  # JSON Schema calls 7.0 an integer too
    more = f"{taken[len(tones) :]} is more than maxDigits allows, and is not posted" if tones != taken else ""
    told = kinds.Pressed(index + 1, keys, "the call waits for #" if waits else more)
    done = Transition(flow, (_entry(flow, now, told),))
    if waits:
        return _press_later(_until(done, index, now + speech.KEYS_MS), index, replace(talk, keys=pressed), now)
    talk = replace(talk, collects=False, keys="", left=talk.left + 1, tones=(*talk.tones, tones))
    return _asked(done, talk, Ask(index, talk.asked + 1, verb["eventUrl"], now, tones))


def _asked(done: Transition, talk: Talk, ask: Ask, note: str = "") -> Transition:
    """Ask the customer how the call goes on. The `note` is for the journal."""
    flow = done.flow
    told = kinds.Asked(
        ask.step + 1,
        "machine" if ask.machine else "dial plan" if ask.tones is None else "keys",
        event_id(flow.id, ask.step, ask.number),
        UNSET if ask.tones is None else ask.tones,
        note,
    )
    done = replace(done, entries=(*done.entries, _entry(flow, ask.at, told)), asks=(*done.asks, ask))
    done = _until(done, ask.step, ask.at + speech.ANSWER_MS)
    return _with(done, ask.step, replace(talk, asked=ask.number, waits=True))


def _answered(flow: Flow, name: str, verbs: tuple[Json, ...], why: str, now: int) -> Transition:
    for message in flow.messages:
        talk = _talk(flow, message.step)
        if talk is not None and talk.waits and event_id(flow.id, message.step, talk.asked) == name:
            words = tuple(str(verb["type"]) for verb in verbs)
            done = Transition(flow, (_entry(flow, now, kinds.WentOn(message.step + 1, words, why)),))
            kept = (*talk.verbs[: talk.left], *verbs) if verbs else talk.verbs
            return _go_on(done, message.step, replace(talk, verbs=kept, waits=False), now)
    ended = not any(message.live and message.talk for message in flow.messages)
    return _ignored(
        flow,
        "the call has ended: the answer changes nothing" if ended else "the call has asked for something else since",
        now,
    )


def _met(flow: Flow, index: int, now: int) -> Transition:
    """A machine has answered: the customer is asked for another plan, in place of all that was planned."""
    step, talk = flow.request.flow[index], _talk(flow, index)
    if talk is None or not isinstance(step, VoiceStep) or not step.machine_detection:
        return _ignored(flow, "a machine was found out after the call", now)
    done = Transition(replace(flow, agenda=_without(flow, index, (KEYS,))))
    talk = replace(talk, collects=False, keys="", used=0, left=0)
    return _asked(done, talk, Ask(index, talk.asked + 1, step.machine_detection["eventUrl"], now, machine=True))


def _ended(done: Transition, message: Message, now: int) -> Transition:
    """The call has ended. If it waits for a #, the customer is told that none came; the answer is ignored. That no key
    was pressed is in the journal.
    """
    index, talk = message.step, message.talk
    done = _over(done, index)
    if talk is None:
        return done
    if not talk.collects:
        return _with(done, index, replace(talk, waits=False))
    verb, keys = talk.verbs[talk.left], talk.keys
    talk = replace(talk, collects=False, keys="", waits=False, tones=(*talk.tones, keys))
    if verb.get("submitOnHash"):
        note = f"it has ended, and {f'{keys} was pressed, but no #' if keys else 'none was pressed'}"
        return _over(_asked(done, talk, Ask(index, talk.asked + 1, verb["eventUrl"], now, ""), note), index)
    told = kinds.Pressed(index + 1, "", "the call has ended, and posts nothing")
    return _with(replace(done, entries=(*done.entries, _entry(done.flow, now, told))), index, talk)


def _over(done: Transition, index: int) -> Transition:
    """Have nothing more happen in a call; where its end was left to what is said, nor to it."""
    said = done.flow.plans[index].said
    agenda = tuple(item for item in done.flow.agenda if _lasts(item, index) or not (said or item.status in IN_CALLS))
    return replace(done, flow=replace(done.flow, agenda=agenda))


def _cut(done: Transition, index: int, at: int, status: str, before: tuple[str, ...]) -> Transition:
    """Have the call end at a time in this status, unless it has one by then that does not come `before`. What its plan
    has later does not happen.
    """
    earlier = [item for item in done.flow.agenda if _lasts(item, index) or item.at < at or item.status in IN_CALLS]
    if any(
        item.step == index and item.status in CHANNELS[Channel.VOICE].statuses and item.status not in before
        for item in earlier
    ):
        return done
    agenda = tuple(sorted((*earlier, Report(at, index, status)), key=_TIME))
    return replace(done, flow=replace(done.flow, agenda=agenda))


def _lasts(item: Report, index: int) -> bool:
    """Whether an agenda item is none of the call's: the time of a code that it says goes on after it."""
    return item.step != index or item.status == EXPIRY


def _at(done: Transition, item: Report) -> Transition:
    """Have something happen later."""
    return replace(done, flow=replace(done.flow, agenda=tuple(sorted((*done.flow.agenda, item), key=_TIME))))


def _without(flow: Flow, index: int, statuses: tuple[str, ...]) -> tuple[Report, ...]:
    return tuple(item for item in flow.agenda if item.step != index or item.status not in statuses)


def _talk(flow: Flow, index: int) -> Talk | None:
    """The talk of a call that lasts."""
    return next((each.talk for each in flow.messages if each.step == index and each.live), None)


def _with(done: Transition, index: int, talk: Talk) -> Transition:
    messages = tuple(replace(each, talk=talk) if each.step == index else each for each in done.flow.messages)
    return replace(done, flow=replace(done.flow, messages=messages))


def _ignored(flow: Flow, why: str, now: int) -> Transition:
    return Transition(flow, (_entry(flow, now, kinds.Ignored(why=why)),))


def _entry(flow: Flow, now: int, told: Details) -> Entry:
    return Entry(now, flow.application, flow.id, told)
