"""The road to a receiver: its origin, where callbacks may go, and in words why one did not get there."""

from __future__ import annotations

import fnmatch
import re
import socket
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, urlsplit

_MARKS = ("/.dockerenv", "/run/.containerenv")
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  # compared with, not listened on
_ORIGIN: Final = re.compile("[^/?#]*(//[^/?#]*)?")


def origin(url: str) -> str:
    """The scheme, host and port of any text that begins like a URL, in small letters."""
    found = _ORIGIN.match(url)
    return found[0].lower() if found else ""


def allowed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether callbacks may go to this URL. `hosts` are names, globs or networks, in small letters; none allow all."""
    name = (_split(url).hostname or "").lower()
    return not hosts or any(_covers(host, name) for host in hosts)


def _split(url: str) -> SplitResult:
    """The parts of a URL; none of one that cannot be split, such as that of an address with too many colons."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _covers(host: str, name: str) -> bool:
    try:
        return ip_address(name) in ip_network(host, strict=False)
    except ValueError:
        return fnmatch.fnmatchcase(name, host)


def advice(url: str, error: BaseException) -> str:
    """What an error on the way to a URL means, and what would work from here; empty if nothing is to be said."""
    parts = _split(url)
    name, cause = parts.hostname or "", error.__cause__ or error
    if isinstance(cause, socket.gaierror) and name:
        return f"the name {name} means nothing here; {_from_here()}"
    if isinstance(cause, ConnectionRefusedError):
        port = parts.port or (443 if parts.scheme == "https" else 80)
        if name in _LOOPBACK and in_container():
            return f"nothing listens on port {port} of this container, which is what {name} is here; {_from_here()}"
        return f"nothing listens on port {port} of {name}"
    return ""


def in_container() -> bool:
    """Whether this process runs in a container."""
    return any(Path(mark).exists() for mark in _MARKS)


def _from_here() -> str:
    if in_container():
        return "from a container, your machine is host.docker.internal and another container its service name"
    return "from here, this machine is localhost; a container's service name is known only to other containers"
