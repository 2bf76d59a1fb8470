"""The Viber templates of applications: the nine for one-time passwords, those of a file, and those that calls made.

Without a file, there may be a template of any other id too, of which nothing is known; with one, there is none.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from msgspec.structs import replace

from emulator.channels.templates import OTPS, Template
from emulator.store.templates import Templates

DELETED: Final = "Deleted"


class KnownTemplates:
    """What is known of templates. `store` keeps those of each application's calls, which are approved `moderation`
    seconds later; `declared` are those of a file, by id, which all applications have; None without a file.
    """

    def __init__(self, store: Templates, declared: Mapping[str, Template] | None, moderation: int) -> None:
        self._store = store
        self._shared = {**OTPS, **(declared or {})}
        self._moderation = moderation * 1000
        self.complete = declared is not None

    async def find(self, application: str, template_id: str, now: int) -> Template | None:
        """An application's template by its id, as it stands at `now` (ms); None if nothing is known of it."""
        found = await self._store.template(application, template_id)
        return self._shared.get(template_id) if found is None else self._standing(found, now)

    async def every(self, application: str, now: int) -> list[Template]:
        """All templates of an application that are not deleted, as they stand at `now`."""
        own = {template.id: self._standing(template, now) for template in await self._store.templates(application)}
        return [template for template in (self._shared | own).values() if template.status != DELETED]

    async def put(self, application: str, template: Template) -> None:
        """Keep a template of an application's."""
        await self._store.put_template(application, template)

    async def delete(self, application: str, template_id: str, now: int) -> Template | None:
        """Delete a template for an application, which may be one of a file; answer it, None if there is none."""
        found = await self.find(application, template_id, now)
        if found is None or found.status == DELETED:
            return None
        gone = replace(found, status=DELETED)
        await self.put(application, gone)
        return gone

    def _standing(self, template: Template, now: int) -> Template:
        """A template that a call made, with its status at `now`."""
        approved = template.status == "Pending" and now >= template.created_at + self._moderation
        return replace(template, status="Approved") if approved else template


def load(file: str) -> Mapping[str, Template] | None:
    """The templates in a file, by id; None for an empty name. Raises ScenarioError with all that is wrong."""
    if not file:
        return None
    from emulator.scenario.files.declared import declared  # takes longer than a start without a file should

    made = {
        each["id"]: Template(
            each["id"],
            each["text"],
            each.get("sender", ""),
            each.get("language", ""),
            each.get("name", ""),
            each.get("category", "transactional"),
            "Approved" if each.get("approved", True) else "Pending",
        )
        for each in declared(file, "templates", {"": "id"})
    }
    return MappingProxyType(made)
