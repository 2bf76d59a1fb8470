"""Where callbacks go: URLs taken apart, the hosts that are allowed, and in words why a receiver can't be reached.

It makes no connection and looks no name up.
"""

from __future__ import annotations

import fnmatch
import re
import socket
from functools import lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path
from typing import Final

from msgspec import Struct

from emulator.errors import EmulatorError

_MARKS = ("/.dockerenv", "/run/.containerenv")
_LOOPBACK = ("localhost", "127.0.0.1", "::1", "0.0.0.0")  # noqa: S104  # compared with, not listened on
_ORIGIN: Final = "[^/?#]*(//[^/?#]*)?"
_URL: Final = (  # compiled when first used, as _LABELS is, since that takes a millisecond of the start
    r"(?is)(?P<scheme>https?)://((?P<user>[^/?#]*)@)?(\[(?P<address>[^][/?#@%]+)\]|(?P<name>[^][/?#@:\\]+))(:(?P<port>[0-9]*))?"
    r"(?P<path>[/?][^#]*)?(#.*)?"
)
_LABEL: Final = r"[!\"$-\-0-9;->A-\[\]-~]{1,63}"
"""Visible ASCII without ./?#@:\\; listed by what is in it, since a negated class takes milliseconds to compile."""
_LABELS: Final = rf"{_LABEL}(\.{_LABEL})*\.?"
_KEYED: Final = r"(?i)((?:^|&)[^=&#]*(?:key|token|secret|passw|pwd|sig|auth)[^=&#]*=)[^&#]+"
"""A member of a query whose name is that of a secret."""
_NOT_TLS: Final = ("WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG")


class TargetError(EmulatorError):
    """A URL can't be posted to; the message quotes it."""


class Target(Struct, frozen=True):
    """An http or https URL taken apart. `user` is its name and password, still encoded; `host` is in small letters, an
    IPv6 address without its brackets; `path` has the query too, as given, without the fragment.
    """

    secure: bool
    user: str
    host: str
    port: int
    path: str

    @property
    def standard(self) -> bool:
        """Whether the port is the default of the scheme."""
        return self.port == (443 if self.secure else 80)

    @property
    def ascii_host(self) -> str:
        """The host in IDNA, as DNS and certificates have it. Raises UnicodeError if it has no such form."""
        return self.host if self.host.isascii() else self.host.encode("idna").decode()

    @property
    def place(self) -> str:
        """Host and port, as messages show them."""
        return f"{bracketed(self.host)}:{self.port}"


def target(url: str) -> Target:
    """Take a URL apart. Raises TargetError if it is no http or https URL, or has a host or port that can't exist."""
    found = re.fullmatch(_URL, url)
    if found is None:
        raise TargetError(f"{masked(url)} is no http or https URL")
    secure, port = found["scheme"].lower() == "https", int(found["port"] or 0)
    path = found["path"] or ""
    read = Target(
        secure=secure,
        user=found["user"] or "",
        host=(found["address"] or found["name"]).lower(),
        port=port or (443 if secure else 80),
        path=path if path.startswith("/") else f"/{path}",
    )
    host: object
    try:
        host = re.fullmatch(_LABELS, read.ascii_host) if found["name"] else ip_address(read.host)
    except ValueError:  # no IPv6 address, or a name without a form in IDNA
        host = None
    if host is None or port > 65_535:
        raise TargetError(f"{masked(url)} is no URL: its host or port can't be")
    return read


def bracketed(host: str) -> str:
    """A host as URLs have it: an IPv6 address in brackets."""
    return f"[{host}]" if ":" in host else host


@lru_cache(1024)
def origin(url: str) -> str:
    """The scheme, host and port of a URL in small letters, as it writes them; this works for any text."""
    found = re.match(_ORIGIN, url)
    return found[0].lower() if found else ""


def shown(place: str) -> str:
    """An origin as the log shows it: without a name and password."""
    scheme, slashes, rest = place.partition("//")
    return f"{scheme}{slashes}{rest.rpartition('@')[2]}"


def masked(url: str) -> str:
    """A URL as the journal shows it: without a password, and without what its query has under the name of a secret."""
    if "@" not in url and "?" not in url:
        return url
    before, mark, query = url.partition("?")
    scheme, slashes, rest = before.partition("//")
    authority, slash, path = rest.partition("/")
    user, at, place = authority.rpartition("@")
    user = "…" if user else user
    return f"{scheme}{slashes}{user}{at}{place}{slash}{path}{mark}" + re.sub(_KEYED, r"\1…", query)


def allowed(url: str, hosts: tuple[str, ...]) -> bool:
    """Whether callbacks may go to this URL. `hosts` are names, globs or networks in small letters; empty allows all."""
    if not hosts:
        return True
    try:
        name = target(url).host
    except TargetError:
        return False
    return any(_covers(host, name) for host in hosts)


def _covers(host: str, name: str) -> bool:
    """Whether an allowed host (a network, name or glob) covers this name or address."""
    try:
        return ip_address(name) in ip_network(host, strict=False)
    except ValueError:
        return fnmatch.fnmatchcase(name, host)


def why(to: Target, error: BaseException) -> str:
    """Why no connection to a receiver was established, in words, with a hint at what would work."""
    match error:
        case socket.gaierror():
            return f"the name {to.host} means nothing here; {_from_here()}"
        case ConnectionRefusedError() if to.host in _LOOPBACK and in_container():
            return (
                f"nothing listens on port {to.port} of this container, which is what {to.host} is here; {_from_here()}"
            )
        case ConnectionRefusedError():
            return f"nothing listens on port {to.port} of {to.host}"
    reason = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return _tls_failure(to, error) or f"no connection to {to.place}: {reason}"


def _tls_failure(to: Target, error: BaseException) -> str:
    """Why TLS failed, in words; empty if it was something else."""
    from ssl import SSLCertVerificationError, SSLEOFError, SSLError

    match error:
        case SSLCertVerificationError() if error.verify_message.startswith(
            ("Hostname mismatch", "IP address mismatch")
        ):
            return f"the certificate of {to.place} is not for {to.host}; --callback-insecure takes any"
        case SSLCertVerificationError():
            trust = "--callback-ca FILE trusts who signed it, --callback-insecure takes any"
            return f"the certificate of {to.place} can't be trusted ({error.verify_message}); {trust}"
        case SSLEOFError() | ConnectionResetError() if to.secure:
            return f"{to.place} closed the connection when TLS was offered; is it http instead of https?"
        case SSLError() if error.reason in _NOT_TLS:
            return f"{to.place} does not speak TLS; is it http instead of https?"
    return ""


def in_container() -> bool:
    """Whether this process runs in a container."""
    return any(Path(mark).exists() for mark in _MARKS)


def _from_here() -> str:
    """Which names work from where this process runs."""
    if in_container():
        return "from a container, your machine is host.docker.internal and another container its service name"
    return "from here, this machine is localhost; a container's service name is known only to other containers"
