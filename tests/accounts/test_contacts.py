"""The contacts of a file, which every application has from the beginning."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from emulator.accounts.contacts import DeclaredContacts, KnownContacts, load
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.scenario.files import ScenarioError
from emulator.store.contacts import Contact
from emulator.store.sqlite.store import SqliteStore
from emulator.store.stores import store_at
from tests.support import postgres
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
MOBILE = "+306912345678"
FILE = """
- { mobile: "+306912345678", firstName: Nick, email: n@x.example, vip: true, labels: { size: 5, nick: Nicky } }
- { mobile: "+306900000001", labels: { size: 6, nick: 7 } }
"""


def written(folder: Path, text: str) -> DeclaredContacts:
    """What is read of a file with this text."""
    file = folder / "contacts.yaml"
    file.write_text(text)
    return load(str(file))


def test_a_file_has_contacts_with_labels(tmp_path: Path) -> None:
    """A label is one of numbers if all of its values are; without a file there are none."""
    found = written(tmp_path, FILE)
    first, second = found.contacts
    assert first == Contact(
        first.id, MOBILE, "Nick", "", "n@x.example", vip=True, labels={"size": "5", "nick": "Nicky"}
    )
    assert (second.first_name, second.labels, len(second.id)) == ("", {"size": "6", "nick": "7"}, 24)
    assert found.labels == {"size": "Number", "nick": "Text"}
    assert load("") == DeclaredContacts()


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("- { mobile: +306912345678 }", "1:13: [0].mobile: must be a text; found 306912345678: put it in quotes"),
        ('- { mobile: "12" }', "1:13: [0].mobile: must be a phone number in E.164 form"),
        ('- { mobile: "+306912345678", firstname: a }', "did you mean 'firstName'?"),
        (
            '- { mobile: "+306912345678", labels: { a b: c } }',
            "must have names of letters and digits, none of those that each contact has, as its keys",
        ),
        ('- { mobile: "+306912345678", labels: { email: c } }', "as its keys; found email"),
        ('- { mobile: "+306912345678", labels: { a: [] } }', "must be a text of at most 1000 characters, or a number"),
        ('- { mobile: "+306912345678" }\n- { mobile: "+306912345678" }', "2:13: [1].mobile: another entry has"),
    ],
)
def test_what_is_wrong_with_a_file_is_told_in_its_place(tmp_path: Path, text: str, why: str) -> None:
    """In words."""
    with pytest.raises(ScenarioError) as error:
        written(tmp_path, text)
    assert why in str(error.value)


async def test_each_application_has_the_contacts_of_the_file(tmp_path: Path) -> None:
    """Also if many ask at once; what its calls change and delete stays so, until a reset."""
    store = SqliteStore()
    await store.open()
    contacts = KnownContacts(store, written(tmp_path, FILE))
    found = await asyncio.gather(*(contacts.contact_of("app", MOBILE) for _ in range(5)))
    assert [each.first_name for each in found if each] == ["Nick"] * 5
    assert await contacts.labels("app") == {"size": "Number", "nick": "Text"}
    changed = Contact(found[0].id if found[0] else "", MOBILE, "Nikos")
    assert await contacts.put_contact("app", changed, found[0])
    assert await contacts.contact("app", changed.id) == changed
    assert (await contacts.contacts("app", 0, 9)).total == 2
    assert len(await contacts.drop_contacts("app", [changed.id])) == 1
    assert await contacts.contact_of("app", MOBILE) is None
    assert await contacts.contact_of("other", MOBILE)
    assert await contacts.define_labels("third", {"size": "Text"}) == "size"
    await store.reset("app", Entry(NOW, "app", None, Reset()))
    assert await contacts.contact_of("app", MOBILE)
    await store.close()


async def test_emulators_on_one_store_find_them_all_at_once(postgresql: postgres.Server, tmp_path: Path) -> None:
    """Whoever asks first puts them there, and others wait for that."""
    place, declared = postgresql.schema(), written(tmp_path, FILE)
    stores = [store_at(place) for _ in range(2)]
    for store in stores:
        await store.open()
    for name in map(str, range(8)):
        known = [KnownContacts(store, declared) for store in stores]
        pages = await asyncio.gather(*[each.contacts(name, 0, 9) for each in known])
        assert [page.total for page in pages] == [2, 2]
    for store in stores:
        await store.close()


async def test_a_restart_keeps_what_calls_made_of_them(tmp_path: Path) -> None:
    """Unless the file has changed: then it counts."""
    path = str(tmp_path / "store.db")

    async def name(text: str, put: str = "") -> str:
        store = SqliteStore(path)
        await store.open()
        contacts = KnownContacts(store, written(tmp_path, text))
        found = await contacts.contact_of("app", MOBILE)
        assert found
        if put:
            await contacts.put_contact("app", Contact(found.id, MOBILE, put), found)
        await store.close()
        return found.first_name

    assert await name(FILE, put="Nikos") == "Nick"
    assert await name(FILE) == "Nikos"
    assert await name(FILE.replace("Nick,", "Niko,")) == "Niko"


async def test_without_a_file_there_are_only_those_of_calls() -> None:
    """The store is asked alone, and counts nothing."""
    store = SqliteStore()
    await store.open()
    contacts = KnownContacts(store, DeclaredContacts())
    assert await contacts.contact_of("app", MOBILE) is None
    assert store.counters.count("app", [""]) == [1]
    await store.close()
