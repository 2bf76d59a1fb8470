"""Asking an emulator over HTTP, for the commands: JSON in and out, refusals in words."""

from __future__ import annotations

from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

from msgspec import DecodeError, json

from emulator.errors import EmulatorError, Json


class ExchangeError(EmulatorError):
    """The emulator refused, or can't be reached; the message says what it answered, or why."""


def exchange(url: str, path: str, headers: dict[str, str], body: bytes | None = None, method: str = "") -> Json:
    """The JSON that answers a GET, or a POST if there is a body, or another method. Raises ExchangeError."""
    if urlsplit(url).scheme not in ("http", "https"):
        raise ExchangeError(f"{url} is no http or https URL")
    try:
        with urlopen(Request(url.rstrip("/") + path, body, headers, method=method or None), timeout=60) as answer:  # noqa: S310
            return json.decode(answer.read(), type=Json)
    except HTTPError as error:
        raise ExchangeError(_refusal(error.code, error.read())) from error
    except (OSError, DecodeError) as error:
        raise ExchangeError(f"no emulator answers at {url}: {getattr(error, 'reason', error)}") from error


def _refusal(status: int, body: bytes) -> str:
    try:
        told: Any = json.decode(body)
        properties = "".join(f"\n  {path}: {why}" for path, why in told.get("properties", {}).items())
        message = (
            told.get("detail") or told.get("developerMessage") or told.get("error_description") or told.get("message")
        )
    except (DecodeError, AttributeError):
        return f"refused with {status}: {body[:200].decode(errors='replace')}"
    return f"refused with {status}: {message}{properties}"
