"""Posts every case to a customer's receiver as the emulator posts callbacks, and judges its answers: as values, as a
table for people, as JUnit XML for a CI server. The provider counts only HTTP 200 within 2 seconds as received; it
repeats every other callback. Failover OTP counts any 2xx, and repeats nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from operator import attrgetter
from typing import Final
from xml.etree import ElementTree as ET

from msgspec import Struct
from rich.table import Table
from rich.text import Text

from emulator.callbacks import destination
from emulator.callbacks.poster import Poster
from emulator.callbacks.reply import Reply
from emulator.callbacks.retries import BARE, REPEATED, Rule
from emulator.errors import plural
from emulator.testing.webhook_check import cases
from emulator.testing.webhook_check.cases import Case
from emulator.validation.printing import printable

TIMEOUT: Final = 2.0
"""How long the provider waits for an answer, in seconds."""
RECEIVED: Final = "received"
NOT_TRIED: Final = "not tried: the receiver can't be reached"


class Verdict(Struct, frozen=True):
    """How a receiver did in one case. `status` is the HTTP status that decided it, None if there was no answer; `ms` is
    the time that the answer took, in milliseconds; `why` is the reason in words.
    """

    case: str
    purpose: str
    status: int | None
    ms: int
    good: bool
    why: str


def check(
    url: str, timeout: float = TIMEOUT, ca: str = "", *, insecure: bool = False, endpoint: str = "failover"
) -> list[Verdict]:
    """Post every case of flows, or of what is sent by a call to another `endpoint`, to this URL, one after another; a
    verdict for each. If the first post does not reach the receiver, no other case is posted. `timeout` is the time for
    each answer, in seconds; `ca` and `insecure` say whom to trust, as the settings callback_ca and callback_insecure
    do. Raises TargetError for what is no http or https URL, SettingsError for a file of certificates that can't be
    used.
    """
    destination.target(url)

    async def judged() -> list[Verdict]:
        poster = Poster(timeout, 1, ca, insecure=insecure)
        verdicts: list[Verdict] = []
        reached = False
        try:
            for case in cases.cases(endpoint):
                if verdicts and not reached:
                    verdicts.append(Verdict(case.name, case.purpose, None, 0, good=False, why=NOT_TRIED))
                    continue
                replies = [await poster.exchange(url, body) for body in case.bodies]
                verdicts.append(verdict_on(case, replies, BARE if endpoint == "otp" else REPEATED))
                reached = reached or replies[0].reached
        finally:
            poster.close()
        return verdicts

    return asyncio.run(judged())


def verdict_on(case: Case, replies: Sequence[Reply], rule: Rule) -> Verdict:
    """The verdict on the replies to a case's posts: the first that does not count by the provider's rule decides, or
    else the slowest.
    """
    for number, reply in enumerate(replies, 1):
        objection = objection_to(reply, rule)
        if objection and number > case.unjudged:
            where = f"post {number} of {len(replies)}: " if len(replies) > 1 else ""
            return Verdict(case.name, case.purpose, reply.status, reply.ms, good=False, why=where + objection)
    slowest = max(replies[case.unjudged :], key=attrgetter("ms"))
    return Verdict(case.name, case.purpose, slowest.status, slowest.ms, good=True, why=RECEIVED)


def objection_to(reply: Reply, rule: Rule) -> str:
    """Why a reply would not count by the provider's rule; empty if it would."""
    if reply.status in rule.received:
        return ""
    often = plural(len(rule.retries), "time")
    again = f"repeat this callback {often} in 24 h" if rule.retries else "not repeat this callback"
    provider = f"{rule.words} as received and would {again}"
    if reply.status is None:
        return f"{reply.text}; the provider counts {provider}"
    turned = "follows no redirects, " if 300 <= reply.status < 400 else ""
    return f"answered {reply.status}; the provider {turned}counts {provider}"


def table(verdicts: Sequence[Verdict]) -> Table:
    """The verdicts for people: a row for each case that was tried, and below how many are good. A reason that an
    earlier case has too is not written out again.
    """
    good = sum(verdict.good for verdict in verdicts)
    made = Table(caption=f"{good} of {plural(len(verdicts), 'case')} received", caption_justify="left")
    for heading in ("case", "answer", "time", "verdict"):
        made.add_column(heading)
    tried = [verdict for verdict in verdicts if verdict.why != NOT_TRIED]
    earlier: dict[str, str] = {}
    for each in tried:
        first = earlier.setdefault(each.why, each.case)
        why = each.why if each.good or first == each.case else f"as {first}"
        status = "" if each.status is None else str(each.status)
        made.add_row(each.case, status, f"{each.ms} ms", Text(printable(why), "green" if each.good else "red"))
    if len(tried) < len(verdicts):
        made.add_row(plural(len(verdicts) - len(tried), "other"), "", "", Text(NOT_TRIED, "red"))
    return made


def junit(verdicts: Sequence[Verdict]) -> bytes:
    """The verdicts as JUnit XML in UTF-8: a test case for each, and a failure for each that is bad."""
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
