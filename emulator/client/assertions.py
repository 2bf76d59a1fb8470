"""What a test can assert of an application's flows. An assertion that fails shows the flow's timeline."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from emulator.client.results import Callback, Flow, summary
from emulator.client.words import Channel, Status, StatusCode
from emulator.errors import plural

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""

LINES: Final = 40
"""How many lines a failed assertion has at most."""
FIRST: Final = 16
"""How many of these are the first ones, if there were more."""
EARLY: Final = (
    "The flow has not ended yet. On a clock that stands still nothing happens before `finish`, which takes the flow to "
    "its end, or `advance`."
)
"""What is told with an assertion about a flow that is still under way."""


class Assertions(ABC):
    """The assertions, which look by the four calls that come first."""

    @abstractmethod
    def flow(self, flow: str | Flow) -> Flow:
        """A flow as it stands now."""

    @abstractmethod
    def flows(
        self,
        *,
        status: Status | None = None,
        to: str | None = None,
        channel: Channel | None = None,
        scenario: str | None = None,
        limit: int = 100,
    ) -> list[Flow]:
        """The flows that are so."""

    @abstractmethod
    def callbacks(self, flow: str | Flow | None = None) -> list[Callback]:
        """The callbacks of a flow, or all."""

    @abstractmethod
    def timeline(self, flow: str | Flow | None = None) -> str:
        """What happened to a flow, or at all."""

    def only(
        self,
        *,
        status: Status | None = None,
        to: str | None = None,
        channel: Channel | None = None,
        scenario: str | None = None,
    ) -> Flow:
        """The one flow that is so, such as the one that the code under test sent. Raises AssertionError if there is
        none, or more than one.
        """
        found = self.flows(status=status, to=to, channel=channel, scenario=scenario)
        if len(found) == 1:
            return self.flow(found[0])
        wanted = {"status": status, "to": to, "channel": channel, "scenario": scenario}
        asked = " and ".join(f"{name} {value}" for name, value in wanted.items() if value is not None)
        of = f" with {asked}" if asked else ""
        others = self.flows() if asked and not found else []
        instead = f", of {len(others)} in all:" if others else "; nothing was sent"
        listed = "".join(f"\n  {flow!r}" for flow in found or others)
        told = f"there are {len(found)} flows{of}, not one:" if found else f"there is no flow{of}{instead}"
        raise AssertionError(shortened(f"{told}{listed}\n\n{self.timeline()}"))

    def assert_succeeded(self, flow: str | Flow, on: Channel | Literal[""] = "") -> Flow:
        """Assert that a flow succeeded, and on this channel, if one is given. Returns the flow."""
        now = self.flow(flow)
        if now.status != "Succeeded":
            raise self._miss(now, f"is {now.status}, not Succeeded")
        if on not in ("", now.channel):
            raise self._miss(now, f"succeeded on {now.channel}, not on {on}")
        return now

    def assert_failed(self, flow: str | Flow, code: StatusCode | Literal[""] = "") -> Flow:
        """Assert that a flow failed, and with this statusCode, if one is given. Returns the flow."""
        now = self.flow(flow)
        if now.status != "Failed":
            raise self._miss(now, f"is {now.status}, not Failed")
        if code not in ("", now.status_code):
            raise self._miss(now, f"failed with statusCode {now.status_code!r}, not {code!r}")
        return now

    def assert_messages(self, flow: str | Flow, *statuses: str) -> Flow:
        """Assert the status of each of a flow's messages, in the order in which they started. Returns the flow."""
        now = self.flow(flow)
        actual = tuple(message.status for message in now.messages)
        if actual != statuses:
            raise self._miss(now, f"has the messages {', '.join(actual)}; expected {', '.join(statuses)}")
        return now

    def assert_request(
        self, flow: str | Flow, *steps: Mapping[str, object], callback: Mapping[str, object] | None = None
    ) -> Flow:
        """Assert what the code under test asked for: of each step, in the order of the body, at least these members,
        such as `{"type": "Sms", "ttl": 120}`, and of the `callback` these. A request without `flow` is one step: its
        body. Members are those of the service's own request, such as `dialPlan` of a call, or those of `Flow.request`,
        which has the provider's defaults too; the order of `failoverOnStatuses` does not matter. A value may be a
        compiled pattern that is found in a text, a function that answers whether it is right, or anything that is
        equal, such as `unittest.mock.ANY`. Returns the flow.
        """
        now = self.flow(flow)
        if why := _otherwise(now, steps, callback):
            raise AssertionError(shortened(f"{now!r} {why}\n\n{self.timeline(now)}"))
        return now

    def requests(
        self, *steps: Mapping[str, object], callback: Mapping[str, object] | None = None, limit: int = 100
    ) -> list[Flow]:
        """The flows whose requests are so, oldest first, of the newest `limit`: with such steps, if any are given, and
        such a `callback`, as `assert_request` has them.
        """
        found = (self.flow(each) for each in reversed(self.flows(limit=limit)))
        return [flow for flow in found if not _otherwise(flow, steps, callback)]

    def assert_callbacks(self, flow: str | Flow, *expected: str, count: int | None = None) -> list[Callback]:
        """Assert that a flow has exactly these callbacks, all received, in this order. Each is given as the flow's
        status and that of each message, such as "InProgress EXPIRED Queued"; of a single message by its status, with
        the part if there are several, such as "Delivered 1/2". What recipients answer is posted too ("reply: STOP"),
        and what calls ask ("asks: 71"). With `count` alone: that there are so many, all received. Returns them.
        """
        found = self.callbacks(flow)
        received = sum(callback.received for callback in found)
        if count is not None and not len(found) == received == count:
            raise self._miss(
                self.flow(flow), f"has {plural(len(found), 'callback')}, {received} received; expected {count}"
            )
        if count is not None and not expected:
            return found
        actual = [summary(each.body) + ("" if each.received else f" ({each.outcome})") for each in found]
        if actual != list(expected):
            from difflib import ndiff

            differences = (line for line in ndiff(expected, actual) if line[0] != "?")
            lines = "".join(f"\n  {line[0]} {line[2:]}" for line in differences)
            raise self._miss(self.flow(flow), f"has other callbacks (- expected, + came):{lines}")
        return found

    def _miss(self, flow: Flow, why: str) -> AssertionError:
        """The error about what became of a flow, which may have been looked at too early."""
        early = "" if flow.status in ("Succeeded", "Failed") else f"\n\n{EARLY}"
        return AssertionError(shortened(f"{flow!r} {why}{early}\n\n{self.timeline(flow)}"))


def _otherwise(flow: Flow, steps: Sequence[Mapping[str, object]], callback: Mapping[str, object] | None) -> str:
    """How a flow's request differs from what is expected of it, in words; empty if it is so."""
    count = len(flow.request["flow"])
    if steps and len(steps) != count:
        return f"was requested with {plural(count, 'step')}; expected {len(steps)}"
    expected = ({"flow": steps} if steps else {}) | ({"callback": callback} if callback else {})
    wrong = _differences("", expected, {"flow": [flow.sent]} | flow.sent, flow.request)
    return "was requested otherwise:" + "".join(f"\n  {each}" for each in wrong) if wrong else ""


def shortened(text: str) -> str:
    """A text of LINES at most: of a longer one its first and its last lines."""
    lines = text.splitlines()
    if len(lines) <= LINES:
        return text
    left = f"… {len(lines) - LINES + 1} lines are left out here; `timeline` and the page have all …"
    return "\n".join([*lines[:FIRST], left, *lines[len(lines) - LINES + FIRST + 1 :]])


def _fits(expected: object, form: object) -> bool:
    """Whether a value is as expected."""
    if isinstance(expected, re.Pattern):
        return isinstance(form, str) and bool(expected.search(form))
    return bool(expected(form)) if callable(expected) else expected == form


def _differences(place: str, expected: object, *forms: object) -> list[str]:
    """How a request differs from what is expected of it, in words; it has several forms, of which one has to be so.
    What is expected of an object are some members.
    """
    objects = [form for form in forms if isinstance(form, dict)]
    if isinstance(expected, Mapping) and objects:
        found: list[str] = []
        known = ", ".join(sorted({name for each in objects for name in each}))
        for name, value in expected.items():
            where = f"{place}.{name}" if place else name
            given = [each[name] for each in objects if name in each]
            found += _differences(where, value, *given) if given else [f"{where} was not given; there are {known}"]
        return found
    if isinstance(expected, list | tuple):
        lists = [form for form in forms if isinstance(form, list)]
        if place.endswith(".failoverOnStatuses"):
            same = any(sorted(map(str, expected)) == sorted(map(str, each)) for each in lists)
            return [] if same else [f"{place} is {forms[0]!r}, not {expected!r}"]
        if fitting := [each for each in lists if len(each) == len(expected)]:
            elements = enumerate(zip(expected, *fitting, strict=True))
            return [each for index, element in elements for each in _differences(f"{place}[{index}]", *element)]
    return [] if any(_fits(expected, form) for form in forms) else [f"{place} is {forms[0]!r}, not {expected!r}"]
