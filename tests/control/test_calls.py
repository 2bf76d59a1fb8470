"""The table of calls, and its groups."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from emulator.control.calls import GROUPS
from tests.support.calls import CALLS

ASKING = """
import asyncio, sys
from emulator.app import Application
from emulator.emulation import Emulation
from emulator.settings import Settings

async def asked(app, path):
    async def send(message):
        if message["type"] == "http.response.start":
            assert message["status"] == 405, (path, message)
    scope = {"type": "http", "method": "PATCH", "path": path, "query_string": b"", "headers": [(b"host", b"localhost")]}
    await app(scope, None, send)

async def main():
    emulation = await Emulation.start(Settings())
    app = Application(emulation)
    for path in sys.argv[1:]:
        await asked(app, path)
    print(*(name for name in sys.modules if name.startswith("emulator.control.")))
    await emulation.stop()

asyncio.run(main())
"""
"""Asks for paths by a method that none takes, and prints the modules that the process has then."""
OWN = {
    "board": "board",
    "choices": "choices",
    "sink": "sink",
    "statistics metrics": "statistics",
    "stories": "stories.door",
    "upcoming": "upcoming",
    "verify": "verification",
}
"""The module of each group that has one which no other group needs."""


def test_each_word_is_of_one_group() -> None:
    """A path leads to one group: its calls are all that are imported for it."""
    counted = Counter(word for words in GROUPS for word in words.split())
    assert {word: count for word, count in counted.items() if count > 1} == {}
    begun = {call.path.split("/")[1] for call in CALLS}
    assert begun == counted.keys(), "the key of each group in GROUPS has the first word of each of its paths"


@pytest.mark.parametrize("words", GROUPS)
def test_who_asks_for_one_group_imports_no_other(words: str) -> None:
    """Nobody pays for figures and stories who asks for something else."""
    begun = tuple(f"/{word}" for word in words.split())
    paths = [f"/_emulator{call.path}" for call in CALLS if f"/{call.path.split('/')[1]}" in begun]
    done = subprocess.run([sys.executable, "-c", ASKING, *paths], capture_output=True, text=True, check=True)
    imported = done.stdout.split()
    assert {group for group, name in OWN.items() if f"emulator.control.{name}" in imported} == {words} & OWN.keys()
