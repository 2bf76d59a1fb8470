"""`explain --diff`: what the requests of files, or of a running emulator's journal, come to under two scenarios."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, BinaryIO, Final, NamedTuple

import click
from msgspec import json

from emulator.cli.options import connected
from emulator.clock import instants
from emulator.errors import EmulatorError, Json
from emulator.validation.printing import printable_json

if TYPE_CHECKING:
    from emulator.planning.differing import Sent
    from emulator.provider.beforehand import Beforehand

KINDS: Final = "accepted,refused"
"""The entries of a journal that have a request."""


class Asking(NamedTuple):
    """Which requests are played: those in files, which an application (empty: the usual one) sends one after another
    `at` one time; or without any, those in the journal of the emulator at a `url` with this control `token`. `began`
    says when that application's first request came, if it is not among them.
    """

    requests: Sequence[BinaryIO]
    application: str
    at: int
    began: int | None
    url: str
    token: str


def found(asking: Asking, diff: tuple[str, str], there: Beforehand, seed: str) -> Json:
    """What differs between two scenarios for these requests, as `compared` tells it. Raises an EmulatorError for a file
    that has none, and if no emulator answers.
    """
    from emulator.cli.scenarios import read_from
    from emulator.planning.differing import Sent

    if not asking.requests:
        with connected(asking.url, asking.token) as client:
            return of_journal(client.journal(application=asking.application or None), diff, there, seed)
    application = asking.application or there.application
    asked = [(file.name, there.held(read_from(file), application)) for file in asking.requests]
    sent = [Sent(name, each.request, application, asking.at, each.kind) for name, each in asked]
    return compared(sent, diff, there, seed, {} if asking.began is None else {application: asking.began})


def of_journal(entries: Iterable[Json], diff: tuple[str, str], there: Beforehand, seed: str) -> Json:
    """What differs for the requests of journal entries, oldest first, at their times; what no scenario decides, such
    as what breaks the API's rules, is `leftOut`.
    """
    from emulator.planning.differing import Sent
    from emulator.provider import requests

    sent, left, began = list[Sent](), list[str](), dict[str, int]()
    for entry in entries:
        data, application, at = entry["data"], entry["application"] or "", instants.read(entry["at"])
        began.setdefault(application, at)
        if entry["kind"] not in KINDS.split(",") or "body" not in data:
            continue
        name = entry["flow"] or f"entry {entry['seq']}"
        body = data["body"] if isinstance(data["body"], str) else json.encode(data["body"]).decode()
        try:
            asked = there.held(requests.read(body.encode(), data["path"]), application)
        except (EmulatorError, requests.Invalid, requests.Malformed) as error:
            left.append(f"{name}: {error}")
        else:
            sent.append(Sent(name, asked.request, application, at, asked.kind))
    return compared(sent, diff, there, seed, began) | {"leftOut": left}


def compared(
    sent: Sequence[Sent], diff: tuple[str, str], there: Beforehand, seed: str, began: Mapping[str, int]
) -> Json:
    """The scenarios `a` and `b`, how many `requests` were played under both, and those that `differ`, as
    `planning.differing` tells them. `began` says when an application's first request came, if it is not among them.
    """
    from emulator.planning.differing import differing
    from emulator.planning.rehearsal import Rehearsal
    from emulator.scenario import files

    chosen = [files.find(files.setting(name, there.settings.set)) for name in diff]
    a, b = (Rehearsal(each, seed, there.declared.prices, rejected=there.rejected) for each in chosen)
    for application, at in began.items():
        a.begin(application, at)
        b.begin(application, at)
    return {"a": diff[0], "b": diff[1], "requests": len(sent), "differ": list(differing(sent, a, b)), "leftOut": []}


def printed(differing: Json, *, as_json: bool) -> int:
    """Print what differs; the status to end with, 1 if anything does."""
    from emulator.cli import tables

    if as_json:
        click.echo(printable_json(differing))
    else:
        tables.differences(differing)
    return 1 if differing["differ"] else 0
