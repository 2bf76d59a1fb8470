"""What a test can assert of an application's flows. An assertion that fails shows the flow's timeline."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Final, Literal

from emulator.client.results import Callback, Flow, summary
from emulator.client.words import Channel, Status, StatusCode

__tracebackhide__ = True
"""pytest shows the line of a test that made a call, and none of this module."""

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
        raise AssertionError(f"{told}{listed}\n\n{self.timeline()}")

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
        such as `{"type": "Sms", "ttl": 120}`, and of the `callback` these. What was not sent has the provider's
        default; the order of `failoverOnStatuses` does not matter. Returns the flow.
        """
        now = self.flow(flow)
        sent, why = len(now.request["flow"]), ""
        expected = ({"flow": steps} if steps else {}) | ({"callback": callback} if callback else {})
        if steps and len(steps) != sent:
            why = f"was requested with {sent} steps; expected {len(steps)}"
        elif wrong := _differences("", expected, now.request):
            why = "was requested otherwise:" + "".join(f"\n  {each}" for each in wrong)
        if why:
            raise AssertionError(f"{now!r} {why}\n\n{self.timeline(now)}")
        return now

    def assert_callbacks(self, flow: str | Flow, *expected: str, count: int | None = None) -> list[Callback]:
        """Assert that a flow has exactly these callbacks, all received, in this order. Each is given as the flow's
        status and that of each message, such as "InProgress EXPIRED Queued"; of a single message by its status, with
        the part if there are several, such as "Delivered 1/2". What recipients answer is posted too ("reply: STOP"),
        and what calls ask ("asks: 71"). With `count` alone: that there are so many, all received. Returns them.
        """
        found = self.callbacks(flow)
        received = sum(callback.received for callback in found)
        if count is not None and not len(found) == received == count:
            raise self._miss(self.flow(flow), f"has {len(found)} callbacks, {received} received; expected {count}")
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
        return AssertionError(f"{flow!r} {why}{early}\n\n{self.timeline(flow)}")


def _differences(place: str, expected: object, actual: object) -> list[str]:
    """How a request differs from what is expected of it, in words; what is expected of an object are some members."""
    if isinstance(expected, Mapping) and isinstance(actual, dict):
        found: list[str] = []
        for name, value in expected.items():
            where = f"{place}.{name}" if place else name
            known = f"{where} was not given; there are {', '.join(sorted(actual))}"
            found += _differences(where, value, actual[name]) if name in actual else [known]
        return found
    if place.endswith(".failoverOnStatuses") and isinstance(expected, list) and isinstance(actual, list):
        same = sorted(map(str, expected)) == sorted(actual)
        return [] if same else [f"{place} is {actual!r}, not {expected!r}"]
    if isinstance(expected, list | tuple) and isinstance(actual, list) and len(expected) == len(actual):
        pairs = enumerate(zip(expected, actual, strict=True))
        return [each for index, pair in pairs for each in _differences(f"{place}[{index}]", *pair)]
    return [] if expected == actual else [f"{place} is {actual!r}, not {expected!r}"]
