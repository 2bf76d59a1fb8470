"""The command `store`: what is where an emulator keeps everything, and bringing that to the present format."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from emulator.cli.options import option, settings_options
from emulator.errors import EmulatorError
from emulator.validation.printing import printable_json, printable_lines

if TYPE_CHECKING:
    from emulator.store.looked import Looked


@click.command()
@settings_options("store")
@option("--migrate", "Bring it to this emulator's format first, as a start does.", default=False)
@option("--json", "Print JSON instead of text.", default=False)
def store(store: str, migrate: bool, json: bool) -> None:  # noqa: FBT001  # click hands them over by name
    """Show a store that nobody else need be using: its format, its tables and their sizes, how many emulators use it,
    and the oldest open transaction, which keeps PostgreSQL from clearing away what is replaced.
    """
    from msgspec import to_builtins

    from emulator.store.stores import looked, store_at

    if not store:
        raise EmulatorError("name the store: --store FILE, or --store postgresql://USER@HOST/DATABASE")

    async def look() -> Looked:
        found = await looked(store)
        if not migrate or found.format == found.present:
            return found
        opened = store_at(store)
        await opened.open()
        await opened.close()
        return await looked(store)

    found = asyncio.run(look())
    if json:
        click.echo(printable_json(to_builtins(found)))
        return
    click.echo(printable_lines("\n".join([*_summary(found), "", *_tables(found)])))


def _summary(found: Looked) -> list[str]:
    """The store in words, a line for each fact."""
    is_present = "that of this emulator"
    if found.format != found.present:
        how = "a start or --migrate brings it there" if found.format < found.present else "update the emulator"
        is_present = f"that of this emulator is {found.present}: {how}"
    lines = [
        f"store               {found.store}",
        f"format              {found.format}, {is_present}",
        f"server              {found.server}",
        f"size                {_size(found.bytes)}",
    ]
    if found.processes is not None:
        lines.append(f"emulators           {found.processes}")
    if (oldest := found.oldest_transaction) is not None:
        lines.append(f"oldest transaction  {oldest.seconds:.1f} s, of {oldest.program or 'unknown'}, {oldest.state}")
    return lines


def _tables(found: Looked) -> list[str]:
    """A line for each table."""
    rows = [("table", "rows", "replaced", "size")]
    for each in found.tables:
        told = ("" if each.dead is None else str(each.dead), "" if each.bytes is None else _size(each.bytes))
        rows.append((each.name, str(each.rows), *told))
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join([name.ljust(widths[0]), *map(str.rjust, told, widths[1:])]).rstrip() for name, *told in rows]


def _size(number: int) -> str:
    """So many bytes, in words."""
    return f"{number / 2**20:.1f} MiB" if number >= 2**20 else f"{number / 2**10:.0f} KiB"
