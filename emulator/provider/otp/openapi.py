"""The documentation of Failover OTP, as OpenAPI."""

from __future__ import annotations

from typing import Final

from emulator.errors import Json
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.documenting import answers
from emulator.provider.otp.request import PATH, SEND

SCHEMAS: Final = ("failover-otp", "sms-step", "definitions")
"""The schema files that the paths refer to."""


def paths() -> dict[str, Json]:
    """The calls of the service, by path."""
    token: Json = {"security": [{"token": []}]}
    send = token | {"summary": "Send a one-time password.", "requestBody": body("failover-otp")}
    one = token | {"summary": "Tell the story of one password.", "parameters": in_path("{id}")}
    texts = {name: {"type": "string"} for name in ("status", "tag", "phone_number", "flow_id")}
    pages: Json = {"limit": {"type": "integer", "minimum": 1}, "offset": {"type": "integer", "minimum": 0}}
    listed = token | {"summary": "List stories.", "parameters": in_query(texts | pages)}
    return {
        PATH: {"get": {"summary": "Tell what the service is."} | answers()},
        f"{PATH}/health": {"get": {"summary": "Tell that the service is there."} | answers()},
        SEND: {"post": send | answers("403", "422")},
        f"{PATH}/otp/failover": {"get": listed | answers("403", "422")},
        f"{PATH}/otp/failover/{{id}}": {"get": one | answers("403", "404")},
        f"{PATH}/otp/templates": {"get": token | {"summary": "List the templates."} | answers("403")},
    }
