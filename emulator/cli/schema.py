"""The command `schema`: prints a JSON Schema, for editors."""

from __future__ import annotations

import click

from emulator.cli.options import url_option
from emulator.errors import EmulatorError


@click.command()
@click.argument("name", default="scenario")
@url_option("The address of the emulator whose schema it is, which its `$id` begins with.")
def schema(name: str, url: str) -> None:
    """Print the JSON Schema of scenario files, by which editors complete them; or the one of this NAME, such as sms."""
    from msgspec import json

    from emulator.validation import schema as shipped
    from emulator.validation.hints import hint, quoted

    known = shipped.names()
    if name not in known:
        meant = hint(name, known) or f"; there are {', '.join(known)}"
        raise EmulatorError(f"there is no schema {quoted(name)}{meant}")
    found = json.encode(shipped.placed(name, f"{url.rstrip('/')}/_emulator/schemas"))
    click.echo(json.format(found).decode())
