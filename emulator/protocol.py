"""HTTP/1.1 as real clients speak it: a request that offers an upgrade to h2c is answered as the plain one it also is.

httptools takes such a request's head for the end of the message and stops, so uvicorn would lose its body. Here the
request is not begun until the rest of its bytes have gone through a new parser, its head rewritten without the offer.
No other request pays for that.
"""

from __future__ import annotations

from typing import Final

import httptools
from msgspec import json
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_OFFER: Final = frozenset({b"upgrade", b"connection", b"http2-settings"})


class Protocol(HttpToolsProtocol):
    """uvicorn's protocol on httptools, which no upgrade offer stops."""

    _offered = False

    def data_received(self, data: bytes) -> None:
        """See asyncio.Protocol."""
        self._unset_keepalive_if_required()
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as offer:
            self._offered = False
            again = self._plain_head() + data[offer.args[0] :]
            self.parser = httptools.HttpRequestParser(self)
            self.data_received(again)
        except httptools.HttpParserError:
            self.send_400_response("Invalid HTTP request received.")

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP in the API's shape, and close the connection."""
        body = json.encode({"code": "400000000", "developerMessage": msg})
        head = b"HTTP/1.1 400 Bad Request\r\ncontent-type: application/json\r\ncontent-length: %d\r\nconnection: close"
        self.transport.write(head % len(body) + b"\r\n\r\n" + body)
        self.transport.close()

    def on_headers_complete(self) -> None:
        """Begin the request, unless it is about to come once more in plain form."""
        self._offered = self.parser.should_upgrade()
        if not self._offered:
            super().on_headers_complete()

    def on_message_complete(self) -> None:
        """End the request, if it was begun."""
        if not self._offered:
            super().on_message_complete()

    def _plain_head(self) -> bytes:
        close = any(name == b"connection" and b"close" in value.lower() for name, value in self.headers)
        kept = [(name, value) for name, value in self.headers if name not in _OFFER]
        kept += [(b"connection", b"close")] if close else []
        lines = b"".join(b"%b: %b\r\n" % header for header in kept)
        return b"%b %b HTTP/1.1\r\n%b\r\n" % (self.parser.get_method(), self.url, lines)
