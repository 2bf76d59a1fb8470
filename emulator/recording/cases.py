"""Sorts a capture into cases, each with a scenario made of what callbacks and trackings tell of it. Pure.

A case is a message that was asked for, with all that belongs to it, or a call that leads to none. What is in no case,
or can't be compared since its other side was not recorded, is counted by kind.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any, Final

from msgspec import DecodeError, Struct, json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.errors import EmulatorError, Json
from emulator.flow.kinds import KINDS
from emulator.recording import moments
from emulator.recording.bodies import of_bodies, what
from emulator.recording.captures import Callback, Capture, Exchange
from emulator.recording.journal import PATHS
from emulator.recording.keys import pressed
from emulator.recording.recorded import RecordedFlow, Told
from emulator.recording.writing import scenario
from emulator.scenario import files
from emulator.scenario.rules import HAPPY_SCENARIO, Scenario

SENDS: Final = frozenset(PATHS) - {"/sms/campaign"}
"""Where the requests go that are played with all that became of them."""
TWO_STEP: Final = "/2step"
CODES: Final = "http://two-step.example/"
"""In place of the URL that is told of two-step verifications, which no request names."""
SINGLES: Final = ("/sms", "/viber", "/voice/conversation", TWO_STEP)
"""Where the requests for one message go."""
OK: Final = 200
BUSY: Final = (429, 503)
"""The answers that nothing can be learned from."""
STATELESS: Final = (401, 403, 404, 405, 500)
"""The refusals of a call about an id that does not exist."""
ANSWERS: Final = "replies to Sms, which do not say to which"
STRANGERS: Final = "callbacks about what was not asked for here"
CALLS: Final = "calls about the account, or about what was not asked for here"
BODILESS: Final = "requests whose body was not recorded"
UNHEARD: Final = "requests whose callbacks were not recorded"
NOWHERE: Final = "callbacks of requests that name no URL for them"
UNREAD: Final = "requests whose callbacks or trackings can't be read"
UNANSWERED: Final = "requests without an answer"
FOREIGN: Final = "requests to others"
PREFLIGHTS: Final = "questions of browsers which methods a path has"
"""The kinds of things that are not compared."""
FEW: Final = 3
"""How many of those that can't be read are told by their lines."""
_NAMES: Final = ("trackingId", "messageId", "smsId", "flowId", "conversationTrackingId", "referenceTrackingId")
_CODE: Final = re.compile(rb'answer"?\s*[=:]\s*"?([0-9]+)')
_URLS: Final[Mapping[str, tuple[str, ...]]] = {"reply": ("inboundUrl",), "question": ("eventUrl", "dialPlanUrl")}
"""The members of requests, and of what is answered in calls, that say where the provider posts what is no callback."""


class Case(Struct, frozen=True):
    """A message that was asked for, or a call that leads to none, ready to be played: its name, which is where in the
    capture its request stands; its exchanges, each with its time in ms (0: unknown); the bodies that were posted, each
    once, and all attempts at each; the posts by which a call asked to go on; the scenario; when the capture ended; and
    the URLs at which it was recorded what came.
    """

    name: str
    exchanges: tuple[tuple[Exchange, int], ...]
    bodies: tuple[Json, ...]
    attempts: tuple[tuple[Callback, ...], ...]
    said: tuple[Callback, ...]
    scenario: Scenario
    ended: int
    heard: frozenset[str] = frozenset()


class Cases(Struct, frozen=True):
    """The cases of a capture, and how many things of each kind are not compared."""

    cases: tuple[Case, ...]
    others: Mapping[str, int] = {}


class _Gathered(Struct):
    """What belongs to one case: its exchanges by their places in the capture, and its callbacks."""

    exchanges: dict[int, Exchange]
    callbacks: list[Callback]

    @property
    def first(self) -> Exchange:
        """The request that it began with."""
        return next(iter(self.exchanges.values()))

    def urls(self, kind: str) -> set[str]:
        """Where its request has what is of this kind posted."""
        if kind == "code":
            return {CODES}
        try:
            asked = json.decode(self.first.body)
        except DecodeError:  # which the provider took all the same
            return set()
        if kind in _URLS:
            answers = [each.answer for each in self.callbacks if what(each.body) == "question"]
            return set(_members([asked, *answers], _URLS[kind]))
        asked = asked if isinstance(asked, dict) else {}
        callback = asked.get("callback")
        named = (asked.get("callbackUrl"), callback.get("url") if isinstance(callback, dict) else None)
        return {each for each in named if isinstance(each, str)}


def cases(capture: Capture) -> Cases:
    """What of a capture can be played."""
    others = Counter({FOREIGN: capture.others, UNANSWERED: capture.unanswered})
    asked = [each for each in capture.exchanges if each.method != "OPTIONS"]
    others[PREFLIGHTS] = len(capture.exchanges) - len(asked)
    found = _gathered(replace(capture, exchanges=tuple(asked)), others)
    heard = frozenset(url for each in found.values() for told in each.callbacks for url in each.urls(what(told.body)))
    ended, made, unread = _ended(capture), list[Case](), list[str]()
    for number, each in sorted(found.items()):
        try:
            made.append(replace(_case(number, each, ended, others), heard=heard))
        except EmulatorError as error:
            unread.append(str(error))
            continue
        others[UNHEARD] += each.first.status == OK and bool(each.urls("") - heard)
    more = ["…"] if len(unread) > FEW else []
    others[f"{UNREAD} ({'; '.join([*unread[:FEW], *more])})"] = len(unread)
    return Cases(tuple(made), +others)


def told(capture: Capture) -> list[Told]:
    """What the callbacks of a capture tell, with all keys of calls whose requests it has."""
    found = _gathered(capture, Counter()).values()
    whole = {post.where: post for each in found for post in pressed(each.callbacks, each.first.body)}
    return [Told(whole.get(each.where, each).body, each.where) for each in capture.callbacks]


def _gathered(capture: Capture, others: Counter[str]) -> dict[int, _Gathered]:
    """What belongs together, by the number of its first request; the `others` are counted."""
    found, owners = dict[int, _Gathered](), dict[str, _Gathered]()
    for number, exchange in enumerate(capture.exchanges, 1):
        if exchange.method == "POST" and exchange.path in SENDS and exchange.status == OK and exchange.body:
            found[number] = _Gathered({number: exchange}, [])
            owners |= dict.fromkeys(_ids(exchange.answer), found[number])
    for callback in capture.callbacks:
        owner = next((owners[name] for name in _ids(callback.body) if name in owners), None)
        if owner is not None:
            owner.callbacks.append(callback)
            owners |= dict.fromkeys(_ids(callback.body), owner)
        else:
            others[ANSWERS if what(callback.body) == "reply to an Sms" else STRANGERS] += 1
    for number, exchange in enumerate(capture.exchanges, 1):
        if number in found:
            continue
        owner = next((owners[part] for part in exchange.path.partition("?")[0].split("/") if part in owners), None)
        if exchange.status in BUSY:
            others[f"answers {exchange.status}"] += 1
        elif owner is not None:
            owner.exchanges[number] = exchange
            owners |= dict.fromkeys(_ids(exchange.answer), owner)
        elif exchange.path.startswith("/oauth/") or (exchange.status >= 400 and not _of_its_own(exchange)):
            found[number] = _Gathered({number: exchange}, [])
        else:
            bodiless = exchange.path in SENDS and exchange.method == "POST" and not exchange.body
            others[BODILESS if bodiless else CALLS] += 1
    return found


def _of_its_own(exchange: Exchange) -> bool:
    """Whether what was asked for decided about a refusal, not the call alone: nobody says so of an unknown id."""
    by_id = exchange.method == "DELETE" or exchange.path.startswith(f"{TWO_STEP}/")
    return by_id and exchange.status not in STATELESS


def _ended(capture: Capture) -> int:
    """When the last thing of a capture happened, and a second more, since some times are cut off."""
    came = [each.at or 0 for each in capture.exchanges] + [each.at or 0 for each in capture.callbacks]
    told = [moments.latest(each.body) for each in capture.callbacks]
    told += [moments.latest(each.answer) for each in capture.exchanges if each.status == OK]
    return max([0, *came, *told]) // moments.SECOND * moments.SECOND + moments.SECOND - 1


def _ids(body: Any) -> Iterator[str]:
    """The ids that a body tells of."""
    if isinstance(body, list):
        for each in body:
            yield from _ids(each)
    elif isinstance(body, dict):
        yield from (str(body[name]) for name in _NAMES if body.get(name))
        for each in body.values():
            yield from _ids(each)


def _members(value: Any, named: tuple[str, ...]) -> Iterator[str]:
    """The texts that a body has in members of these names, wherever they stand."""
    if isinstance(value, list):
        for each in value:
            yield from _members(each, named)
    elif isinstance(value, dict):
        yield from (value[name] for name in named if isinstance(value.get(name), str))
        for each in value.values():
            yield from _members(each, named)


def _case(number: int, gathered: _Gathered, ended: int, others: Counter[str]) -> Case:
    """The case of the request of this number, with all that tells of it. Raises RecordingError."""
    first = gathered.first
    answer = first.answer if isinstance(first.answer, dict) and first.status == OK else {}
    created = moments.latest(answer) or first.at
    groups: dict[object, list[Callback]] = {}
    for place, callback in enumerate(gathered.callbacks):
        asks = what(callback.body) == "question"  # which is asked once, though keys may be the same
        groups.setdefault(place if asks else json.encode(callback.body, order="deterministic"), []).append(callback)
    attempts = sorted(groups.values(), key=lambda group: moments.latest(group[0].body))
    later = [each for place, each in sorted(gathered.exchanges.items()) if place != number]
    shown = [told for each in later for told in _shown(each, created)]
    whole = pressed([group[0] for group in attempts], first.body)
    posted = [Told(each.body, each.where, each.at, created) for each in whole]
    flows, made = of_bodies([*posted, *shown]), HAPPY_SCENARIO
    if first.path == TWO_STEP:
        made = files.load_text(f'purpose: A code.\nrules:\n  - code: "{_code(later)}"\n', "captured")
    elif any(flow.steps for flow in flows):
        made = files.load_text(scenario(flows, "a capture", "nothing"), "captured")
    now = created or min((flow.at for flow in flows), default=0)
    played = [(first, now)]
    for each in later:
        now = max(now, each.at or 0, _since(each, created, of_step=first.path not in SINGLES))
        played.append((each, now))
    known = [group for group in attempts if gathered.urls(what(group[0].body))]
    others[NOWHERE] += len(attempts) - len(known)
    said = tuple(group[0] for group in attempts if what(group[0].body) == "question")
    bodies = tuple(group[0].body for group in known)
    name = first.where or f"request {number}"
    return Case(name, tuple(played), bodies, tuple(map(tuple, known)), said, made, ended)


def _shown(exchange: Exchange, created: int | None) -> Iterator[Told]:
    """What a tracking shows: the answer itself, or the elements of its array or page, that tell of messages."""
    answer = exchange.answer if exchange.status == OK else None
    if isinstance(answer, dict) and isinstance(answer.get("content"), list):
        answer = answer["content"]
    listed = answer if isinstance(answer, list) else [answer]
    for each in (each for each in listed if isinstance(each, dict)):
        kind = what(each)
        tells = each.get("messages") if kind == "flow" else isinstance(kind, Channel)
        if (tells and each.get("status")) or kind == "password":
            yield Told(each, exchange.where, exchange.at, created)


def _since(exchange: Exchange, created: int | None, *, of_step: bool) -> int:
    """From when on an answer can have been given: since all that it tells of. That of a step by itself has cut off the
    milliseconds, and does not say when the step began.
    """
    told, shown = moments.latest(exchange.answer) if exchange.status == OK else 0, list(_shown(exchange, created))
    if of_step and any(isinstance(what(each.body), Channel) for each in shown):
        return told if told % moments.SECOND else told + moments.SECOND - 1
    return max([told, *map(_last, of_bodies(shown))])


def _last(flow: RecordedFlow) -> int:
    """When the last thing happened that is told of single messages, one after another; of flows, their times tell."""
    after = sum(max((report.at for report in step.reports), default=0) for step in flow.steps)
    return 0 if KINDS[flow.kind].lists else flow.at + after


def _code(later: list[Exchange]) -> str:
    """The code of a verification: the answer that was taken, or else one that nobody gave."""
    given = dict[str, bool]()
    for exchange in later:
        found = _CODE.search(exchange.body) or _CODE.search(exchange.path.encode())
        if exchange.method == "POST" and found:
            given[found[1].decode()] = exchange.status == OK
    right = next((code for code, taken in given.items() if taken), None)
    return right or next(code for code in map(str, range(1000, 10000)) if code not in given)
