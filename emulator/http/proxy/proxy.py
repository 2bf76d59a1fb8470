"""Decides what becomes of what a client asks of its proxy: for the provider's hosts, the emulator itself, others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Final

from starlette.types import Receive, Scope, Send

from emulator.errors import EmulatorError
from emulator.http.protocol import Heads
from emulator.http.proxy import tunnels
from emulator.http.proxy.targets import Address, Refusal, Target, addresses, target
from emulator.http.tls import Tls

HTTPS: Final = 443
ITSELF: Final = "the emulator is not reached through itself; call it at its own address, without the proxy"
NOTHING: Final = "nothing leaves this machine; --proxy-others passes requests for other hosts on"


class Proxy:
    """The proxy that a server is. It serves the hosts in `names` itself, over `tls` too. With `others`, requests for
    other hosts are passed on, but never for those below `domain`, the provider's own. The server listens on `ports`.
    """

    def __init__(self, names: Collection[str], domain: str, tls: Tls, ports: Collection[int], *, others: bool) -> None:
        self._ports = ports
        self._names = names
        self._domain = domain
        self._tls = tls
        self._incidents = tls.incidents
        self._others = others

    async def connect(self, asked: str, client: Heads) -> None:
        """Answer a CONNECT, and be the other end of the tunnel, or reach it."""
        try:
            where = target(asked)
            if where.host in self._names and where.port == HTTPS:
                await self._tls.context()  # may have to be made, or fail
                await tunnels.serve(client, self._tls)
            else:
                await tunnels.relay(client, await self._elsewhere(where))
        except EmulatorError as error:
            self._incidents.proxy_refused(asked, str(error))
            client.refuse(error.status if isinstance(error, Refusal) else 501, str(error))

    def silent(self) -> None:
        """Tell that a client has ended a TLS connection without a request."""
        self._tls.failed()

    def provides(self, asked: str) -> bool:
        """Whether a URL is one of the provider's."""
        return target(asked).host in self._names

    async def forward(self, asked: str, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request for a URL that is none of the provider's. Raises Refusal."""
        from emulator.http.proxy import forwarding  # rarely needed, and h11 with it takes 10 ms

        try:
            places = await self._elsewhere(target(asked))
            if asked.startswith("https:"):
                raise Refusal(400, "a proxy is asked for an https URL by CONNECT")
            await forwarding.forward(places, scope, receive, send)
        except Refusal as refusal:
            self._incidents.proxy_refused(asked, str(refusal))
            raise

    async def is_own(self, asked: str) -> bool:
        """Whether a URL is the emulator's own. Raises Refusal 400."""
        return await self._is_own(target(asked))

    async def _is_own(self, where: Target) -> bool:
        if where.port not in self._ports:
            return False
        try:
            await self._addresses(where)
        except Refusal as refusal:
            return refusal.status == 403
        return False

    async def _elsewhere(self, where: Target) -> list[Address]:
        """The addresses of a host that requests are passed on to. Raises Refusal."""
        if where.host in self._names or f".{where.host}".endswith(self._domain):
            served = " and ".join(f"{name}:{HTTPS}" for name in self._names)
            raise Refusal(403, f"of the provider's hosts, {served} are served here, and none is passed on")
        if not self._others:
            raise Refusal(403, ITSELF if await self._is_own(where) else NOTHING)
        return await self._addresses(where)

    async def _addresses(self, where: Target) -> list[Address]:
        """The addresses of a host. Raises Refusal: 403 if the emulator itself listens at one of them."""
        places = await addresses(where)
        if where.port in self._ports and any(place.own for place in places):
            raise Refusal(403, ITSELF)
        return places
