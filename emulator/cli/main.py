"""The command line as a whole: which commands there are, where each is found, and how errors end one."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from importlib import import_module
from types import MappingProxyType
from typing import Final

import click

from emulator import __version__
from emulator.errors import EmulatorError
from emulator.validation.printing import printable_lines

_MODULES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "advance": "clock",
        "ca": "ca",
        "check": "scenarios",
        "check-webhook": "webhook",
        "choices": "choices",
        "clock": "clock",
        "compare": "choices",
        "completion": "completion",
        "demo": "demo",
        "explain": "scenarios",
        "listen": "listen",
        "paths": "scenarios",
        "readyz": "readyz",
        "record": "scenarios",
        "schema": "schema",
        "send": "send",
        "serve": "serve",
        "store": "store",
    }
)
"""Each command, and the module of this folder that has it as a function of its name."""


class Lazy(Mapping[str, click.Command]):
    """All commands by their names. The module of a command is imported when it is looked up, so each starts fast."""

    def __getitem__(self, name: str) -> click.Command:
        command = getattr(import_module(f"emulator.cli.{_MODULES[name]}"), name.replace("-", "_"))
        assert isinstance(command, click.Command)
        return command

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


class Commands(click.Group):
    """The group of all commands. An EmulatorError ends a command: its message goes to standard error, the exit status
    is 1.
    """

    def invoke(self, ctx: click.Context) -> object:
        """See click.Group."""
        try:
            return super().invoke(ctx)
        except EmulatorError as error:
            click.echo(printable_lines(f"failover-emulator: {error}"), err=True)
            sys.exit(1)


@click.group(cls=Commands, commands=Lazy(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="failover-emulator")
def main() -> None:
    """A local emulator of Routee's Failover API."""
