"""The commands of the command line, as click runs them in this process."""

from __future__ import annotations

from click.testing import CliRunner, Result

from emulator.cli.main import main


def run(*arguments: str, text: str | None = None, **variables: str) -> Result:
    """Run a command with this standard input and these environment variables."""
    return CliRunner().invoke(main, list(arguments), input=text, env=variables)
