"""The command line as a whole: its options, and what it imports when."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import click

import emulator.cli
from emulator.cli.main import main
from tests.support.commands import run

LISTED = """
import sys
from emulator.cli.main import main

commands = dict(main.commands)
assert {name: command.name for name, command in commands.items()} == {name: name for name in commands}
print(sorted(name for name in sys.modules if name in HEAVY))
"""
README = Path(emulator.cli.__file__).with_name("README.md")
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


def test_every_command_that_prints_json_is_named_in_its_readme() -> None:
    """And no other; the rest print what is no table of facts."""
    told = re.search(r"^((?:`[a-z-]+`(?:,| and)\s)+`[a-z-]+`)\sprint JSON", README.read_text(), re.MULTILINE)
    assert told
    have = {name for name, command in main.commands.items() if "--json" in {o for p in command.params for o in p.opts}}
    assert set(re.findall("`([a-z-]+)`", told[1])) == have
    assert main.commands.keys() - have == {"completion", "demo", "readyz", "record", "schema", "serve"}


def test_an_unknown_command_is_refused() -> None:
    """As click refuses one, which knows all names without importing a command."""
    done = run("chek")
    assert (done.exit_code, "No such command 'chek'" in done.stderr) == (2, True)


def test_every_option_is_a_variable_too() -> None:
    """Of every command, under the same prefix; but those that are for the emulator's own processes."""
    for command in main.commands.values():
        for parameter in command.params:
            if isinstance(parameter, click.Option) and not parameter.hidden:
                assert str(parameter.envvar).startswith("EMULATOR_")
