"""Where a callback is posted, as it goes over the wire. The URL is requested as it was given: nothing is normalised,
decoded or encoded again; only what no request line can hold is percent-encoded. Pure.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import Final
from urllib.parse import unquote

from msgspec import Struct

from emulator.callbacks import destination
from emulator.callbacks.destination import Target

_UNSENDABLE: Final = re.compile(rb"[\x00-\x20\x7f-\xff]")


class Address(Struct, frozen=True):
    """A URL, read once. `origin` is what connections are shared by, `host` the name to look up and to find in the
    certificate, `head` the request's beginning up to the length of its body.
    """

    target: Target
    host: str
    origin: tuple[bool, str, int]
    head: bytes


def address(url: str) -> Address:
    """The address that a URL names. Raises TargetError for one that can't be posted to."""
    target = destination.target(url)
    host = target.ascii_host
    return Address(target, host, (target.secure, host, target.port), _head(target, host))


def _head(target: Target, host: str) -> bytes:
    place = destination.bracketed(host) + ("" if target.standard else f":{target.port}")
    path = _UNSENDABLE.sub(lambda found: b"%%%02X" % found[0][0], target.path.encode(errors="surrogatepass"))
    headers = f"Host: {place}\r\n{_authorization(target.user)}Content-Type: application/json\r\nContent-Length: "
    return b"POST %b HTTP/1.1\r\n%b" % (path, headers.encode())


def _authorization(user: str) -> str:
    """The header that a name and password in the URL become."""
    if not user:
        return ""
    name, _, password = user.partition(":")
    pair = f"{unquote(name)}:{unquote(password)}".encode(errors="surrogatepass")
    return f"Authorization: Basic {b64encode(pair).decode()}\r\n"
