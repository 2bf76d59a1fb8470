"""Invented names of Viber senders."""

from __future__ import annotations

import os
import subprocess
import sys

from hypothesis import given
from hypothesis import strategies as st

from emulator.channels.senders import LONGEST, sender_name


def test_a_sender_keeps_its_name() -> None:
    """Whatever was asked in between."""
    name = sender_name("3f0c9a52")
    assert len({sender_name(str(number)) for number in range(100)}) > 50
    sender_name.cache_clear()
    assert sender_name("3f0c9a52") == name


def test_a_sender_has_the_same_name_in_every_process() -> None:
    """For it follows from the id alone, not from the process's hashing."""
    code = "from emulator.channels.senders import sender_name; print(sender_name('3f0c9a52'))"
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | {"PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert done.stdout.strip() == sender_name("3f0c9a52")


@given(st.text(min_size=1))
def test_a_name_is_plain_and_short(name: str) -> None:
    """Letters and spaces only."""
    made = sender_name(name)
    assert 0 < len(made) <= LONGEST
    assert made.replace(" ", "").isalpha()
    assert made.isascii()
