"""An application as the marks of a test, or of what shares it, want it. The plugin imports this when it is used."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator
from typing import Any, Final

import pytest

from emulator.client.client import Application, Client
from emulator.errors import EmulatorError
from emulator.validation.hints import hint

KNOWN: Final = ("scenario", "parameters", "seed", "rate")
"""What a mark may have."""


def application(request: pytest.FixtureRequest, emulator: Client) -> Iterator[Application]:
    """An application as the marks of the request's node want it, until it is reset. Fails the test with words alone if
    they can't be followed.
    """
    wanted = _wanted(request.node)
    made = emulator.application(_name(request, wanted.get("seed")))
    try:
        try:
            made.set_rate(wanted.get("rate", 0))
            if wanted.get("scenario") is not None:
                made.scenario(wanted["scenario"], wanted.get("parameters"))
        except EmulatorError as error:
            pytest.fail(f"the mark failover can't be followed: {error}", pytrace=False)
        yield made
    finally:
        made.reset()


def _wanted(node: pytest.Item | pytest.Collector) -> dict[str, Any]:
    """What the marks of a test, its class and its module say together: what stands nearer to the test wins. Fails the
    test for what no mark has.
    """
    wanted: dict[str, Any] = {}
    for mark in reversed(list(node.iter_markers("failover"))):
        given = dict(zip(("scenario",), mark.args, strict=False))
        if len(mark.args) > 1 or given.keys() & mark.kwargs.keys():
            pytest.fail("the mark failover takes one value without a name, the scenario", pytrace=False)
        for name in mark.kwargs.keys() - set(KNOWN):
            close = hint(name, KNOWN)
            pytest.fail(f"the mark failover has scenario, parameters, seed and rate, not {name}{close}", pytrace=False)
        wanted |= given
        wanted |= mark.kwargs
    return wanted


def _name(request: pytest.FixtureRequest, seed: object) -> str:
    """The id of an application: the same for the same test and seed, so that the draws are the same too. On an emulator
    that others may use as well, one without a seed gets an id that nobody else has; what several tests share has its
    worker's name in it, as each worker has its own.
    """
    salt = "" if seed is None else str(seed)
    if request.config.getoption("--failover-emulator-url") and seed is None:
        salt = os.urandom(4).hex()
    elif request.scope != "function":
        own = request.fixturename if request.fixturename == "failover" else ""  # beside those of that scope alone
        salt += os.environ.get("PYTEST_XDIST_WORKER", "") + own
    digest = hashlib.blake2b(f"{request.node.nodeid} {salt}".encode(), digest_size=4).hexdigest()
    named = re.sub("[^A-Za-z0-9]+", "-", request.node.name)[:40].strip("-") or request.scope
    return f"{named}-{digest}"
