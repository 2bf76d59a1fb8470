"""The command `readyz`: a container's health check, which asks an emulator whether it is ready."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import click
from click.core import ParameterSource

from emulator.cli.demo import demo
from emulator.cli.options import DEFAULTS, Host, option
from emulator.cli.serve import serve
from emulator.errors import EmulatorError

FIRST: Final = Path("/proc/1/cmdline")
"""The command line of process 1, on Linux."""
_HERE: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  # compared with, not listened on
"""Where a server that listens on such an address is asked."""


@click.command()
@option("--host", "Address that the server listens on.", default=DEFAULTS.host, kind=Host())
@option("--port", "Port that the server listens on.", default=DEFAULTS.port, kind=click.IntRange(1, 65535))
@click.pass_context
def readyz(ctx: click.Context, host: str, port: int) -> None:
    """Exit with 0 if an emulator is ready there, with 1 otherwise: a container's health check.

    In a container it asks at the address that the container's server was given, so it needs no options there.
    """
    from http.client import HTTPConnection, HTTPException

    given = {name for name in ctx.params if ctx.get_parameter_source(name) is ParameterSource.COMMANDLINE}
    asked = ctx.params | {name: value for name, value in served().items() if name not in given}
    host, port = _HERE.get(asked["host"], asked["host"]), asked["port"]
    url = f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/_emulator/ready", headers={"Host": "localhost"})  # always allowed
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise EmulatorError(f"no emulator is ready on {url}: {reason}") from error
    finally:
        connection.close()
    if status != 200:
        raise EmulatorError(f"no emulator is ready on {url}: /_emulator/ready was answered with {status}")


def served() -> Mapping[str, Any]:
    """Where the emulator listens that is process 1, or that process 1 was told to start, as docker's --init is: its
    `host` and `port`. Empty if process 1 is anything else.
    """
    try:
        words = [os.fsdecode(word) for word in FIRST.read_bytes().removesuffix(b"\0").split(b"\0")]
    except OSError:
        return {}
    for command in (serve, demo):
        if command.name in words:
            at = words.index(command.name)
            if Path(words[at - 1]).stem in ("failover-emulator", "emulator"):
                found = command.make_context(command.name, words[at + 1 :], resilient_parsing=True).params
                return {"host": found.get("host", DEFAULTS.host), "port": found["port"]}
    return {}
