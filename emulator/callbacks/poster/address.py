"""A callback's URL as it goes over the wire: requested as given, without its fragment. Nothing is normalised, decoded
or encoded again; only bytes that a request line can't hold are percent-encoded. Pure.
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
    """A parsed URL, ready to be posted to.

    `host` is the name in ASCII, for the look-up and the certificate. `key` (https or not, host, port) tells which posts
    share connections. `head` is the request up to and without the value of Content-Length, which is its last header.
    """

    target: Target
    host: str
    key: tuple[bool, str, int]
    head: bytes


def address(url: str) -> Address:
    """Parse a URL; its name and password become Basic authentication. Raises TargetError if it can't be posted to."""
    target = destination.target(url)
    host = target.ascii_host
    place = destination.bracketed(host) + ("" if target.standard else f":{target.port}")
    path = _UNSENDABLE.sub(lambda found: b"%%%02X" % found[0][0], target.path.encode(errors="surrogatepass"))
    headers = f"Host: {place}\r\n"
    if target.user:
        name, _, password = target.user.partition(":")
        pair = f"{unquote(name)}:{unquote(password)}".encode(errors="surrogatepass")
        headers += f"Authorization: Basic {b64encode(pair).decode()}\r\n"
    headers += "Content-Type: application/json\r\nContent-Length: "
    head = b"POST %b HTTP/1.1\r\n%b" % (path, headers.encode())
    return Address(target, host, (target.secure, host, target.port), head)
