"""The provider's JSON byte for byte: what is rendered of flows, and the files of what it always was."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from msgspec import json
from msgspec.structs import replace

from emulator.accounts.prices import Prices
from emulator.channels.senders import sender_name
from emulator.channels.table import Channel
from emulator.flow import machine
from emulator.flow.request import Request, ttl_ms
from emulator.flow.state import Flow, Plan
from emulator.provider.services import Renderings
from emulator.scenario.outcomes import WAYS
from tests.support.samples import flow

Bodies = dict[str, list[str]]
"""The bodies of each case by its name, in their order."""


def kept(file: Path) -> Bodies:
    """What a file has, nothing if there is none."""
    return json.decode(file.read_bytes(), type=Bodies) if file.exists() else {}


def keep(file: Path, bodies: Bodies) -> None:
    """Write a file anew, for a change that is meant."""
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(json.format(json.encode(bodies), indent=1) + b"\n")


def single(  # what a service is
    kind: str,
    channel: Channel,
    asked: Callable[[dict[str, Any]], Request],
    more: dict[str, dict[str, Any]],
    good: str,
    tracked: Callable[[Flow], Iterable[object]],
) -> Bodies:
    """What is told of the messages of a service, which are of one channel: of a plain one in each outcome, and of those
    with `more` members, each by its name, which end in a `good` status. `asked` makes the request with such members,
    `tracked` what trackings show at the end.
    """
    cases: dict[str, tuple[dict[str, Any], str]] = {status: ({}, status) for status in WAYS[channel]}
    cases |= {name: (members, good) for name, members in more.items()}
    return {name: _said(_sent(kind, asked(members), status), tracked) for name, (members, status) in cases.items()}


def _sent(kind: str, request: Request, status: str) -> Flow:
    """A message that goes the usual way to a status."""
    (step,) = request.flow
    plans = (Plan(WAYS[step.channel][status].reports(ttl_ms(step), lambda: 0.5), "test"),)
    made = flow([step], plans, name="7b1f0c62-9a0d-4e55-8d5e-000000000001")
    return replace(made, request=request, kind=kind)


def _said(made: Flow, tracked: Callable[[Flow], Iterable[object]]) -> list[str]:
    """The answer, all callbacks, and how it is tracked at its end."""
    told, done = Renderings(lambda: (Prices(), sender_name))[made.kind], machine.run_out(made)
    posts = [body for each in done.callbacks for body in told.callbacks(each)]
    return [body.decode() for body in (told.created(made), *posts, *map(json.encode, tracked(done.flow)))]
