"""The number validator: tells whether a number can exist by its country's numbering plan, of what type it is, and how
it is written. Nothing here is sent, and no number is ever ported.
"""

from __future__ import annotations

import asyncio
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.channels import numbers
from emulator.channels.networks import mccs, networks
from emulator.clock import instants
from emulator.errors import Json
from emulator.http import messages
from emulator.http.openapi import body
from emulator.provider.documenting import answers
from emulator.provider.errors import read_or_refuse
from emulator.provider.incoming import json_sent, remark
from emulator.provider.reading import forms
from emulator.provider.service import Calls, Parts
from emulator.seed import identifier
from emulator.store.sharing import counted

PATH: Final = "/numbervalidator"
SCOPE: Final = "number_validator"
"""The scope that a token needs."""


def routes(parts: Parts) -> list[BaseRoute]:
    """The route to the door."""

    async def validate(request: Request) -> Response:
        application, sent = await json_sent(request, parts, SCOPE)
        asked, remarks = read_or_refuse(forms.read, sent, "number-validation", "NumberValidator")
        await remark(request, parts, application, remarks)
        number = await counted(parts.store, application, "number validation")
        made = {
            "numberValidatorId": identifier("number validation", application, number),
            "to": asked["to"],
            **await asyncio.to_thread(validated, asked["to"]),
            "getPorted": asked.get("getPorted", False),
            "applicationName": application,
            "createdAt": instants.written(parts.engine.now(application)),
        }
        # where a host is stays unknown, since nothing leaves this machine; how the provider tells it is not documented
        return messages.good(made | ({"geo": {"host": asked["host"], "country": ""}} if "host" in asked else {}))

    return [Route(PATH, validate, methods=["POST"])]


def validated(number: str) -> Json:
    """What is told of a number: details and formats only of one in E.164 form. Takes a while at the first call."""
    plan = numbers.plan(number)
    if plan is None:
        return {"valid": False}
    network = numbers.network(number)
    listed = networks().get(plan.country, ())
    code = next((f"{mccs()[plan.country]}{each.mnc}" for each in listed if each.name == network), "")
    return {
        "valid": plan.valid,
        "details": {
            "type": plan.type,
            "countryCode": plan.country,
            "countryPrefix": plan.code,
            "network": network,
            "networkCode": code,
            "ported": False,
        },
        "formats": {"international": plan.international, "national": plan.national, "rfc3966": plan.rfc3966},
    }


def paths() -> dict[str, Json]:
    """The call, by its path."""
    call = {
        "summary": "Validate a phone number.",
        "security": [{"token": []}],
        "requestBody": body("number-validation"),
    }
    return {PATH: {"post": call | answers("400", "403")}}


CALLS: Final = Calls(routes, paths, ("number-validation",))
