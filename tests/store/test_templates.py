"""Viber templates, in the store's contract."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from emulator.channels.templates import Template
from emulator.clock.clock import EVERYBODY
from emulator.journal.entry import Entry
from emulator.journal.kinds import Reset
from emulator.store.contract import Store
from tests.support.samples import NOW

pytestmark = pytest.mark.anyio
ONE = Template("1", "Parcel {{n}}", "s1", "en", "parcel", "transactional", "Pending", NOW)


async def test_a_template_is_found_as_it_was_put_last(store: Store) -> None:
    """Among those of its application, in the order in which they were added."""
    await store.put_template("app", ONE)
    await store.put_template("app", replace(ONE, id="2"))
    await store.put_template("app", replace(ONE, status="Deleted"))
    assert await store.template("app", "1") == replace(ONE, status="Deleted")
    assert [each.id for each in await store.templates("app")] == ["1", "2"]
    assert (await store.template("app", "3"), await store.template("other", "1")) == (None, None)
    assert await store.templates("other") == []


@pytest.mark.parametrize("application", ["app", EVERYBODY])
async def test_a_reset_forgets_templates(store: Store, application: str) -> None:
    """Of one application, or of all."""
    for name in ("app", "other"):
        await store.put_template(name, ONE)
    await store.reset(application, Entry(NOW, application, None, Reset()))
    assert await store.templates("app") == []
    assert len(await store.templates("other")) == (application == "app")
