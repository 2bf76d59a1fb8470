"""The journal as people read it: one line for each entry, with the time since the first. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Final

from emulator.clock import durations, instants
from emulator.errors import Json

WIDTH = 10


def timeline(entries: Iterable[Json]) -> str:
    """The lines of journal entries, as GET /_emulator/journal has them."""
    shown = list(entries)
    if not shown:
        return "nothing happened"
    began = instants.read(shown[0]["at"])
    return "\n".join([f"from {shown[0]['at']}", *(_line(each, instants.read(each["at"]) - began) for each in shown)])


def _line(entry: Json, after: int) -> str:
    flow = f"{entry['flow'][:8]}  " if entry["flow"] else ""
    told = _TOLD.get(entry["kind"], _other)(entry["data"])
    return f"{'+' + durations.written(after):>{WIDTH}}  {flow}{entry['kind']}: {told}".rstrip(": ")


def _accepted(data: Json) -> str:
    steps = [f"{step.get('type')} to {step.get('to')}" for step in data["body"]["flow"]]
    return f"{', then '.join(steps)}; {_started(data)} starts"


def _started(data: Json) -> str:
    return f"{data['channel']} ({titled(data['rule'])})"


def _report(data: Json) -> str:
    told = f"{data['channel']} {data['status']}" + (f" ({data['reason']})" if data.get("reason") else "")
    return told + (", callback lost" if data.get("lost") else ", callback" if "callback" in data else "")


def _ignored(data: Json) -> str:
    return (f"{_report(data)}, since " if "status" in data else "") + str(data["why"])


def _completed(data: Json) -> str:
    return str(data["status"]) + (f", statusCode {data['statusCode']}" if data["statusCode"] else "")


def _attempt(data: Json) -> str:
    return f"number {data['attempt']} to {data['url']}: {data['outcome']} ({data['status'] or data['answer']})"


def _refused(data: Json) -> str:
    told = data.get("developerMessage") or data.get("error_description") or data.get("error") or ""
    return f"{data['status']} {told}" + "".join(f"; {at}: {why}" for at, why in data.get("properties", {}).items())


def _other(data: Json) -> str:
    return ", ".join(f"{key} {value}" for key, value in data.items())


_TOLD: Final[dict[str, Callable[[Json], str]]] = {
    "accepted": _accepted,
    "started": _started,
    "status": _report,
    "ignored": _ignored,
    "completed": _completed,
    "attempt": _attempt,
    "refused": _refused,
    "token refused": _refused,
}


def titled(rule: str) -> str:
    """A rule's name after the word for what it is, which the names of nameless rules and of overrides have already."""
    return rule if rule.startswith(("rule ", "override ")) else f"rule {rule}"
