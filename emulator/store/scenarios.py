"""What a store keeps of the scenarios that users write: their texts, by name. No reset forgets one.

Nothing here knows what a text says.
"""

from __future__ import annotations

from typing import Final, Protocol

FACT: Final = "scenario "
"""What the name of the fact begins with that is such a text; the scenario's name follows."""


class Scenarios(Protocol):
    """The texts of scenarios that users keep, for all applications."""

    async def kept_scenarios(self) -> dict[str, str]:
        """The texts by name, sorted."""

    async def keep_scenario(self, name: str, text: str, instead_of: str = "") -> bool:
        """Keep a text, in the place of the one of this name; or if one is named, in its place. False, with nothing
        done, if there is none of that name, or another one has this name.
        """

    async def drop_scenario(self, name: str) -> bool:
        """Forget a text; answer whether there was one."""
