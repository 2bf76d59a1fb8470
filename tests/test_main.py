"""The command line as a program."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import entry_points

from emulator import __version__
from emulator.__main__ import main

_COLLECTIONS = """
import gc, sys
from emulator.__main__ import main
before = gc.get_stats()
sys.argv = ["failover-emulator", "--version"]
try:
    main()
finally:
    import emulator.cli.serve, emulator.http.listener, emulator.server
    print(sum(each["collections"] for each in gc.get_stats()) - sum(each["collections"] for each in before))
"""


def test_the_script_and_the_module_are_the_same_program() -> None:
    """Whatever one does at its start, the other does."""
    (script,) = entry_points(group="console_scripts", name="failover-emulator")
    assert script.load() is main
    command = [sys.executable, "-m", "emulator", "--version"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout == f"failover-emulator, version {__version__}\n"


def test_no_garbage_is_looked_for_while_a_server_is_imported() -> None:
    """Start-up time is a feature."""
    done = subprocess.run([sys.executable, "-c", _COLLECTIONS], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.splitlines()[-1] == "0"
