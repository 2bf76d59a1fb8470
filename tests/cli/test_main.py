"""The command line as a whole: its options, and what it imports when."""

from __future__ import annotations

import subprocess
import sys

from emulator.cli.main import main
from tests.support.commands import run

LISTED = """
import sys
from emulator.cli.main import main

commands = dict(main.commands)
assert {name: command.name for name, command in commands.items()} == {name: name for name in commands}
print(sorted(name for name in sys.modules if name in HEAVY))
"""
HEAVY = ("rich", "uvicorn", "starlette", "ruamel", "emulator.emulation", "emulator.client.client")


def test_no_command_is_imported_before_it_is_asked_for() -> None:
    """Each starts fast."""
    code = (
        "import sys; from emulator.cli.main import main; print(*sorted(each for each in sys.modules if 'cli.' in each))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == ["emulator.cli.main"]


def test_looking_at_all_commands_imports_nothing_that_only_their_work_needs() -> None:
    """So `--help` starts fast too; and each command bears the name under which it is found."""
    code = LISTED.replace("HEAVY", repr(HEAVY))
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=30, check=False)
    assert done.stdout == "[]\n", done.stdout + done.stderr


def test_an_unknown_command_is_refused() -> None:
    """As click refuses one, which knows all names without importing a command."""
    done = run("chek")
    assert (done.exit_code, "No such command 'chek'" in done.stderr) == (2, True)


def test_every_option_is_a_variable_too() -> None:
    """Of every command, under the same prefix."""
    for command in main.commands.values():
        for parameter in command.params:
            if parameter.param_type_name == "option":
                assert str(parameter.envvar).startswith("EMULATOR_")
