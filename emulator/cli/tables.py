"""What `send`, `explain` and `paths` print: tables for people, made of what the emulator answers.

Whatever a request or a scenario says is shown as it stands: as `rich.text.Text`, which has no markup, without signs
that a terminal would obey.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Final

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from emulator.clock import durations
from emulator.errors import Json, plural
from emulator.journal.kinds import NOT_TAKEN, titled
from emulator.validation.printing import printable

if TYPE_CHECKING:
    from emulator.planning.paths import Path

_COLOURS: Final = {"Succeeded": "green", "Failed": "red", "InProgress": "yellow"}


def progress(steps: int, flows: Iterable[Json]) -> None:
    """Print a flow of so many steps in each of its states, one over the other, and its outcome. `flows` are those of
    tracking. Where there is no terminal, only the last state is printed.
    """
    console = Console()
    flow: Json = {}
    with Live(console=console, auto_refresh=False) as live:
        for flow in flows:
            colour = _COLOURS.get(flow["status"], "white")
            title = Text.assemble(_shown(flow["trackingId"]), " ", (flow["status"], colour))
            table = _table(
                title,
                ("step", "channel", "to", "status", "reason", "since"),
            )
            for message in flow["messages"]:
                status = message["status"]
                _add_row(
                    table,
                    f"{message['order']} of {steps}",
                    message["type"],
                    str(message["to"]),
                    status["name"],
                    status.get("reason", {}).get("detailedStatus", ""),
                    status["updatedDate"][11:19],
                )
            live.update(table, refresh=True)
    if not console.is_terminal:
        console.print()
    console.print(_shown(_outcome(flow)))


def explanation(explained: Json) -> None:
    """Print an explanation: each step's rules, the answer; if the flow is accepted, its timeline and outcome."""
    console = Console(highlight=False)
    console.print(_shown(f"scenario {explained['scenario']}: {explained['purpose']}"))
    console.print(f"sent at {explained['sent']} (--at says when)")
    console.print(f"the application's first request came at {explained['began']} (--began says when)")
    for remark in explained["remarks"]:
        console.print(_shown(f"note: {remark}"))
    if explained["gateway"]:
        console.print()
        console.print(_rules(Text("gateway: before all calls"), explained["gateway"]))
    for step in explained["steps"]:
        title = _shown(f"step {step['step']}: {step['channel']} to {step['to']}")
        console.print()
        if "rejected" in step:
            console.print(title)
            console.print(_shown(f"its channel does not take it, so no rule plans it: {step['rejected']}"))
            continue
        console.print(_rules(title, step["rules"]))
    console.print()
    console.print(_shown(f"answer: {_answer(explained['answer'])}"))
    if explained["balance"]:
        console.print(_shown(_balance(explained["balance"], accepted=explained["outcome"] is not None)))
    if explained["outcome"] is None:
        console.print("nothing is accepted, so nothing else happens")
        return
    callbacks = explained["callbacks"]
    if callbacks["rule"]:
        console.print(_shown(f"callbacks: {', '.join(callbacks['faults'])} ({titled(callbacks['rule'])})"))
    if code := explained["code"]:
        by = titled(code["rule"]) if code["rule"] else "drawn"
        console.print(_shown(f"code: {code['code']} ({by})"))
    queued = explained["queued"]
    if queued["seconds"]:
        console.print(_shown(f"queued: for {queued['seconds']:g} s ({titled(queued['rule'])})"))
    console.print(_timeline(explained["timeline"]))
    console.print(_shown(_outcome(explained["outcome"])))


def differences(found: Json) -> None:
    """Print what differs between two scenarios, a table for each request that does, and what was left out."""
    console = Console(highlight=False)
    for each in found["differ"]:
        table = _table(_shown(f"{each['request']}, sent at {each['at']}"), ("", f"a: {found['a']}", f"b: {found['b']}"))
        for one in each["differences"]:
            sides = (
                one[side]["comes"] + (f" ({titled(one[side]['rule'])})" if one[side]["rule"] else "") for side in "ab"
            )
            _add_row(table, one["what"], *sides)
        console.print(table)
    for left in found["leftOut"]:
        console.print(_shown(f"left out: {left}"))
    console.print(f"Differences in {len(found['differ'])} of {plural(found['requests'], 'request')}")


def _rules(title: Text, rules: list[Json]) -> Table:
    """Rules in their order, with what each demands, and whether it applies here."""
    table = _table(title, ("rule", "applies to", "here"))
    for alike in _alike(rules):
        _add_row(table, *_told(alike))
    return table


FEW: Final = 3
"""How many rules have a line each that do not apply for the same reason; more have one together."""


def _alike(rules: list[Json]) -> Iterator[list[Json]]:
    """Rules in their order, those together that do not apply since the same fact differs."""
    for why, found in groupby(rules, lambda rule: _fact(rule["differences"])):
        some = list(found)
        yield from [some] if why and len(some) > FEW else ([each] for each in some)


def _fact(differences: Sequence[str]) -> str:
    """The first fact that differs, as it is."""
    return differences[0].partition(", which ")[0] if differences else ""


def _told(rules: list[Json]) -> tuple[str, str, str]:
    """The line of a rule, or of some that do not apply since the same fact differs."""
    first, last = rules[0], rules[-1]
    if first is last:
        return first["rule"], first["match"], "applies" if first["applies"] else "; ".join(first["differences"])
    named = f"{first['rule']} … {last['rule']} ({len(rules)})"
    return named, f"{first['match']} … {last['match']}", f"{_fact(first['differences'])}, which none of them is for"


def all_paths(found: list[Path]) -> None:
    """Print every outcome of a flow in a line, with the number to send to."""
    table = _table(Text(plural(len(found), "outcome")), ("steps", "status", "code", "callbacks", "send to"))
    for path in found:
        steps = ", ".join(f"{channel} {status}" for channel, status in path.steps)
        _add_row(table, steps, path.status, path.status_code or "", str(path.callbacks), path.number or "see --json")
    Console(highlight=False).print(table)


def _shown(text: str) -> Text:
    """A text as it stands."""
    return Text(printable(text))


def _add_row(table: Table, *cells: str) -> None:
    table.add_row(*map(_shown, cells))


def _table(title: Text, headings: Iterable[str]) -> Table:
    table = Table(title=title, title_justify="left")
    for heading in headings:
        table.add_column(heading)
    return table


def _outcome(flow: Json) -> str:
    code = f", statusCode {flow['statusCode']}" if flow["statusCode"] else ""
    return f"{flow['status']}{code}, total price {flow['totalPrice']:.15g}"


def _balance(balance: Json, *, accepted: bool) -> str:
    """What is left of a balance before a request and after it."""
    unit = " messages" if balance["in"] == "messages" else ""
    refused = "" if accepted else ", which does not cover it"
    return f"balance: {balance['before']:g}{unit} before, {balance['after']:g}{unit} after{refused}"


_DOES = {"truncated": "the body breaks off", "replaced": "another body"}
"""What a fault does to an answer, in words; one without has its own name."""


def _answer(answer: Json) -> str:
    """What the request is answered, and the rule that spoils the answer, if one does."""
    shown = "the connection is closed" if answer["status"] is None else str(answer["status"])
    shown += f", after {answer['seconds']:g} s" if answer["seconds"] else ""
    known = ("status", "rule", "seconds", "closed")
    does = [_DOES.get(name, name) for name, done in answer.items() if done and name not in known]
    shown += "".join(f", {what}" for what in does)
    return shown + (f" ({titled(answer['rule'])})" if answer["rule"] else "")


def _timeline(moments: list[Json]) -> Table:
    """What happens, and when its callbacks are posted."""
    table = _table(Text("timeline"), ("after", "step", "channel", "status", "callback"))
    for moment in moments:
        at = moment["at"]
        rule = moment.get("rule", "")
        starts = f"starts ({titled(rule) if rule == NOT_TAKEN else rule})"
        status = moment.get("status") or moment.get("text") or starts
        reason = f" ({moment['reason']})" if "reason" in moment else ""
        reason += " (a machine answers)" if "answeredBy" in moment else ""
        callbacks = ""
        if "callbacks" in moment:
            posted = (
                "posted" + (f" {durations.written(post - at)} later" if post != at else "")
                for post in moment["callbacks"]
            )
            callbacks = ", ".join(posted) or "lost"
        _add_row(table, durations.written(at), str(moment["step"]), moment["channel"], status + reason, callbacks)
    return table
