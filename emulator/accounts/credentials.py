"""Reads the credentials of applications: a JSON file, or `id:secret` pairs between commas, for an environment variable.

Which scopes exist is known to `tokens`; how a client sends its credentials is not known here.
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Final

from msgspec import DecodeError, Meta, json

from emulator.accounts.tokens import ROLES, Account
from emulator.errors import EmulatorError
from emulator.validation import encoding
from emulator.validation.hints import meant, quoted

_ACCOUNTS: Final = dict[Annotated[str, Meta(min_length=1)], Account]
_WANTED: Final = (
    '{"APPLICATION_ID": {"secret": "...", "scopes": ["failover", "sms"], "lifetime": 3600, "transcode": true, '
    '"callback": {"url": "https://app.example/hook"}, "twoStepCallback": "https://app.example/codes"}}, '
    "of which only the secret is needed"
)


class CredentialsError(EmulatorError):
    """The credentials can't be read; the message says where, and what is expected there."""


def load(source: str) -> dict[str, Account] | None:
    """The accounts by application id; None for an empty source: any application is served. Raises CredentialsError."""
    if not source:
        return None
    path = Path(source)
    return _file(path) if path.is_file() else _pairs(source)


def _file(path: Path) -> dict[str, Account]:
    text = ""
    try:
        text = encoding.text(path.read_bytes())
        accounts = json.decode(text, type=_ACCOUNTS)
    except OSError as error:
        raise CredentialsError(f"{path}: {error.strerror}; expected {_WANTED}") from error
    except encoding.NotText as error:
        raise CredentialsError(f"{path} {error}") from error
    except DecodeError as error:
        from emulator.validation.locating import located

        raise CredentialsError(f"{path}:{located(text, error, _ACCOUNTS)}; expected {_WANTED}") from error
    for application, account in accounts.items():
        unknown = [scope for scope in account.scopes if scope not in ROLES]
        if unknown:
            wrong = f"{application} has an unknown scope {quoted(unknown[0])}{meant(unknown[0], ROLES)}"
            from emulator.validation.locating import line

            raise CredentialsError(f"{path}:{line(text, [application, 'scopes'])}: {wrong}")
    return accounts


def _pairs(source: str) -> dict[str, Account]:
    if ":" not in source:
        raise CredentialsError(f"{source} is neither a file nor pairs like id:secret,id2:secret2")
    pairs = [pair.partition(":") for pair in source.split(",")]
    if not all(application and secret for application, _, secret in pairs):
        raise CredentialsError("credentials are neither a file nor pairs like id:secret,id2:secret2")
    return {application.strip(): Account(secret.strip()) for application, _, secret in pairs}
