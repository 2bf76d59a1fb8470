"""Decides who may use the emulator's own API: anybody who can reach it, except web pages of other origins; if a control
token is set, only its bearers.

A page in a browser may send requests to any address, so requests from other origins are refused by their Origin, or by
Sec-Fetch-Site where a browser sends no Origin. A DNS name that an attacker points at this machine is refused by its
Host: allowed are addresses, localhost, names without a dot (as containers have) and the names in the settings.
"""

from __future__ import annotations

import hmac
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.types import Scope

from emulator.provider import access
from emulator.provider.errors import CONTROL, Problem
from emulator.settings import Settings

_OPEN = ("/_emulator/health", "/_emulator/ready", "/_emulator/sink")
_PAGE = "/_emulator/page/"
_OWN = ("same-origin", "none", None)


def check(scope: Scope, settings: Settings) -> None:
    """Raises Problem 401 or 403 if a call of the emulator's own API is not allowed."""
    host = access.header(scope, b"host") or ""
    if not _allowed(host, settings.host_names):
        raise Problem(403, f"the Host '{host}' is none of this emulator's; --allowed-hosts names more")
    if scope["path"] == CONTROL or scope["path"].startswith(_PAGE):
        return  # the page's own files are public; the calls that it makes are checked
    origin = access.header(scope, b"origin")
    if origin is not None and _split(origin).netloc != host:
        raise Problem(403, f"pages of {origin} may not use this API")
    if access.header(scope, b"sec-fetch-site") not in _OWN:
        raise Problem(403, "pages of other sites may not use this API")
    if settings.control_token and scope["path"] not in _OPEN:
        scheme, _, token = (access.header(scope, b"authorization") or "").partition(" ")
        expected = settings.control_token.encode()
        if scheme.lower() != "bearer" or not hmac.compare_digest(token.strip().encode(), expected):
            error = Problem(401, "this needs the control token: Authorization: Bearer TOKEN")
            error.headers["WWW-Authenticate"] = 'Bearer realm="failover-emulator"'
            raise error


def _split(url: str) -> SplitResult:
    """The parts of a URL; all empty if it can't be split."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _allowed(host: str, allowed: tuple[str, ...]) -> bool:
    """Whether a Host header has a name or address under which the emulator may be called."""
    name = (_split(f"//{host}").hostname or "").rstrip(".")
    if name in allowed or name == "host.docker.internal" or name.endswith(".localhost"):
        return True
    return bool(name) and (("." not in name and ":" not in name) or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
