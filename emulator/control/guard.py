"""Decides who may use the emulator's own API: anybody who can reach it, except web pages of other origins; if a control
token is set, only its bearers; and under which names the provider's API may be called, once names are set. Health
checks, the sink and the CA's certificate are open to all, whatever name they call it by, but not through a tunnel.

A page in a browser may send requests to any address, so requests from other origins are refused by their Origin, or by
Sec-Fetch-Site where a browser sends no Origin. A DNS name that an attacker points at this machine is refused by its
Host: allowed are addresses, localhost, names without a dot (as containers have) and the names in the settings, which
may be globs. Behind a proxy that puts another Host, a page's Origin is what the browser was told: it is good if it is
among the names in the settings.
"""

from __future__ import annotations

import hmac
from contextlib import suppress
from fnmatch import fnmatchcase
from functools import lru_cache
from ipaddress import ip_address
from urllib.parse import SplitResult, urlsplit

from starlette.types import Scope

from emulator.http import messages
from emulator.http.addresses import CONTROL
from emulator.http.protocol import TUNNELLED
from emulator.provider.errors import Problem, generic
from emulator.provider.hosts import DOMAIN
from emulator.settings import Settings
from emulator.validation.hints import quoted

_OPEN = ("/_emulator/health", "/_emulator/ready", "/_emulator/sink", "/_emulator/ca.pem")
_PAGES = (CONTROL, "/_emulator/docs")
_PUBLIC = ("/_emulator/docs/", "/_emulator/page/", "/_emulator/schemas/")
_OWN = ("same-origin", "none", None)
_PORTS = {"http": 80, "https": 443}


def check(scope: Scope, settings: Settings) -> None:
    """Raises Problem 401 or 403 if a call of the emulator's own API is not allowed."""
    if TUNNELLED in scope.get("extensions", ()):
        raise Problem(403, "the emulator's own API is at its own address, not behind the provider's names in its proxy")
    if scope["path"] in _OPEN:
        return
    host, names = messages.header(scope, b"host") or "", settings.host_names
    if not _host_allowed(host, names):
        raise _unknown(host)
    if scope["path"] in _PAGES or scope["path"].startswith(_PUBLIC):
        return  # the page's own files, documentation and schemas are public; the calls that it makes are checked
    origin = messages.header(scope, b"origin")
    if origin is None and messages.header(scope, b"sec-fetch-site") not in _OWN:
        raise Problem(403, "pages of other sites may not use this API")
    if origin is not None and not _same(origin, host) and not _named(_name(origin), names):
        raise Problem(403, f"pages of {quoted(origin)} may not use this API; --allowed-hosts names those that may")
    if settings.control_token:
        _check_token(scope, settings.control_token)


def check_name(scope: Scope, settings: Settings) -> None:
    """Raises ApiError 403 if the provider's API is called by an unknown name. Any name is good, and the provider's
    always, unless the settings have names.
    """
    host, names = messages.header(scope, b"host") or "", settings.host_names
    if names and not _allowed(name := _name(f"//{host}"), names) and not f".{name}".endswith(DOMAIN):
        raise generic(403, str(_unknown(host).body["detail"]))


def _check_token(scope: Scope, expected: str) -> None:
    scheme, _, token = (messages.header(scope, b"authorization") or "").partition(" ")
    given = token.strip().encode("latin-1")  # its bytes as they came
    if scheme.lower() != "bearer" or not hmac.compare_digest(given, expected.encode(errors="surrogateescape")):
        error = Problem(401, "this needs the control token: Authorization: Bearer TOKEN")
        error.headers["WWW-Authenticate"] = 'Bearer realm="failover-emulator"'
        raise error


def _unknown(host: str) -> Problem:
    """The refusal of a name, with what to do about it."""
    name = _name(f"//{host}")
    command = (
        f"restart with `--allowed-hosts {name}` or `EMULATOR_ALLOWED_HOSTS={name}`, or " if name.isprintable() else ""
    )
    return Problem(403, f"the Host {quoted(host)} isn't allowed: {command}call it localhost or by its address")


def _split(url: str) -> SplitResult:
    """The parts of a URL; all empty if it can't be split."""
    try:
        return urlsplit(url)
    except ValueError:
        return urlsplit("")


def _name(url: str) -> str:
    """The name or address in a URL, as it is compared; empty if there is none."""
    return (_split(url).hostname or "").rstrip(".")


def _same(origin: str, host: str) -> bool:
    """Whether an Origin is of the name and port of a Host; either may leave out the port that is its scheme's."""
    page, here = _split(origin), _split(f"//{host}")
    usual = _PORTS.get(page.scheme)
    with suppress(ValueError):  # of a port that is none
        return (page.hostname, page.port or usual) == (here.hostname, here.port or usual)
    return False


def _named(name: str, names: tuple[str, ...]) -> bool:
    """Whether a name is among those in the settings."""
    return bool(name) and any(fnmatchcase(name, each) for each in names)


@lru_cache(maxsize=64)  # clients send few different Hosts
def _host_allowed(host: str, names: tuple[str, ...]) -> bool:
    """Whether the emulator may be called by this Host."""
    return _allowed(_name(f"//{host}"), names)


def _allowed(name: str, names: tuple[str, ...]) -> bool:
    """Whether the emulator may be called by this name or address."""
    if _named(name, names) or name == "host.docker.internal" or name.endswith(".localhost"):
        return True
    return bool(name) and (("." not in name and ":" not in name) or _is_address(name))


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
