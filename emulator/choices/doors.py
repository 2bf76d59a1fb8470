"""The choices that act at the doors: which requests are taken, and what refusals look like.

They are apart from those about flows only because there are many.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Literal

from msgspec import Struct


class Told(Struct, frozen=True):
    """What describes a choice: its question, what each answer does, and where the documentation leaves it open."""

    question: str
    answers: Mapping[str, str]
    source: str


class DoorChoices(Struct, frozen=True, omit_defaults=True, gc=False):
    """The answers in force at the doors. Each is as those of `table.Choices` are."""

    unknown_members: Annotated[
        Literal["ignored", "refused"],
        Told(
            "What becomes of members of a flow's request that nobody knows?",
            {"ignored": "they are ignored", "refused": "the request is refused"},
            "No page says; a public client sends the members of all channels",
        ),
    ] = "ignored"
    ttl_and_order: Annotated[
        Literal["optional", "required"],
        Told(
            "May the steps of a flow's request lack ttl and order?",
            {"optional": "yes, they have defaults", "required": "no; calls have no ttl"},
            "POST /failover gives defaults; the guide to transactional flows calls both required",
        ),
    ] = "optional"
    voice_statuses: Annotated[
        Literal["six", "two"],
        Told(
            "Which failoverOnStatuses may a call have?",
            {"six": "Completed, Busy, NoAnswer, Failed, Unsent and Terminated", "two": "Busy and NoAnswer"},
            "POST /failover and its definition disagree",
        ),
    ] = "six"
    same_order: Annotated[
        Literal["taken", "refused"],
        Told(
            "May two steps of a flow have the same order?",
            {"taken": "yes, as the guide's example has it", "refused": "no, as in Failover OTP"},
            "The guide to failover and Failover OTP disagree",
        ),
    ] = "taken"
    same_channel: Annotated[
        Literal["taken", "refused"],
        Told(
            "May two steps of a flow use the same channel?",
            {"taken": "yes", "refused": "no"},
            "No page says",
        ),
    ] = "taken"
    single_step: Annotated[
        Literal["taken", "refused"],
        Told("May a flow have only one step?", {"taken": "yes", "refused": "no"}, "No page says"),
    ] = "taken"
    number_without_plus: Annotated[
        Literal["taken", "refused"],
        Told(
            "May the recipients of a flow lack their +?",
            {"taken": "yes, as POST /sms was seen to allow it", "refused": "no"},
            "The guide to transactional flows asks for E.164; live answers to POST /sms had the + added",
        ),
    ] = "taken"
    viber_file: Annotated[
        Literal["taken", "refused"],
        Told(
            "May a flow's Viber message have a file?",
            {"taken": "yes, as documented", "refused": "no: error 019, as a client met it"},
            "Concepts of Viber messaging and a live answer disagree",
        ),
    ] = "taken"
    two_step_template: Annotated[
        Literal["optional", "required"],
        Told(
            "May POST /2step lack its template?",
            {"optional": "yes, as recorded; a default text has the code", "required": "no, as documented"},
            "The documentation and recorded answers disagree",
        ),
    ] = "optional"
    refused_bearer: Annotated[
        Literal["401", "403"],
        Told(
            "Which status answers a token that is unknown or expired?",
            {"401": "401", "403": "403, as to any trouble with a token on the page of templates"},
            "Authentication names both; status codes say 401, Viber templates 403",
        ),
    ] = "401"
    otp_without_bearer: Annotated[
        Literal["403", "401"],
        Told(
            "Which status answers a call of Failover OTP without a token?",
            {"403": "403", "401": "401"},
            "The reference and the quick reference of Failover OTP disagree",
        ),
    ] = "403"
    error_code: Annotated[
        Literal["text", "number"],
        Told(
            "What is the code of an error in JSON?",
            {"text": "a text", "number": "a number"},
            "Error codes: a text; a public client reads a number",
        ),
    ] = "text"
    error_places: Annotated[
        Literal["paths", "names"],
        Told(
            "How do the properties of an error name what is wrong in a step?",
            {"paths": "by its path, such as flow[0].to", "names": "by its name alone, such as to"},
            "No page says; errors of POST /sms have names",
        ),
    ] = "paths"
    malformed_body: Annotated[
        Literal["coded", "framework"],
        Told(
            "What is the body of the error for one that is no JSON?",
            {"coded": "that of other errors, code 400000000", "framework": "timestamp, status, error, message, path"},
            "No page says; unknown paths were seen to answer the framework's body",
        ),
    ] = "coded"
    unmapped_call: Annotated[
        Literal["500", "405"],
        Told(
            "What answers a call by a wrong method, or without the id in its path?",
            {"500": "500 with code 500, as recorded", "405": "405 with the framework's body"},
            "No page says; seen once, years ago",
        ),
    ] = "500"
    tracking_without_id: Annotated[
        Literal["404", "unmapped"],
        Told(
            "What answers GET /failover/tracking/ without an id?",
            {"404": "404, as an unknown id", "unmapped": "what answers other calls without their id"},
            "GET /failover/tracking ends in a slash, and does not say",
        ),
    ] = "404"
    error_time: Annotated[
        Literal["text", "milliseconds"],
        Told(
            "What is the timestamp of an error that the framework answers?",
            {"text": "ISO 8601 with +0000, as recorded in 2024", "milliseconds": "a number, as recorded in 2016"},
            "No page says; recorded answers disagree",
        ),
    ] = "text"
    dial_plan_shape: Annotated[
        Literal["array", "object"],
        Told(
            "How do a flow's answers, callbacks and trackings have a call's dial plan?",
            {"array": "dialPlans, an array of one", "object": "dialPlan, an object, as requests have it"},
            "POST /failover lists dialPlans, its example and its definition have dialPlan and dialplan",
        ),
    ] = "array"
    statuses_shape: Annotated[
        Literal["array", "text"],
        Told(
            "What are failoverOnStatuses in answers, callbacks and trackings?",
            {"array": "an array", "text": "a text with commas"},
            "POST /failover: an array; its definition: a text with commas",
        ),
    ] = "array"
    absent_seq: Annotated[
        Literal["made", "left-out"],
        Told(
            "Which seq has a template's message whose request has none?",
            {"made": "one that is made, since seq is always echoed", "left-out": "none"},
            "POST /failover/transactional: optional, and always echoed",
        ),
    ] = "made"
    viber_picture_key: Annotated[
        Literal["imageUrl", "imageURL"],
        Told(
            "What is the image called in GET /viber/tracking/{id}?",
            {"imageUrl": "imageUrl, as in answers and lists", "imageURL": "imageURL, as in callbacks"},
            "The page of that tracking and that of campaigns disagree",
        ),
    ] = "imageUrl"
