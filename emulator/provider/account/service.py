"""The account's calls as a value, for the list in `provider.services`, and their documentation."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import in_query
from emulator.provider.account.door import routes
from emulator.provider.account.pricing import SERVICES
from emulator.provider.documenting import answers
from emulator.provider.service import Calls


def paths() -> dict[str, Json]:
    """The calls, by path."""
    text, count = {"type": "string"}, {"type": "integer", "minimum": 0}
    dated = in_query({"from": text, "to": text, "page": count, "size": {"type": "integer", "minimum": 1}})
    narrowed = in_query({"mcc": text, "mnc": text, "service": {"enum": list(SERVICES)}})
    token: Json = {"security": [{"token": []}]}
    left = token | {"summary": "Tell how much is left on the account."} | answers("403")
    came = token | {"summary": "List what came to the account.", "parameters": dated} | answers("400", "403")
    list_ = token | {"summary": "List the prices of all services.", "parameters": narrowed} | answers("400", "403")
    return {
        "/accounts/me/balance": {"get": left},
        "/accounts/me/transactions": {"get": came},
        "/system/prices": {"get": list_},
    }


CALLS: Final = Calls(routes, paths)
