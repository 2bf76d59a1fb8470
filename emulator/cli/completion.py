"""The command `completion`: has a shell complete commands, options and their values."""

from __future__ import annotations

from typing import Final

import click

PROGRAM: Final = "failover-emulator"
VARIABLE: Final = "_FAILOVER_EMULATOR_COMPLETE"
"""What the shell's function sets when it asks the program for words: the name that click makes of the program's."""


@click.command()
@click.argument("shell", type=click.Choice(("bash", "zsh", "fish")))
def completion(shell: str) -> None:
    """Print what has a SHELL complete commands: eval "$(failover-emulator completion bash)" in ~/.bashrc; with zsh in
    ~/.zshrc; for fish, into ~/.config/fish/completions/failover-emulator.fish.
    """
    from click.shell_completion import get_completion_class

    from emulator.cli.main import main

    kind = get_completion_class(shell)
    assert kind is not None
    click.echo(kind(main, {}, PROGRAM, VARIABLE).source())
