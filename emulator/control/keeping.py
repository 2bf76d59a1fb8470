"""The door to the scenarios that users write: keep their texts, change and rename them, delete them.

Which of them is in force is up to `scenarios`.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from typing import Final

from msgspec import Struct
from starlette.requests import Request
from starlette.responses import Response

from emulator.control import bodies
from emulator.control.library import read_text
from emulator.control.scenarios import INLINE, loaded
from emulator.engine.library import Library
from emulator.engine.steering import Steering
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario import files
from emulator.validation.hints import hint, quoted

LONGEST: Final = 100
"""How many characters the name of a scenario that is kept has at most."""


class KeepBody(Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The `text` of a scenario, in YAML or JSON, to keep under the name in the path, and `insteadOf`, the name that it
    had so far, if that changes.
    """

    text: str
    instead_of: str = ""


class KeepingDoor:
    """Keeps texts in the store."""

    def __init__(self, library: Library, steering: Steering) -> None:
        self._library = library
        self._steering = steering

    async def keep(self, request: Request) -> Response:
        """Keep a scenario's text under a name, or change it or its name. Where the one of that name that was kept is in
        force, the new one is. Refused with 400 if something is wrong with it, with 409 if a file has its name.
        """
        name, body = request.path_params["id"], await bodies.decoded(request, KeepBody)
        catalogue, kept = self._library.catalogue, await self._library.kept()
        if len(name) > LONGEST or not files.NAME.fullmatch(name):
            raise Problem(
                400, f"a scenario is kept under a name of {files.NAMED_OF}, {LONGEST} at most; this is {quoted(name)}"
            )
        if name == INLINE or name in catalogue.names():
            whose = "is what texts without a name are called" if name == INLINE else "is that of a file"
            raise Problem(409, f"the name {quoted(name)} {whose}; keep it under another")
        _check(name, body.instead_of, kept)
        scenario = await loaded(catalogue.read, body.text, name, f"{name}.yaml")
        if scenario.name != name:
            raise Problem(400, f"the text has the name {quoted(scenario.name)}; keep it under that one, or change it")
        while not await self._steering.keep(scenario, body.text, body.instead_of):  # another call was first
            _check(name, body.instead_of, await self._library.kept())
        return messages.good(await asyncio.to_thread(read_text, catalogue, name, body.text, kept=True))

    async def drop(self, request: Request) -> Response:
        """Delete a scenario whose text is kept; answer it. Where it is in force, it stays so."""
        name, kept = request.path_params["id"], await self._library.kept()
        if name not in kept or not await self._steering.drop(name):
            what = "it has a file" if name in self._library.catalogue.names() else "there is no such text"
            raise Problem(404, f"no scenario {quoted(name)} is kept: {what}{hint(name, kept)}")
        return messages.good(await asyncio.to_thread(read_text, self._library.catalogue, name, kept[name], kept=False))


def _check(name: str, instead_of: str, kept: Collection[str]) -> None:
    """Raises Problem if a scenario can't be kept under a name in the place of another one."""
    if instead_of and instead_of not in kept:
        raise Problem(404, f"no scenario {quoted(instead_of)} is kept{hint(instead_of, kept)}")
    if instead_of not in {"", name} and name in kept:
        raise Problem(409, f"another scenario is kept as {quoted(name)}; delete that one first")
