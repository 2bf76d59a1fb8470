"""Every distinct outcome that a flow can have, each with a scenario that produces it. Pure.

The ways that a channel can take are those of the magic numbers of the default scenario: for each channel ten, one for
each digit. All that one request can come to is found by playing them, step after step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from msgspec import UNSET, Struct, json
from msgspec.structs import replace

from emulator.channels.table import Channel
from emulator.errors import EmulatorError, Json
from emulator.flow.request import Callback, Request, Strategy, position, sequence
from emulator.planning.rehearsal import Rehearsal, Rehearsed
from emulator.scenario import files
from emulator.scenario.rules import Scenario
from emulator.shipped import folder

MAGIC: Final = "+306900000"
MOST: Final = 1000
"""How many outcomes are listed; each step more multiplies them by three."""
PLACES: Final = {Channel.VIBER: 0, Channel.SMS: 1, Channel.VOICE: 2}
"""Which of the three last digits of a magic number is each channel's."""
Digits = tuple[int, ...]


class Ways(Struct, frozen=True):
    """What each digit makes of each channel, as the default scenario's file says it; and that scenario."""

    plans: dict[tuple[Channel, int], Any]
    default: Scenario


class Path(Struct, frozen=True):
    """One outcome: `steps` that run, each with its last status; the flow's status and code; how many `callbacks` it
    has. `scenario` produces it, and so does sending to `number`, unless a channel comes twice.
    """

    steps: tuple[tuple[Channel, str], ...]
    status: str
    status_code: str | None
    callbacks: int
    number: str | None
    scenario: Json

    def __str__(self) -> str:
        told = ", ".join(f"{channel} {status}" for channel, status in self.steps)
        code = f" {self.status_code}" if self.status_code else ""
        return f"{told}: {self.status}{code} ({self.callbacks} callbacks)"


class TooManyPaths(EmulatorError):
    """A request has more outcomes than can be listed."""


def paths(request: Request) -> list[Path]:
    """All outcomes of a request, each once. Callbacks are counted on each step if the request wants none. Raises
    TooManyPaths.
    """
    if request.callback is UNSET:
        request = replace(request, callback=Callback(Strategy.ON_STEP, "http://127.0.0.1/"))
    ways = _ways()
    found: dict[Any, Path] = {}
    for digits in _leaves(request, ways, ()):
        path = _path(request, ways, digits)
        found.setdefault((path.steps, path.status, path.status_code, path.callbacks), path)
        if len(found) > MOST:
            raise TooManyPaths(
                f"the request has {len(request.flow)} steps, and so more than {MOST} outcomes; "
                "with each step fewer it has a third of them"
            )
    return list(found.values())


def _ways() -> Ways:
    rules = json.decode((folder("scenarios") / "default.yaml").read_bytes())["rules"]
    plans: dict[tuple[Channel, int], Any] = {(channel, 0): "happy" for channel in Channel}
    for rule in rules:
        for channel, plan in rule["plan"].items():
            plans[Channel(channel), int(rule["name"].split()[1])] = plan
    return Ways(plans, files.named("default"))


def _leaves(request: Request, ways: Ways, digits: Digits) -> Iterator[Digits]:
    """The digits of the steps that run, for every way that a flow can take from here on."""
    seen = set()
    for digit in range(10):
        chosen = (*digits, digit)
        came = _played(request, _scenario(request, ways, chosen))
        assert came.flow is not None
        told, more = _told(came, len(chosen)), len(came.flow.messages) > len(chosen)
        if (told, more) not in seen:
            seen.add((told, more))
            if more:
                yield from _leaves(request, ways, chosen)
            else:
                yield chosen


def _told(came: Rehearsed, steps: int) -> Any:
    """What is known of a flow once so many of its steps have run."""
    assert came.flow is not None
    own = {message.step for message in came.flow.messages[:steps]}
    reports = [entry for entry in came.entries if entry.kind == "status" and entry.data["step"] - 1 in own]
    statuses = tuple(message.status for message in came.flow.messages[:steps])
    ended = came.flow.status_code if len(came.flow.messages) == steps else None
    return statuses, len(reports), ended


def _scenario(request: Request, ways: Ways, digits: Digits) -> Json:
    """A scenario in which the steps, as they run, take the ways of these digits."""
    rules = []
    for number, (digit, index) in enumerate(zip(digits, sequence(request), strict=False), 1):
        step = request.flow[index]
        match = {"order": position(step, request.flow), "channel": step.channel}
        rules.append(
            {"name": f"step {number}", "match": match, "plan": {step.channel: ways.plans[step.channel, digit]}}
        )
    return {"purpose": "One outcome of a flow.", "rules": rules}


def _played(request: Request, scenario: Json) -> Rehearsed:
    return Rehearsal(files.load_text(json.encode(scenario).decode(), "path")).play(request)


def _path(request: Request, ways: Ways, digits: Digits) -> Path:
    scenario = _scenario(request, ways, digits)
    came = _played(request, scenario)
    return _as_path(came, _number(request, ways, digits, came), scenario)


def _as_path(came: Rehearsed, number: str | None, scenario: Json) -> Path:
    flow = came.flow
    assert flow is not None
    steps = tuple((flow.step(message).channel, message.status) for message in flow.messages)
    return Path(steps, flow.status, flow.status_code, len(came.posts), number, scenario)


def _number(request: Request, ways: Ways, digits: Digits, came: Rehearsed) -> str | None:
    """The magic number that has the same outcome, if there is one."""
    last = ["0", "0", "0"]
    for digit, index in zip(digits, sequence(request), strict=False):
        last[PLACES[request.flow[index].channel]] = str(digit)
    number = MAGIC + "".join(last)
    to_it = replace(request, flow=[replace(step, to=number) for step in request.flow])
    same = _as_path(Rehearsal(ways.default).play(to_it), None, {}) == _as_path(came, None, {})
    return number if same else None
