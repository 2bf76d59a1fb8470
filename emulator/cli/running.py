"""Runs what listens on a port, and says which option gives another one if that is taken."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import Any, Final

import click
from click.core import ParameterSource

from emulator.errors import EmulatorError
from emulator.http import listener

STEP: Final = 10
"""How far the port is that is named in place of a taken one: the next ones are often another part's of the same."""
LAST: Final = 65_535


def run(main: Coroutine[Any, Any, None]) -> None:
    """Run a command's coroutine to its end. Raises EmulatorError."""
    try:
        listener.run(main)
    except listener.PortError as error:
        raise EmulatorError(f"{error}; {another(error.port)}") if error.taken else error from error


def another(port: int) -> str:
    """How the command that runs takes another port: as it was given this one, as an option or by its variable."""
    context, free = click.get_current_context(), port + STEP if port + STEP <= LAST else port - STEP
    option = "tls_port" if context.params.get("tls_port") == port else "port"
    name = "--" + option.replace("_", "-") + " "
    if context.get_parameter_source(option) is ParameterSource.ENVIRONMENT:
        (name,) = [f"{each.envvar}=" for each in context.command.params if each.name == option]
    return f"take another by {name}{free}, or {name}0 for any that is free"
