"""The door to what the emulator was started with: its settings without secrets, its CA."""

from __future__ import annotations

import asyncio
from typing import Final

from msgspec import UNSET, UnsetType, defstruct
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from emulator import __version__
from emulator.clock.clock import INSTANT, ShownRate
from emulator.http import messages
from emulator.http.tls import AuthorityError, Tls
from emulator.provider.errors import Problem
from emulator.settings import Settings, table
from emulator.store.places import shown

_SECRET: Final = {setting.name for setting in table() if setting.option.secret}
_SHOWN: Final = [
    (setting.name, ShownRate | None if setting.name == "rate" else Settings.__annotations__[setting.name])
    for setting in table()
    if setting.name not in _SECRET | {"seed"}
]
ShownSettings: Final = defstruct("ShownSettings", [("version", str), *_SHOWN, ("seed", str | UnsetType, UNSET)])
PEM: Final = "application/x-pem-file"


class SettingsDoor:
    """Shows the settings, and the CA's certificate."""

    def __init__(self, settings: Settings, tls: Tls) -> None:
        self._settings = settings
        self._tls = tls

    async def certificate(self, _: Request) -> Response:
        """Answer the certificate, as PEM, of the CA that has signed those of the TLS port and the proxy. 404, with the
        reason, if there is none and none can be made.
        """
        try:
            found = await asyncio.to_thread(self._tls.authority.certificate)
        except AuthorityError as error:
            raise Problem(404, str(error)) from error
        return Response(found, media_type=PEM)

    async def settings(self, _: Request) -> Response:
        """Answer the emulator's version and settings; secrets are left out, and without a control token the seed, from
        which ids follow.
        """
        hidden = _SECRET if self._settings.control_token else _SECRET | {"seed"}
        settings = {name: value for name, value in asdict(self._settings).items() if name not in hidden}
        settings["store"] = shown(self._settings.store)
        rate = "instant" if self._settings.rate == INSTANT else self._settings.rate
        return messages.good({"version": __version__} | settings | {"rate": rate})
