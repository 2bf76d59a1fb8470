"""Contacts and labels, as their pages and recorded calls describe them, and what becomes of placeholders."""

from __future__ import annotations

from typing import Any

import pytest

from tests.support.running import SMS, VIBER, Emulator

LABELS, CONTACTS = "/contacts/labels/my", "/contacts/my"


def ask(server: Emulator, method: str, path: str, body: Any = None, status: int = 200) -> Any:
    """The answer of a call."""
    answer = server.api(method, path, body)
    assert answer.status == status, answer.body
    return answer.json() if answer.body else None


def test_labels_are_an_array_or_one_and_have_the_type_text_unless_it_is_said(server: Emulator) -> None:
    """The list is an object, with the five that every contact has."""
    assert ask(server, "POST", LABELS, [{"name": "city"}]) == [{"name": "city", "type": "Text"}]
    assert ask(server, "POST", LABELS, {"name": "points", "type": "Number"}) == [{"name": "points", "type": "Number"}]
    listed = ask(server, "GET", LABELS)
    assert {"firstName", "lastName", "mobile", "email", "country", "city", "points"} <= set(listed)


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ([{"name": "twice"}, {"name": "twice"}], 400, "400002014"),
        ([{"name": "firstName"}], 409, "409002011"),
        ([{}], 400, "400000000"),
        ([{"name": None}], 400, "400000000"),
        ([{"name": "no spaces"}], 400, "400000000"),
    ],
)
def test_a_label_that_exists_comes_twice_or_has_no_name_is_refused(
    server: Emulator, body: Any, status: int, code: str
) -> None:
    """By its code, in words."""
    told = ask(server, "POST", LABELS, body, status)
    assert told["code"] == code
    assert told["developerMessage"]


def test_a_contact_is_created_read_changed_and_deleted(server: Emulator) -> None:
    """Its id has 24 hex digits; it is in the group All; the text true will do for vip."""
    ask(server, "POST", LABELS, [{"name": "nick"}])
    nick = [{"name": "nick", "value": "Lena"}]
    body = {"mobile": "+306955500001", "firstName": "Eleni", "vip": "true", "labels": nick}
    made = ask(server, "POST", CONTACTS, body)
    assert len(made["id"]) == 24
    assert (made["country"], made["vip"], made["groups"][0], made["blacklistedServices"]) == ("GR", True, "All", [])
    assert made["labels"] == [{"name": "nick", "value": "Lena", "type": "Text"}]
    read = ask(server, "GET", f"{CONTACTS}/{made['id']}")
    assert read["labels"] == [{"name": "nick", "value": "Lena"}]
    ask(server, "PUT", f"{CONTACTS}/{made['id']}", {"mobile": "+306955500001", "firstName": "Nelly"})
    assert ask(server, "GET", f"{CONTACTS}/{made['id']}")["firstName"] == "Nelly"
    ask(server, "DELETE", f"{CONTACTS}/{made['id']}")
    assert ask(server, "GET", f"{CONTACTS}/{made['id']}", None, 404)["code"] == "404002001"


@pytest.mark.parametrize(
    ("more", "status", "code"),
    [
        ({"mobile": "+306955500003", "labels": [{"name": "unknown", "value": "x"}]}, 404, "404002012"),
        ({"mobile": "+306955500003", "labels": [{"name": "sort", "value": "x"}] * 2}, 409, "409002013"),
        ({}, 400, "400000000"),
        ({"mobile": "+306955500003", "firstName": "x" * 61}, 400, "400000000"),
    ],
)
def test_a_contact_that_may_not_be_is_refused_by_its_code(server: Emulator, more: Any, status: int, code: str) -> None:
    """A label that there is not or that comes twice, a number that is missing."""
    server.api("POST", LABELS, [{"name": "sort"}])
    assert ask(server, "POST", CONTACTS, more, status)["code"] == code


def test_a_number_is_one_contact_s(server: Emulator) -> None:
    """Another can't take it; creating it again changes the one that there is."""
    first, other = (ask(server, "POST", CONTACTS, {"mobile": f"+30695550000{n}"})["id"] for n in (4, 5))
    assert ask(server, "PUT", f"{CONTACTS}/{other}", {"mobile": "+306955500004"}, 409)["code"] == "409002005"
    assert ask(server, "POST", CONTACTS, {"mobile": "+306955500004", "firstName": "Eleni"})["id"] == first


def test_contacts_are_a_page_and_are_deleted_by_an_array_of_ids(server: Emulator) -> None:
    """Of 20 unless another size is asked for."""
    made = [ask(server, "POST", CONTACTS, {"mobile": f"+30695551{n:04}"})["id"] for n in range(3)]
    page = ask(server, "GET", CONTACTS)
    assert (page["size"], page["number"], page["first"]) == (20, 0, True)
    assert ask(server, "GET", f"{CONTACTS}?size=1")["numberOfElements"] == 1
    ask(server, "DELETE", CONTACTS, made)
    assert not set(made) & {each["id"] for each in ask(server, "GET", f"{CONTACTS}?size=2000")["content"]}


def test_whether_a_number_is_a_contact_s_is_asked_by_head(server: Emulator) -> None:
    """200 or 404."""
    server.api("POST", CONTACTS, {"mobile": "+306955500009"})
    assert server.api("HEAD", f"{CONTACTS}/mobile?value=%2B306955500009").status == 200
    assert server.api("HEAD", f"{CONTACTS}/mobile?value=%2B306955599999").status == 404


@pytest.mark.parametrize("place", ["[~firstName]", "[~{firstName}]"])
def test_a_placeholder_becomes_what_the_recipient_s_contact_has(server: Emulator, place: str) -> None:
    """In an Sms and over Viber, in either form; an unknown one, or that of nobody, stays."""
    server.api("POST", CONTACTS, {"mobile": "+306955500010", "firstName": "Eleni"})
    to, nobody = {"to": "+306955500010"}, {"to": "+306955599998"}
    text = f"{place}: [~size]"
    flow = server.send(VIBER | to | {"message": {"text": text}}, SMS | nobody | {"message": {"body": text}})
    server.advance(until="idle")
    other = server.send(SMS | to | {"message": {"body": text}}, SMS | nobody | {"message": {"body": text}})
    server.advance(until="idle")
    (viber,) = server.api("GET", f"/failover/tracking/{flow}").json()["messages"]
    (sms,) = server.api("GET", f"/failover/tracking/{other}").json()["messages"]
    assert (viber["body"]["text"], sms["body"]) == ("Eleni: [~size]", "Eleni: [~size]")
    last = server.send(SMS | nobody | {"message": {"body": text}})
    assert server.api("GET", f"/failover/tracking/{last}").json()["messages"][0]["body"] == text


def test_it_needs_the_scope_of_contacts(server: Emulator) -> None:
    """403 without it."""
    assert server.api("GET", LABELS, token=server.token("app", "sms")).status == 403
