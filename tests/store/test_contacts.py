"""Labels and contacts, in the store's contract."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contacts import Contact, ContactPage
from emulator.store.contract import Store
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
NICK = Contact("1", "+306912345678", "Nick", "Davis", "n@x.example", vip=True, labels={"size": "5"})


async def test_labels_are_defined_all_or_none(store: Store) -> None:
    """The first that is known is named; each application has its own."""
    assert await store.define_labels("app", {"b": "Text", "a": "Number"}) is None
    assert await store.define_labels("app", {"c": "Text", "a": "Text"}) == "a"
    assert list((await store.labels("app")).items()) == [("b", "Text"), ("a", "Number")]
    assert await store.labels("other") == {}
    assert await store.define_labels("other", {"a": "Text"}) is None


async def test_a_contact_is_found_by_its_id_and_by_its_number(store: Store) -> None:
    """As it was put last, among those of its application."""
    assert await store.put_contact("app", NICK)
    assert await store.contact("app", "1") == await store.contact_of("app", NICK.mobile) == NICK
    moved = replace(NICK, mobile="+306900000000", labels={})
    assert await store.put_contact("app", moved, NICK)
    assert (await store.contact("app", "1"), await store.contact_of("app", NICK.mobile)) == (moved, None)
    assert await store.contact("other", "1") is None


async def test_no_two_contacts_have_the_same_number(store: Store) -> None:
    """The second is not put; under another application it is."""
    assert await store.put_contact("app", NICK)
    assert not await store.put_contact("app", replace(NICK, id="2"))
    assert await store.contact("app", "2") is None
    assert await store.put_contact("other", replace(NICK, id="2"))


async def test_a_contact_is_put_in_the_place_of_what_was_read_alone(store: Store) -> None:
    """If somebody has put, changed or dropped it meanwhile, nothing is done."""
    nikos, niko = replace(NICK, first_name="Nikos"), replace(NICK, first_name="Niko")
    assert not await store.put_contact("app", nikos, NICK)
    assert await store.put_contact("app", NICK)
    assert not await store.put_contact("app", nikos)
    assert await store.put_contact("app", nikos, NICK)
    assert not await store.put_contact("app", niko, NICK)
    assert await store.contact("app", "1") == nikos


async def test_labels_and_contacts_are_added_to_those_there_are(store: Store) -> None:
    """What is defined stays as it is; a contact whose number another one has is left out."""
    await store.define_labels("app", {"a": "Text"})
    await store.put_contact("app", NICK)
    nikos, other = replace(NICK, first_name="Nikos"), replace(NICK, id="3", mobile="+306900000003")
    await store.add_contacts("app", {"a": "Number", "b": "Number"}, [nikos, replace(NICK, id="2"), other])
    assert await store.labels("app") == {"a": "Text", "b": "Number"}
    assert await store.contacts("app", 0, 5) == ContactPage(2, [other, nikos])


async def test_contacts_come_in_pages_and_are_dropped_by_their_ids(store: Store) -> None:
    """The latest first; of the ids those that there are count, each once."""
    made = [replace(NICK, id=str(each), mobile=f"+3069000000{each}") for each in (1, 2, 3)]
    for each in made:
        await store.put_contact("app", each)
    assert await store.contacts("app", 1, 1) == ContactPage(3, [made[1]])
    assert await store.contacts("other", 0, 5) == ContactPage(0, [])
    assert await store.drop_contacts("app", ["3", "none", "1", "3"]) == [made[2], made[0]]
    assert await store.contacts("app", 0, 5) == ContactPage(1, [made[1]])


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_a_reset_forgets_labels_and_contacts(store: Store, application: str) -> None:
    """Of one application, or of all."""
    for name in ("app", "other"):
        await store.put_contact(name, NICK)
        await store.define_labels(name, {"a": "Text"})
    await store.reset(application, Entry(NOW, application, None, Reset()))
    for name, kept in (("app", False), ("other", application == "app")):
        assert bool(await store.labels(name)) is bool((await store.contacts(name, 0, 1)).total) is kept
