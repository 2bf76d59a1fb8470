"""How often an accepted POST /failover crosses the border between two modules. It is counted, not timed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from tests.benchmarks import flows
from tests.benchmarks.metering import Subject
from tests.benchmarks.processes import PATIENCE
from tests.benchmarks.values import Missing, Value, at_most

WAYS: Final = {"the fast path": "fast", "ASGI": "asgi", "ASGI, with a header for the emulator": "marked"}
"""The ways into the application, each with its word in `tracing`. A POST as clients send it takes the first; that of
another server, as in process, comes by ASGI alone; the last is left by the fast path.
"""
PLAIN: Final = ("the fast path", "ASGI")
"""The ways of a plain request."""
SHOWN: Final = 10
"""How many of the modules that are visited most are told."""
MOST: Final = 120
"""How many crossings of a plain request there may be."""
_SCRIPT: Final = Path(__file__).parents[1] / "tracing.py"
_BODY: Final = json.dumps(
    {"flow": [flows.VIBER, flows.SMS], "callback": {"strategy": "OnStep", "url": "http://127.0.0.1:9/hook"}}
)


class Crossing(Struct, frozen=True, array_like=True):
    """A `call` or `return` from one module into a function of another; `line` is where the first was left."""

    event: str
    left: str
    entered: str
    function: str
    line: int


def crossings(subject: Subject) -> Iterator[Value]:
    """Crossings between modules by one accepted POST /failover, Viber then Sms, OnStep."""
    for way in WAYS:
        found = traced(subject.tree, way)
        yield Value(f"by {way}", len(found), "", at_most(MOST) if way in PLAIN else None)
        yield Value(f"by {way}: modules", len({each.entered for each in found} | {each.left for each in found}))
        for module, count in visits(found)[:SHOWN]:
            yield Value(f"by {way}: {_short(module)}", count, "visits")


@cache
def traced(tree: Path, way: str) -> list[Crossing]:
    """All crossings of a request in a tree's emulator, in their order; what counts as one is told in `tracing`."""
    run = subprocess.run(
        [sys.executable, str(_SCRIPT), WAYS[way]],
        input=_BODY,
        cwd=tree,
        env=os.environ | {"PYTHONPATH": str(tree)},
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    if "ModuleNotFoundError" in run.stderr:
        raise Missing("a tree whose emulator is put together in `emulator.app`")
    if run.returncode:
        raise RuntimeError(run.stderr[-1000:])
    return [Crossing(*each) for each in json.loads(run.stdout)]


def visits(found: Sequence[Crossing]) -> list[tuple[str, int]]:
    """How many crossings lead into each module, by a call or a return; the most visited first."""
    return sorted(Counter(each.entered for each in found).items(), key=lambda pair: (-pair[1], pair[0]))


def listed(found: Sequence[Crossing]) -> Iterator[str]:
    """The crossings as lines, each indented by the calls that it is within."""
    depth = 0
    for number, each in enumerate(found, 1):
        depth -= each.event == "return"
        arrow = "->" if each.event == "call" else "<-"
        place = f"{_short(each.left)}:{each.line}"
        yield f"{number:>4} {'  ' * depth}{arrow} {_short(each.entered)} {each.function}  (from {place})"
        depth += each.event == "call"


def details(tree: Path) -> Iterator[str]:
    """The crossings by each way, as lines."""
    for way in WAYS:
        yield f"  crossings by {way}, in order"
        yield from listed(traced(tree, way))


def _short(module: str) -> str:
    return module.removeprefix("emulator.")
