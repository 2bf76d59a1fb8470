"""Posts every case at a customer's receiver, and tells how it did: as values, for people, and for a CI server."""

from __future__ import annotations

from collections.abc import Sequence
from operator import attrgetter
from typing import Final
from xml.etree import ElementTree as ET

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from emulator import webhook
from emulator.webhook import Case
from emulator.webhook_post import TIMEOUT, Answer, Receiver, post, receiver

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


def check(url: str, timeout: float = TIMEOUT) -> list[Verdict]:
    """Post every case to this URL, one after another; a verdict for each. A receiver that can't be reached is tried
    once. `timeout` in seconds is its time for each answer. Raises CheckError for what is no http or https URL.
    """
    to = receiver(url, timeout)
    first, *others = webhook.cases()
    answers = _answers(to, first)
    verdicts = [_verdict(first, answers)]
    if not answers[0].reached:
        return verdicts + [Verdict(case.name, case.purpose, None, 0, good=False, why=NOT_TRIED) for case in others]
    return verdicts + [_verdict(case, _answers(to, case)) for case in others]


def _answers(to: Receiver, case: Case) -> list[Answer]:
    return [post(to, body) for body in case.bodies]


def _verdict(case: Case, answers: list[Answer]) -> Verdict:
    """The first answer that the provider would not count decides, or else the slowest."""
    for number, each in enumerate(answers, 1):
        if each.wrong and number > case.unjudged:
            where = f"post {number} of {len(answers)}: " if len(answers) > 1 else ""
            return Verdict(case.name, case.purpose, each.status, each.ms, good=False, why=where + each.wrong)
    slowest = max(answers[case.unjudged :], key=attrgetter("ms"))
    return Verdict(case.name, case.purpose, slowest.status, slowest.ms, good=True, why=RECEIVED)


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
