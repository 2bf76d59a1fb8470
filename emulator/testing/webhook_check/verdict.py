"""Posts every case at a customer's receiver as the emulator posts callbacks, and tells how it did: as values, for
people, and for a CI server. The provider counts only HTTP 200 within 2 seconds as received; it repeats all else.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import Final
from xml.etree import ElementTree as ET

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from emulator.callbacks import destination
from emulator.callbacks.courier import LADDER
from emulator.callbacks.poster import Poster, Reply
from emulator.testing.webhook_check import cases
from emulator.testing.webhook_check.cases import Case

TIMEOUT: Final = 2.0
"""How long the provider waits for an answer, in seconds."""
REPEATS: Final = f"counts only 200 as received and would repeat this callback {len(LADDER)} times in 24 h"
RECEIVED: Final = "received"
NOT_TRIED: Final = "not tried: the receiver can't be reached"


class Verdict(Struct, frozen=True):
    """How a receiver did in one case. `status` is the HTTP status that decided it, None if there was no answer; `ms`
    the time that it took, in milliseconds; `why` the reason in words.
    """

    case: str
    purpose: str
    status: int | None
    ms: int
    good: bool
    why: str


def check(url: str, timeout: float = TIMEOUT, ca: str = "", *, insecure: bool = False) -> list[Verdict]:
    """Post every case to this URL, one after another; a verdict for each. A receiver that can't be reached is tried
    once. `timeout` in seconds is its time for each answer; `ca` and `insecure` say whom to trust, as the emulator's
    settings of these names do. Raises TargetError for what is no http or https URL, SettingsError for a bad file.
    """
    destination.target(url)
    return asyncio.run(_checked(url, lambda: Poster(timeout, 1, ca, insecure=insecure)))


async def _checked(url: str, connected: Callable[[], Poster]) -> list[Verdict]:
    poster = connected()
    try:
        first, *others = cases.cases()
        answers = [await poster.exchange(url, body) for body in first.bodies]
        verdicts = [_verdict(first, answers)]
        for case in others:
            if answers[0].reached:
                verdicts.append(_verdict(case, [await poster.exchange(url, body) for body in case.bodies]))
            else:
                verdicts.append(Verdict(case.name, case.purpose, None, 0, good=False, why=NOT_TRIED))
        return verdicts
    finally:
        poster.close()


def _verdict(case: Case, answers: list[Reply]) -> Verdict:
    """The first answer that the provider would not count decides, or else the slowest."""
    for number, each in enumerate(answers, 1):
        wrong = _objection(each)
        if wrong and number > case.unjudged:
            where = f"post {number} of {len(answers)}: " if len(answers) > 1 else ""
            return Verdict(case.name, case.purpose, each.status, each.ms, good=False, why=where + wrong)
    slowest = max(answers[case.unjudged :], key=attrgetter("ms"))
    return Verdict(case.name, case.purpose, slowest.status, slowest.ms, good=True, why=RECEIVED)


def _objection(answer: Reply) -> str:
    """What the provider would not like about an answer; empty if it counts."""
    match answer.status:
        case 200:
            return ""
        case None:
            return f"{answer.text}; the provider {REPEATS}"
        case status if 300 <= status < 400:
            return f"answered {status}; the provider follows no redirects, {REPEATS}"
        case status:
            return f"answered {status}; the provider {REPEATS}"


def table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for people: a row for each case that was tried, and below how many went well. What is wrong in the
    same way as in a case before is not told again in full.
    """
    tried = [verdict for verdict in verdicts if verdict.why != NOT_TRIED]
    good = sum(verdict.good for verdict in verdicts)
    made = Table(caption=f"{good} of {len(verdicts)} cases received", caption_justify="left")
    for heading in ("case", "answer", "time", "verdict"):
        made.add_column(heading)
    first: dict[str, str] = {}
    for each in tried:
        made.add_row(*_row(each, first.setdefault(each.why, each.case)))
    if len(tried) < len(verdicts):
        made.add_row(f"{len(verdicts) - len(tried)} others", "", "", Text(NOT_TRIED, "red"))
    return made


def _row(verdict: Verdict, first: str) -> tuple[str, str, str, Text]:
    """A verdict's cells; `first` is the first case with the same reason."""
    status = "" if verdict.status is None else str(verdict.status)
    why = verdict.why if verdict.good or verdict.case == first else f"as {first}"
    return verdict.case, status, f"{verdict.ms} ms", Text(why, "green" if verdict.good else "red")


def junit(verdicts: Sequence[Verdict]) -> bytes:
    """The verdicts as JUnit XML in UTF-8, for a CI server: a test case for each, a failure for each that is bad."""
    failures = sum(not verdict.good for verdict in verdicts)
    counts = {"tests": str(len(verdicts)), "failures": str(failures), "errors": "0", "skipped": "0"}
    counts["time"] = _seconds(sum(verdict.ms for verdict in verdicts))
    root = ET.Element("testsuites", counts)
    suite = ET.SubElement(root, "testsuite", {"name": "check-webhook"} | counts)
    for each in verdicts:
        case = ET.SubElement(suite, "testcase", classname="webhook", name=each.case, time=_seconds(each.ms))
        if not each.good:
            ET.SubElement(case, "failure", message=each.why).text = each.purpose
    written: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _seconds(ms: int) -> str:
    return f"{ms / 1000:.3f}"
