"""Reading labels, contacts and ids."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given

from emulator.provider.contacts import reading
from emulator.provider.contacts.reading import Label, Value
from emulator.validation.strict import Invalid, Malformed
from tests.support.bodies import json_values

MOBILE = "+306912345678"


@pytest.mark.parametrize("body", [{"name": "size"}, [{"name": "size"}], [{"name": "size", "type": "Text"}]])
def test_labels_are_an_array_or_one_of_them(body: object) -> None:
    """Of texts, if nothing is said."""
    assert reading.labels(json.dumps(body).encode()) == ([Label("size", "Text")], ())


@pytest.mark.parametrize(
    ("body", "where"),
    [
        ([{"type": "Text"}], "[0].name"),
        ([{"name": None}], "[0].name"),
        ({"name": "two words"}, "name"),
        ([{"name": "a", "type": "Date"}], "[0].type"),
    ],
)
def test_a_wrong_label_is_told_by_its_place(body: object, where: str) -> None:
    """As the client wrote it."""
    with pytest.raises(Invalid) as told:
        reading.labels(json.dumps(body).encode())
    assert list(told.value.properties) == [where]


def test_a_contact_s_number_may_lack_its_plus_and_its_values_may_be_numbers() -> None:
    """They are texts all the same."""
    body = {"mobile": "306912345678", "labels": [{"name": "size", "value": 5}, {"name": "nick", "value": "Ny"}]}
    read, remarks = reading.contact(json.dumps(body).encode())
    assert remarks == (f"mobile has no + and was read as {MOBILE}",)
    assert (read.mobile, read.labels) == (MOBILE, [Value("size", "5"), Value("nick", "Ny")])


@pytest.mark.parametrize(
    ("members", "where"),
    [
        ({"mobile": "12"}, "mobile"),
        ({"mobile": ""}, "mobile"),
        ({"firstName": "x" * 61}, "firstName"),
        ({"lastName": 5}, "lastName"),
        ({"vip": "maybe"}, "vip"),
        ({"labels": [{"value": "x"}]}, "labels[0].name"),
        ({"labels": [{"name": "x", "value": True}]}, "labels[0].value"),
    ],
)
def test_a_wrong_member_of_a_contact_is_told_by_its_place(members: dict[str, object], where: str) -> None:
    """What is allowed, and what was found."""
    with pytest.raises(Invalid) as told:
        reading.contact(json.dumps({"mobile": MOBILE} | members).encode())
    assert list(told.value.properties) == [where]


@pytest.mark.parametrize("body", [["a", "b"], {"contacts": ["a", "b"]}])
def test_ids_are_an_array_or_an_object_with_one(body: object) -> None:
    """As live clients send them, and as it is documented."""
    assert reading.ids(json.dumps(body).encode()) == ["a", "b"]


@given(json_values())
def test_any_body_is_read_or_refused(value: object) -> None:
    """Nothing else is raised."""
    body = json.dumps(value).encode()
    for read in (reading.labels, reading.contact, reading.ids):
        with suppress(Malformed, Invalid):
            read(body)
