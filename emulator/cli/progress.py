"""A flow's progress in the terminal: a table that changes as its messages do."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from rich.console import Console
from rich.live import Live
from rich.table import Table

from emulator.errors import Json

_COLOURS: Final = {"Succeeded": "green", "Failed": "red", "InProgress": "yellow"}


def show(created: Json, flows: Iterable[Json]) -> None:
    """Show the flow in each of its states; the last one stays. Where there is no terminal, only the last is printed."""
    console = Console()
    flow: Json = {}
    with Live(console=console, auto_refresh=False) as live:
        for flow in flows:
            live.update(_table(created, flow), refresh=True)
    if not console.is_terminal:
        console.print()
    price = f"{flow['totalPrice']:g}"
    code = f", statusCode {flow['statusCode']}" if flow["statusCode"] else ""
    console.print(f"{flow['status']}{code}, total price {price}")


def _table(created: Json, flow: Json) -> Table:
    colour = _COLOURS.get(flow["status"], "white")
    table = Table(title=f"{flow['trackingId']} [{colour}]{flow['status']}[/]", title_justify="left")
    for heading in ("step", "channel", "to", "status", "reason", "since"):
        table.add_column(heading)
    for message in flow["messages"]:
        status = message["status"]
        table.add_row(
            f"{message['order']} of {len(created['flow'])}",
            message["type"],
            str(message["to"]),
            status["name"],
            status.get("reason", {}).get("detailedStatus", ""),
            status["updatedDate"][11:19],
        )
    return table
