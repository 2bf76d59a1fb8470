"""The table of calls, and its groups."""

from __future__ import annotations

import subprocess
import sys
from collections import Counter

import pytest

from emulator.control.calls import GROUPS
from tests.support.calls import CALLS

ALONE = """
import asyncio, sys
from emulator.control.calls import GROUPS
from emulator.control.doors import Doors
from emulator.emulation import Emulation
from emulator.settings import Settings

async def made():
    emulation = await Emulation.start(Settings())
    print(*(call.path for call in GROUPS[sys.argv[1]](Doors(emulation))))
    print(*(name for name in sys.modules if name.startswith("emulator.control.")))
    await emulation.stop()

asyncio.run(made())
"""
"""Prints the paths of one group's calls, and the modules that a process has then which makes no other."""


def test_each_word_is_of_one_group() -> None:
    """A path leads to one group: its calls are all that are imported for it."""
    counted = Counter(word for words in GROUPS for word in words.split())
    assert {word: count for word, count in counted.items() if count > 1} == {}
    assert {call.path.split("/")[1] for call in CALLS} == counted.keys()


@pytest.mark.parametrize("words", GROUPS)
def test_a_group_has_the_calls_of_its_words_and_does_without_others(words: str) -> None:
    """Nobody pays for figures and stories who asks for something else."""
    done = subprocess.run([sys.executable, "-c", ALONE, words], capture_output=True, text=True, check=True)
    paths, modules = (line.split() for line in done.stdout.splitlines())
    assert {path.split("/")[1] for path in paths} == set(words.split())
    heavy = {"emulator.control.statistics": "statistics metrics", "emulator.control.stories.door": "stories"}
    assert {name for name in heavy if name in modules} == {name for name, its in heavy.items() if its == words}
