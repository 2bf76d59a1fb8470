"""The command `completion`, with the shells that are here."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.commands import run

ASK = """
eval "$(failover-emulator completion bash)"
COMP_WORDS=($WORDS); COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
_failover_emulator_completion failover-emulator
echo "${COMPREPLY[@]}"
"""


def asked(words: str, folder: Path) -> str:
    """What bash makes of the last of these words, with the program in this folder."""
    program = folder / "failover-emulator"
    program.write_text(f"#!/bin/sh\nexec '{sys.executable}' -m emulator \"$@\"\n")
    program.chmod(0o755)
    variables = os.environ | {"PATH": f"{folder}:{os.environ['PATH']}", "WORDS": words}
    done = subprocess.run(["bash", "-c", ASK], capture_output=True, text=True, env=variables, timeout=60, check=True)
    assert done.stderr == ""
    return done.stdout.strip()


@pytest.mark.skipif(not shutil.which("bash"), reason="there is no bash here")
@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("failover-emulator ch", "check check-webhook choices"),
        ("failover-emulator serve --tls", "--tls-port"),
        ("failover-emulator completion z", "zsh"),
        ("failover-emulator nothing-such x", ""),
    ],
)
def test_bash_completes_commands_options_and_values(words: str, completed: str, tmp_path: Path) -> None:
    """By what the command prints, and by the program itself."""
    assert asked(words, tmp_path) == completed


@pytest.mark.parametrize(("shell", "told"), [("zsh", "#compdef failover-emulator"), ("fish", "complete --no-files")])
def test_zsh_and_fish_get_a_script_of_their_own(shell: str, told: str) -> None:
    """It asks the program by the variable that it looks at."""
    done = run("completion", shell)
    assert (done.exit_code, told in done.stdout) == (0, True)
    assert f"_FAILOVER_EMULATOR_COMPLETE={shell}_complete" in done.stdout


def test_another_shell_is_refused() -> None:
    """With those that there are."""
    done = run("completion", "tcsh")
    assert (done.exit_code, "'bash', 'zsh', 'fish'" in done.stderr) == (2, True)
