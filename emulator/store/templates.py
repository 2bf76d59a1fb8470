"""What a store keeps of an application's Viber templates: those that its calls made, or changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from emulator.channels.templates import Template


class Templates(Protocol):
    """The templates of applications, by their ids."""

    async def put_template(self, application: str, template: Template) -> None:
        """Add a template, or put it in the place of the one with its id."""

    async def template(self, application: str, template_id: str) -> Template | None:
        """A template by its id."""

    async def templates(self, application: str) -> list[Template]:
        """All templates, the first that was added first."""
