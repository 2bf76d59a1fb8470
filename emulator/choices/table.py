"""One table of the questions that the provider's documentation leaves open, each with the answers that are plausible.

A question is here if users can notice how it is answered, if two answers are plausible, and if no setting and no
scenario answers it already. Why a question of the documentation is not here, tests/choices/test_doors.py says.
"""

from __future__ import annotations

from functools import cache
from typing import Annotated, Any, Final, Literal, get_args, get_type_hints

from msgspec import Struct

from emulator.choices.doors import DoorChoices, Told


class Choices(DoorChoices, frozen=True, omit_defaults=True, gc=False):
    """The answers in force. The first of each is taken unless somebody chooses. Flows are stored with those that they
    began under, so a choice once released keeps its name and its answers.
    """

    first_status: Annotated[
        Literal["InProgress", "Queued"],
        Told(
            "What status has a flow until its first channel reports?",
            {"InProgress": "InProgress, since its first step has been handed to its channel", "Queued": "Queued"},
            "Failover statuses: Queued is named only in the newer version of the page",
        ),
    ] = "InProgress"
    queued_callback: Annotated[
        Literal["posted", "not-posted"],
        Told(
            "Does OnStep post that the first message of a flow is queued?",
            {"posted": "yes, as POST /sms was seen to do", "not-posted": "no, the first report is the first callback"},
            "Failover callbacks: whenever a status changes; Failover OTP posts no initial status",
        ),
    ] = "posted"
    sms_queued_callback: Annotated[
        Literal["posted", "not-posted"],
        Told(
            "Does a single Sms, Viber message or call post that it is queued?",
            {"posted": "yes, as pasted callbacks show", "not-posted": "no, the first report is the first callback"},
            "Callbacks of SMS: OnChange posts every status change",
        ),
    ] = "posted"
    completion_callback: Annotated[
        Literal["flow", "each-message"],
        Told(
            "What does OnCompletion wait for?",
            {"flow": "the end of the flow; it posts once", "each-message": "each message's end; it posts at each"},
            "POST /failover: when a final status arrives",
        ),
    ] = "flow"
    seen_after_completion: Annotated[
        Literal["not-posted", "posted"],
        Told(
            "Does OnCompletion post again when a delivered Viber message is seen after the end of its flow?",
            {"not-posted": "no", "posted": "yes"},
            "Failover callbacks do not say",
        ),
    ] = "not-posted"
    seen_after_delivered: Annotated[
        Literal["shown", "ignored"],
        Told(
            "Does a Viber message that ended as DELIVERED become SEEN?",
            {"shown": "yes, and OnStep posts it", "ignored": "no, nothing changes after the end"},
            "Viber statuses do not say which are final",
        ),
    ] = "shown"
    delivered_after_expired: Annotated[
        Literal["ignored", "shown"],
        Told(
            "Does a message whose ttl ran out become delivered, if that is reported later?",
            {"ignored": "no", "shown": "yes; what became of the flow stays"},
            "Statuses of Viber and SMS do not say",
        ),
    ] = "ignored"
    completed_listed: Annotated[
        Literal["next-step", "succeeds"],
        Told(
            "What happens if Completed is among a call's failoverOnStatuses, and it is completed?",
            {"next-step": "the next step runs", "succeeds": "the flow has succeeded"},
            "POST /failover allows the value and does not say what it means",
        ),
    ] = "next-step"
    voice_failure_unlisted: Annotated[
        Literal["ends", "next-step"],
        Told(
            "Does a call that fails move the flow on, if its step has only the default failoverOnStatuses?",
            {"ends": "no: they are Busy and NoAnswer", "next-step": "yes, as the matrix of outcomes shows it"},
            "Failover statuses: the matrix moves on after Failed, Unsent and Terminated, which the default lacks",
        ),
    ] = "ends"
    unsuccessful_messages: Annotated[
        Literal["charged", "free"],
        Told(
            "What does a message cost that was sent and not delivered?",
            {"charged": "as much as a delivered one", "free": "nothing"},
            "No page says; an example of Failover OTP charges an expired Viber message",
        ),
    ] = "charged"
    total_price: Annotated[
        Literal["all-messages", "last-message"],
        Told(
            "What is a flow's totalPrice?",
            {"all-messages": "the sum of its messages' prices", "last-message": "the price of its last message"},
            "Failover callbacks: one example adds up, the other has about the price of one message",
        ),
    ] = "all-messages"
    latency: Annotated[
        Literal["seconds", "milliseconds"],
        Told(
            "In what is the latency of an Sms?",
            {"seconds": "whole seconds, as all examples show", "milliseconds": "milliseconds, as the text says"},
            "GET /failover/tracking and its examples disagree",
        ),
    ] = "seconds"
    sms_text_key: Annotated[
        Literal["body", "message"],
        Told(
            "What is the text of an Sms called in a flow's callbacks and trackings?",
            {"body": "body", "message": "message"},
            "Failover callbacks: the two versions of the page disagree",
        ),
    ] = "body"
    viber_body_keys: Annotated[
        Literal["imageUrl", "imageURL"],
        Told(
            "What are image and button of a Viber message called in a flow's callbacks and trackings?",
            {"imageUrl": "imageUrl and action", "imageURL": "imageURL and viberAction"},
            "Failover callbacks: the two versions of the page disagree",
        ),
    ] = "imageUrl"
    expire_on_delivery_place: Annotated[
        Literal["message", "status"],
        Told(
            "Where do a flow's callbacks and trackings have expireOnDelivery?",
            {"message": "in the message", "status": "in the message's status"},
            "Failover callbacks: the two versions of the page disagree",
        ),
    ] = "message"
    status_code_without_failure: Annotated[
        Literal["null", "empty", "left-out"],
        Told(
            "What is the statusCode of a flow that has not failed?",
            {"null": "null", "empty": "an empty text", "left-out": "there is none"},
            "Failover callbacks: the two versions of the page disagree, and that of trackings does not list it",
        ),
    ] = "null"
    originating_service: Annotated[
        Literal["Failover", "failover"],
        Told(
            "How is the originatingService of a flow written?",
            {"Failover": "Failover, as in callbacks", "failover": "failover, as in a remark on trackings"},
            "Failover callbacks and GET /failover/tracking disagree",
        ),
    ] = "Failover"
    termination_channel: Annotated[
        Literal["at-the-end", "at-once"],
        Told(
            "What is the terminationChannel of a flow that has not ended?",
            {"at-the-end": "null", "at-once": "the channel of the latest message"},
            "Failover callbacks do not say",
        ),
    ] = "at-the-end"
    statuses_spelling: Annotated[
        Literal["channel", "upper-case"],
        Told(
            "How are the failoverOnStatuses of an Sms or a call written in answers, callbacks and trackings?",
            {
                "channel": "as the channel writes its statuses",
                "upper-case": "in capitals, as the examples ask for them",
            },
            "POST /failover and failover callbacks disagree",
        ),
    ] = "channel"
    sms_tracking: Annotated[
        Literal["array", "object"],
        Told(
            "What does GET /sms/tracking/single/{id} answer?",
            {"array": "an array, with an element for each part", "object": "one object, of the first part"},
            "GET /sms/tracking/single and the list of its members disagree",
        ),
    ] = "array"
    steps_in_sms_tracking: Annotated[
        Literal["shown", "left-out"],
        Told(
            "Do the trackings of Sms show those of flows?",
            {"shown": "yes, as they show the codes of two-step", "left-out": "no"},
            "No page says",
        ),
    ] = "shown"
    verification_members: Annotated[
        Literal["six", "three"],
        Told(
            "Which members have the answers of POST /2step and GET /2step/{id}?",
            {"six": "all that are documented now", "three": "trackingId, status and updatedAt, as once recorded"},
            "The documentation and recorded answers disagree",
        ),
    ] = "six"
    verification_last_try: Annotated[
        Literal["400011005", "400011004"],
        Told(
            "Which code has the wrong answer that uses up the last retry of a verification, and each one after it?",
            {
                "400011005": "400011005, as any wrong answer, and then 400011002, as recorded",
                "400011004": "400011004, as documented",
            },
            "POST /2step/{id} and recorded answers disagree",
        ),
    ] = "400011005"
    callback_retries: Annotated[
        Literal["12", "5", "0"],
        Told(
            "How often is a callback retried that was not received?",
            {"12": "twelve times in 24 hours", "5": "five times", "0": "never"},
            "Callbacks of SMS say 12, POST /sms says 5; those of failover do not say",
        ),
    ] = "12"
    callback_retry_times: Annotated[
        Literal["from-first", "from-previous"],
        Told(
            "From when on do the waits before retries count?",
            {"from-first": "from the first attempt", "from-previous": "each from the attempt before"},
            "Callbacks of SMS list the waits up to 24 hours, and say 24 hours in all",
        ),
    ] = "from-first"
    callback_received: Annotated[
        Literal["200", "2xx"],
        Told(
            "Which answers of a receiver count as received?",
            {"200": "200 alone", "2xx": "any from 200 to 299"},
            "Callbacks of SMS: 200 OK; those of failover do not say",
        ),
    ] = "200"
    otp_callback_retries: Annotated[
        Literal["0", "12", "5"],
        Told(
            "How often is a callback of Failover OTP retried?",
            {"0": "never, as its page says", "12": "twelve times in 24 hours, as other callbacks", "5": "five times"},
            "Webhooks of Failover OTP and callbacks of SMS disagree",
        ),
    ] = "0"
    otp_callback_received: Annotated[
        Literal["2xx", "200"],
        Told(
            "Which answers to a callback of Failover OTP count as received?",
            {"2xx": "any from 200 to 299", "200": "200 alone"},
            "Webhooks of Failover OTP and callbacks of SMS disagree",
        ),
    ] = "2xx"


TAKEN: Final = Choices()
"""The answers that are taken where nobody chooses."""


class Row(Struct, frozen=True):
    """One row of the table: a choice's name as users write it, its answers, the one that is taken, and what is told."""

    name: str
    answers: tuple[str, ...]
    told: Told

    @property
    def field(self) -> str:
        """The member of Choices that has it."""
        return self.name.replace("-", "_")

    @property
    def taken(self) -> str:
        """The answer that is taken unless somebody chooses."""
        return self.answers[0]


@cache
def rows() -> tuple[Row, ...]:
    """All choices, in the order of the table."""
    known = get_type_hints(Choices, include_extras=True)
    types = {field: get_args(known[field]) for field in Choices.__struct_fields__}
    return tuple(Row(field.replace("_", "-"), get_args(words), told) for field, (words, told) in types.items())


def by_name(choices: Choices) -> dict[str, Any]:
    """The answers in force by the names of their choices."""
    return {row.name: getattr(choices, row.field) for row in rows()}


def given(choices: Choices) -> tuple[tuple[str, str], ...]:
    """The answers that differ from those that are taken, by the names of their choices."""
    return tuple((row.name, answer) for row in rows() if (answer := getattr(choices, row.field)) != row.taken)
