"""The provider: bodies of POST /failover, right ones and wrong ones, numbers, and the bodies of callbacks.

Numbers are valid in their country, so one may be somebody's: never send to them over the real provider.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import phonenumbers
from msgspec import json
from phonenumbers import PhoneNumber, PhoneNumberFormat, PhoneNumberType

from emulator.accounts.prices import Prices
from emulator.channels.table import CHANNELS, Channel, Kind
from emulator.errors import Json
from emulator.fakes.mistakes import MISTAKES, Broken
from emulator.fakes.steps import StepProvider
from emulator.flow import machine
from emulator.flow.request import Request, Step, ttl_ms
from emulator.flow.state import Flow, FlowStatus, Plan
from emulator.provider.failover import reading, rendering
from emulator.scenario import defaults

COUNTRIES: Final = ("GR", "CY", "DE", "GB", "FR", "IT", "US")
"""Where the recipients of flows are."""
POSTED: Final = (FlowStatus.IN_PROGRESS, FlowStatus.SUCCEEDED, FlowStatus.FAILED)
"""The statuses of a flow that callbacks tell."""
EARLIEST: Final = 1_767_225_600_000
LATEST: Final = 1_798_761_599_999
"""The year that callbacks are from, 2026, in milliseconds."""
_MOBILE: Final = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)


class FailoverProvider(StepProvider):
    """Requests of Routee's Failover API, and what its callbacks post."""

    def failover_flow(self, channels: Sequence[str] = (), callback_url: str = "", strategy: str = "OnStep") -> Json:
        """A valid body of POST /failover: a step for each of these channels, in order, all to one number; without
        channels, one to three different ones. It has a callback if there is a URL for it. Raises ValueError for a
        channel other than Sms, Viber and Voice.
        """
        chosen = channels or self.random_sample(tuple(Channel))
        to = self.phone_of(self.random_element(COUNTRIES))
        body: Json = {"flow": [self._step(Channel(each), order, to) for order, each in enumerate(chosen, 1)]}
        return body | ({"callback": {"strategy": strategy, "url": callback_url}} if callback_url else {})

    def invalid_failover_flow(self, mistake: str = "") -> Broken:
        """A body with a step of each channel and one mistake: this one of MISTAKES, or any. Raises KeyError for a
        name that is not among them.
        """
        name = mistake or self.random_element(tuple(MISTAKES))
        body = self.failover_flow(self.random_sample(tuple(Channel), len(Channel)))
        path = MISTAKES[name](body)
        return Broken(name, body, path)

    def phone_of(self, country: str) -> str:
        """A valid mobile number in E.164 form of a country, told by its ISO 3166-1 alpha-2 code, such as GR. Where
        fixed numbers look the same, as in the US, it may be one. Raises ValueError for an unknown country.
        """
        example = phonenumbers.example_number_for_type(country, PhoneNumberType.MOBILE)
        if example is None:
            raise ValueError(f"no mobile numbers are known of {country!r}; expected a code such as GR")
        number = self._like(example)
        while not _mobile(number, country):
            number = self._like(example)
        return phonenumbers.format_number(number, PhoneNumberFormat.E164)

    def failover_callback(self, channels: Sequence[str] = (), status: str = "") -> Json:
        """The body of a callback, decoded, as the emulator posts it of a flow over these channels that is InProgress,
        Succeeded or Failed; without channels or status, any. Raises ValueError for others.
        """
        wanted = FlowStatus(status or self.random_element(POSTED))
        if wanted not in POSTED:
            raise ValueError(f"no callback tells that a flow is {wanted}; expected one of {', '.join(POSTED)}")
        callbacks = machine.run_out(self._flow(channels, wanted)).callbacks
        told = [flow for flow in callbacks if flow.status is wanted]
        body: Json = json.decode(rendering.body(self.random_element(told), Prices()))
        return body

    def _like(self, example: PhoneNumber) -> PhoneNumber:
        """The example with its last digits, four to eight of them, drawn anew; it need not be valid."""
        digits = phonenumbers.national_significant_number(example)
        kept = digits[: -self.random_int(4, 8)]
        return phonenumbers.parse(f"+{example.country_code}{kept}{self.numerify('#' * (len(digits) - len(kept)))}")

    def _flow(self, channels: Sequence[str], wanted: FlowStatus) -> Flow:
        """A planned flow that comes to this status and posts it."""
        body = self.failover_flow(channels, "https://shop.example/hook")
        if wanted is FlowStatus.IN_PROGRESS:
            body["flow"][-1]["expireOnDelivery"] = True  # or the first report of a lone Viber message ends the flow
        request = reading.failover(json.encode(body))
        at = self.random_int(EARLIEST, LATEST)
        plans = self._plans(request, wanted)
        return Flow(self.generator.uuid4(), self.hexify("^" * 24), 1, at, at, request, plans, "fakes")

    def _plans(self, request: Request, wanted: FlowStatus) -> tuple[Plan, ...]:
        """Plans under which steps fail over until one may end the flow; one in progress is left to its last step."""
        last = len(request.flow) - 1
        turn = last if wanted is FlowStatus.IN_PROGRESS else self.random_int(0, last)
        kind = Kind.FAILURE if wanted is FlowStatus.FAILED else Kind.SUCCESS
        return tuple(
            self._plan(step, self._ending(step, kind) if index >= turn else self._listed(step))
            for index, step in enumerate(request.flow)
        )

    def _ending(self, step: Step, kind: Kind) -> str:
        """A status that ends the step: any failure, but of successes the last, which a Viber message that expires
        on delivery needs.
        """
        statuses = [status for status, each in CHANNELS[step.channel].statuses.items() if each is kind]
        return statuses[-1] if kind is Kind.SUCCESS else self.random_element(statuses)

    def _listed(self, step: Step) -> str:
        """A status that starts the next step."""
        return self.random_element(step.failover_on_statuses)

    def _plan(self, step: Step, status: str) -> Plan:
        way = defaults.WAYS[step.channel][status]
        return Plan(way.reports(ttl_ms(step), self.generator.random.random), "fakes")


def _mobile(number: PhoneNumber, country: str) -> bool:
    valid = phonenumbers.is_valid_number_for_region(number, country)
    return valid and phonenumbers.number_type(number) in _MOBILE
