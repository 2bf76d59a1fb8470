"""Merging recipients' values into the texts of requests."""

from __future__ import annotations

import pytest
from msgspec import UNSET
from msgspec.structs import replace

from emulator.flow.request import Request, SmsStep, Step, ViberStep
from emulator.provider.merging import known, merged, values
from emulator.provider.sending import may_merge
from emulator.store.contacts import Contact
from emulator.store.sqlite.store import SqliteStore
from tests.support.samples import NUMBER, sms, viber, voice

NICK = Contact("1", NUMBER, "Nick", labels={"nick": "Ny"})


def test_what_is_known_of_a_contact_has_no_empty_values() -> None:
    """Its country follows from its number."""
    assert known(NICK) == {"firstName": "Nick", "mobile": NUMBER, "country": "GR", "nick": "Ny"}


@pytest.mark.anyio
async def test_each_step_gets_its_own_recipient_s_values() -> None:
    """Steps without a place stay the same objects; of Viber only the text is merged."""
    store = SqliteStore()
    await store.open()
    await store.put_contact("app", NICK)
    text = viber()
    steps: list[Step] = [
        sms(body="[~nick]"),
        replace(text, message=replace(text.message, text="[~{firstName}]")),
        voice(),
        sms(),
    ]
    made, remarks = await merged(store, "app", Request([*steps, sms(to="+306900000000", body="[~nick]")]))
    first, second, *others, last = made.flow
    assert isinstance(first, SmsStep)
    assert isinstance(second, ViberStep)
    assert isinstance(last, SmsStep)
    assert (first.message.body, second.message.text, last.message.body) == ("Ny", "Nick", "[~nick]")
    assert [other is step for other, step in zip(others, steps[2:], strict=True)] == [True, True]
    assert remarks == ("[~nick] stays, since +306900000000 has no value for it",)
    assert await values(store, "app", NUMBER.removeprefix("+")) == known(NICK)
    assert await values(store, "other", NUMBER) == {}
    await store.close()


@pytest.mark.anyio
async def test_a_request_without_places_is_the_same_object() -> None:
    """Nothing is looked up."""
    image = viber()
    plain = Request([sms(), replace(image, message=replace(image.message, text=UNSET)), voice()])
    made, remarks = await merged(SqliteStore(), "app", plain)
    assert (made is plain, remarks) == (True, ())


@pytest.mark.parametrize(
    ("body", "may"), [(b"[~x]", True), (rb"\u005b\u007Ex]", True), (rb"[\u007ex]", True), (rb"\u00e9 [x]", False)]
)
def test_a_body_tells_whether_it_may_have_a_place(body: bytes, may: bool) -> None:
    """However JSON writes it."""
    assert may_merge(body) is may
