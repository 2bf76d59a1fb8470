"""What the commands explain and paths print: tables for people."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from emulator.clock import durations
from emulator.errors import Json
from emulator.journal.timeline import titled
from emulator.planning.paths import Path


def explanation(told: Json) -> None:
    """Print an explanation: each step's rules, then the timeline."""
    console = Console(highlight=False)
    console.print(f"scenario {told['scenario']}: {told['purpose']}", markup=False)
    for step in told["steps"]:
        console.print()
        console.print(_rules(step))
    console.print()
    console.print(f"answer: {_answer(told['answer'])}", markup=False)
    if told["outcome"] is None:
        console.print("nothing is accepted, so nothing else happens")
        return
    if told["callbacks"]["rule"]:
        faults = ", ".join(told["callbacks"]["faults"])
        console.print(f"callbacks: {faults} ({titled(told['callbacks']['rule'])})", markup=False)
    console.print(_timeline(told["timeline"]))
    outcome = told["outcome"]
    code = f", statusCode {outcome['statusCode']}" if outcome["statusCode"] else ""
    console.print(f"{outcome['status']}{code}, total price {outcome['totalPrice']:g}")


def all_paths(found: list[Path]) -> None:
    """Print every outcome of a flow in a line, with the number to send to."""
    console = Console(highlight=False)
    table = Table(title=f"{len(found)} outcomes", title_justify="left")
    for heading in ("steps", "status", "code", "callbacks", "send to"):
        table.add_column(heading)
    for path in found:
        steps = ", ".join(f"{channel} {status}" for channel, status in path.steps)
        table.add_row(steps, path.status, path.status_code or "", str(path.callbacks), path.number or "see --json")
    console.print(table)


def _rules(step: Json) -> Table:
    table = Table(title=f"step {step['step']}: {step['channel']} to {step['to']}", title_justify="left")
    for heading in ("rule", "applies to", "here"):
        table.add_column(heading)
    for rule in step["rules"]:
        table.add_row(rule["rule"], rule["match"], "applies" if rule["applies"] else "; ".join(rule["differences"]))
    return table


def _answer(answer: Json) -> str:
    told = "the connection is closed" if answer["status"] is None else str(answer["status"])
    told += f", after {answer['seconds']:g} s" if answer["seconds"] else ""
    told += ", the body breaks off" if answer["truncated"] else ""
    return told + (f" ({titled(answer['rule'])})" if answer["rule"] else "")


def _timeline(moments: list[Json]) -> Table:
    table = Table(title="timeline", title_justify="left")
    for heading in ("after", "step", "channel", "status", "callback"):
        table.add_column(heading)
    for moment in moments:
        status = moment.get("status") or f"starts ({moment['rule']})"
        reason = f" ({moment['reason']})" if "reason" in moment else ""
        row = (durations.written(moment["at"]), str(moment["step"]), moment["channel"], status + reason)
        table.add_row(*row, _callback(moment))
    return table


def _callback(moment: Json) -> str:
    if "callbacks" not in moment:
        return ""
    at = moment["at"]
    return ", ".join(_posted(at, post) for post in moment["callbacks"]) or "lost"


def _posted(at: int, post: int) -> str:
    return "posted" if post == at else f"posted {durations.written(post - at)} later"
