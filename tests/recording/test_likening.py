"""What makes two bodies differ, and what does not."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.errors import Json
from emulator.recording.likening import ABSENT, Difference, aligned, differences, ids, posts

BODY: Json = {
    "trackingId": "a",
    "messages": [
        {"type": "Viber", "trackingId": "b", "from": "Shop", "order": 1, "price": 0.01, "status": {"name": "EXPIRED"}},
        {"type": "Sms", "messageId": "c", "from": "Shop", "order": 2, "price": 0.03, "status": {"name": "Delivered"}},
    ],
    "totalPrice": 0.04,
}


def changed(**members: Any) -> Json:
    """The body with other members."""
    return BODY | members


def message(index: int, **members: Any) -> Json:
    """The body with other members of a message."""
    made = list(BODY["messages"])
    made[index] = made[index] | members
    return changed(messages=made)


@pytest.mark.parametrize(
    "other",
    [
        changed(trackingId="x"),
        message(0, trackingId="x"),
        message(0, **{"from": "Another name"}),
        message(1, price=0.03, operator="x") | {"messages": message(1)["messages"]},
        changed(totalPrice=0.040000000001),
    ],
)
def test_what_its_maker_alone_knows_is_no_difference(other: Json) -> None:
    """Ids, names of senders, amounts that add up."""
    assert list(differences("f", "body", BODY, other)) == []


@pytest.mark.parametrize(
    ("other", "field", "captured", "emulated"),
    [
        (changed(totalPrice=0.03), "body.totalPrice", "the sum of the prices", "the price of the last message"),
        (changed(totalPrice=0.5), "body.totalPrice", "the sum of the prices", "0.5"),
        (message(1, **{"from": "Other"}), "body.messages[1].from", "Shop", "Other"),
        (message(1, latency=3), "body.messages[1].latency", ABSENT, 3),
        (message(0, status={"name": "EXPIRED", "a": []}), "body.messages[0].status.a", ABSENT, []),
        (changed(status=None), "body.status", ABSENT, None),
    ],
)
def test_a_difference_names_its_field(other: Json, field: str, captured: Any, emulated: Any) -> None:
    """What each has there; what is missing is not null."""
    assert list(differences("f", "body", BODY, other)) == [Difference("f", field, captured, emulated, "body")]
    assert str(Difference("f", "x", 1, 2)) == "f: x: captured 1, emulated 2"


def test_a_price_is_there_or_it_is_not() -> None:
    """How much it is belongs to the account."""
    free, dear = message(0, price=0) | {"totalPrice": 0.03}, message(0, price=0.9) | {"totalPrice": 0.93}
    told = {each.field: (each.captured, each.emulated) for each in differences("f", "b", free, dear)}
    assert told == {"b.messages[0].price": ("free", "charged")}


def test_callbacks_are_paired_by_what_they_say() -> None:
    """A missing one does not shift the others."""
    bodies = [message(1, status={"name": name}) for name in ("Queued", "Sent", "Delivered")]
    assert list(aligned(bodies, bodies)) == [(number, each, each) for number, each in enumerate(bodies, 1)]
    assert list(aligned(bodies[1:], bodies)) == [
        (0, None, bodies[0]),
        (1, bodies[1], bodies[1]),
        (2, bodies[2], bodies[2]),
    ]
    single = {"messageId": "a", "part": 1, "status": {"name": "Sent"}}
    assert list(aligned([single], [])) == [(1, single, None)]


def test_of_a_refusal_only_what_clients_can_tell_apart_differs() -> None:
    """Words are the provider's own; codes, members, places and the form of a time are not."""
    told = {"code": "400000000", "developerMessage": "a", "properties": {"to": "b"}, "timestamp": 1, "path": "/sms"}
    other = {"code": "400000000", "developerMessage": "c", "properties": {"to": "d"}, "timestamp": 2, "path": "/sms"}
    listed = {"errors": [{"errorCode": "004", "developerMessage": "a"}]}
    assert list(differences("f", "b", told | listed, other | listed, refusal=True)) == []
    another = other | {"timestamp": "2026", "properties": {"from": "d"}, "code": 400000000}
    found = {each.field for each in differences("f", "b", told, another, refusal=True)}
    assert found == {"b.code", "b.timestamp", "b.properties.to", "b.properties.from"}
    assert list(differences("f", "b", "no", "no", refusal=True)) == []


def test_ids_are_paired_by_their_places() -> None:
    """In arrays too; nothing else is an id."""
    one = {"trackingId": "a", "label": "x", "messages": [{"messageId": "b"}, {"smsId": "c"}]}
    other = {"trackingId": "d", "label": "y", "messages": [{"messageId": "e"}, {"smsId": None}]}
    assert list(ids(one, other)) == [("a", "d"), ("b", "e")]
    assert list(ids([one], one)) == []


def test_posts_that_say_something_else_differ_as_wholes() -> None:
    """One side alone has them, or they tell of another status; of others, the fields differ."""
    sent, seen = (message(0, status={"name": name}) for name in ("SENT", "SEEN"))
    assert list(posts("f", [sent, seen], [sent])) == [
        Difference("f", "callback 2", "Viber SEEN, Sms Delivered", ABSENT, "callback 2", 1)
    ]
    assert list(posts("f", [], [sent])) == [
        Difference("f", "another callback", ABSENT, "Viber SENT, Sms Delivered", "another callback", 1)
    ]
    (other,) = posts("f", [sent], [seen])
    assert (other.captured, other.emulated, other.lost) == ("Viber SENT, Sms Delivered", "Viber SEEN, Sms Delivered", 1)
    assert [(each.field, each.about) for each in posts("f", [sent], [sent | {"news": 1}])] == [
        ("callback 1.news", "callback 1")
    ]


def test_replies_and_questions_of_calls_are_told_from_callbacks() -> None:
    """By what they say; the name of a sender is its maker's."""
    reply = {
        "direction": "Inbound",
        "message": "STOP",
        "referenceTrackingId": "a",
        "to": "Shop",
        "from": "+306900000001",
    }
    call = {"messageId": "a", "conversationTrackingId": "b", "from": "1", "to": "2"}
    keys, machine = call | {"collectedTones": "5"}, call | {"answeredBy": "MACHINE"}
    part: Json = {"messageId": "a", "part": 2, "status": {"name": "Sent"}}
    told: list[Json] = [reply, call, keys, machine, part]
    assert [each.captured for each in posts("f", told, [])] == [
        "reply STOP",
        "how to go on",
        "how to go on keys 5",
        "how to go on MACHINE",
        "Sent part 2",
    ]
    assert list(posts("f", told, [reply | {"to": "Another", "referenceTrackingId": "c"}, *told[1:]])) == []
