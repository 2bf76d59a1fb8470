"""Journal entries below one another, as people read them. Takes entries as the emulator's own API gives them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from emulator.clock import durations, instants
from emulator.errors import Json

WIDTH: Final = 10
"""How wide the column of times is, in characters."""


def timeline(entries: Iterable[Json]) -> str:
    """A line for each entry, with the time since the first one."""
    shown = list(entries)
    if not shown:
        return "nothing happened"
    began = instants.read(shown[0]["at"])
    lines = [f"from {shown[0]['at']}"]
    for each in shown:
        flow = f"{each['flow'][:8]}  " if each["flow"] else ""
        after = f"+{durations.written(instants.read(each['at']) - began)}"
        lines.append(f"{after:>{WIDTH}}  {flow}{_told(each)}")
    return "\n".join(lines)


def dated(entry: Json) -> str:
    """One entry in a line, with its time and its flow's whole id."""
    flow = f"{entry['flow']} " if entry["flow"] else ""
    return f"{entry['at']} {flow}{_told(entry)}"


def _told(entry: Json) -> str:
    return f"{entry['kind']}: {entry['text']}".removesuffix(": ")
