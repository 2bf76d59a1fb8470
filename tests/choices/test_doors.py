"""Every question that the provider's documentation leaves open: the choice that answers it, or why there is none."""

from __future__ import annotations

from typing import Final

from emulator.choices.doors import DoorChoices
from emulator.choices.table import Choices, rows

LIMIT: Final = (
    "a request that is within every version's limit does not tell them apart, and beyond them nothing is known"
)
SPELLING: Final = "all spellings of requests are taken, so that any client works"
SET: Final = "a setting or a scenario answers it"
ONE: Final = "only one answer is at hand: what else there might be, no page and no recorded answer shows"
MISTAKE: Final = "it is refused, so that a mistake shows; nothing tells what else would happen"
SETTLED: Final = "what was recorded, or the newer page, settles it"

FLOWS: Final[dict[str, tuple[str, ...] | str]] = {
    "flow statuses": ("first-status",),
    "least ttl": LIMIT,
    "ttl and order required": ("ttl-and-order",),
    "failoverOnStatuses of calls": ("voice-statuses",),
    "a call that fails with the default statuses": ("voice-failure-unlisted",),
    "Completed listed": ("completed-listed",),
    "spelling of the dial plan": ("dial-plan-shape",),
    "type of failoverOnStatuses": ("statuses-shape",),
    "casing of failoverOnStatuses": ("statuses-spelling",),
    "place of urlShortener": SPELLING,
    "place of restrictions": SPELLING,
    "place of a Viber label": "the newer page has it in the step, and no page has it elsewhere for this call",
    "key of an Sms text": ("sms-text-key",),
    "keys of a Viber body": ("viber-body-keys",),
    "place of expireOnDelivery": ("expire-on-delivery-place",),
    "statusCode without a failure": ("status-code-without-failure",),
    "type of statusCode": "each service's page has its own: a text, and a number in Failover OTP",
    "originatingService": ("originating-service",),
    "unit of latency": ("latency",),
    "totalPrice": ("total-price",),
    "an Sms after a delivered Viber message": "the example is patched together, and no rule would lead to it",
    "one order twice": ("same-order",),
    "retries of callbacks": ("callback-retries", "otp-callback-retries"),
    "times of retries": ("callback-retry-times",),
    "what counts as received": ("callback-received", "otp-callback-received"),
    "401 or 403": ("refused-bearer",),
    "life of tokens": SET,
    "no balance": SET,
    "layouts of Viber messages": ("viber-file",),
    "code of failover's errors": ("error-places",),
    "body of a 404": ONE,
    "malformed JSON": ("malformed-body",),
    "unknown members": ("unknown-members",),
    "length of flows, and a channel twice": ("same-channel",),
    "one step": ("single-step",),
    "a call in callbacks": ONE,
    "messages before their step": ONE,
    "terminationChannel before the end": ("termination-channel",),
    "SEEN after DELIVERED": ("seen-after-delivered", "seen-after-completion"),
    "DELIVERED after EXPIRED": ("delivered-after-expired",),
    "OnStep": ("queued-callback",),
    "OnCompletion": ("completion-callback",),
    "headers and signature of callbacks": ONE,
    "a callback without URL, or with a wrong strategy": MISTAKE,
    "tracking without an id": ("tracking-without-id",),
    "filter by flowKind": "the newer page has it; the other does not say that it is refused",
    "body of a search": SPELLING,
    "seq absent": ("absent-seq",),
    "meaning of QUEUED": SETTLED,
    "Unknown of calls": "the table of statuses would have to differ by flow, for what only a broken network reports",
    "Unsent of Sms": SETTLED,
    "rate limits": SET,
    "webhook of Failover OTP": SETTLED,
}
"""The questions about flows, in the order in which they came up."""
NEIGHBOURS: Final[dict[str, tuple[str, ...] | str]] = {
    "type of code": ("error-code",),
    "ttl of Sms": "each service's page has its own",
    "ttl of Viber": "each service's page has its own",
    "keys of image, file and video": ("viber-picture-key",),
    "key of a Viber text": "answers and callbacks have their own, each documented",
    "keys of a status": "answers and callbacks have their own, each documented",
    "words of strategies": MISTAKE,
    "single tracking of Sms": ("sms-tracking",),
    "dates of searches": SPELLING,
    "bodies of filters and labels": SPELLING,
    "template of two-step": ("two-step-template",),
    "end of tries": ("verification-last-try",),
    "place of a two-step answer": SPELLING,
    "members of a two-step answer": ("verification-members",),
    "names of prices": "the older ones are of 2016, and all clients at hand that are in use read the newer",
    "amounts of transactions": SETTLED,
    "order of members": "no client can tell",
    "retries of Sms callbacks": ("callback-retries",),
    "the first Queued": ("sms-queued-callback", "queued-callback"),
    "country": "two letters were recorded; which names there would be is not known",
    "401 or 403, by service": ("refused-bearer", "otp-without-bearer"),
    "scope or role": SETTLED,
    "numbers without +": ("number-without-plus",),
    "length of labels": LIMIT,
    "placeholders": SPELLING,
    "calls without id or by a wrong method": ("unmapped-call",),
    "timestamp of a 401": ("error-time",),
    "verbs": "each service's page has its own",
    "a misspelt path of a client": "no path of the provider's",
    "a file alone": ("viber-file",),
    "flows in the trackings of channels": ("steps-in-sms-tracking",),
    "price of a failed message": ("unsuccessful-messages",),
}
"""Those about the other services."""


def test_each_question_has_a_choice_or_a_reason() -> None:
    """And each choice a question."""
    answered = [each for each in (*FLOWS.values(), *NEIGHBOURS.values()) if isinstance(each, tuple)]
    assert {name for names in answered for name in names} == {row.name for row in rows()}
    assert all(len(each) > 5 for each in (*FLOWS.values(), *NEIGHBOURS.values()) if isinstance(each, str))


def test_the_doors_choices_come_first() -> None:
    """Both kinds are in one table."""
    doors = DoorChoices.__struct_fields__
    assert Choices.__struct_fields__[: len(doors)] == doors
    assert [row.field for row in rows()] == list(Choices.__struct_fields__)
