"""The calls about Viber templates: list them, hand one in, delete one. Nothing here sends anything.

That there are these calls is documented, and that a template goes to moderation; what their bodies look like is not, so
members and answers are invented.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.channels.templates import Template
from emulator.clock import instants
from emulator.errors import Json
from emulator.http import messages
from emulator.http.openapi import answers, body, in_path, in_query
from emulator.provider.errors import ApiError, generic, invalid, not_found, read_or_refuse
from emulator.provider.incoming import json_sent, remark
from emulator.provider.reading import forms
from emulator.provider.service import Calls, Parts
from emulator.seed import identifier

PATH: Final = "/viber/transactional/templates"
SCOPE: Final = "viber"
"""The scope that a token needs."""
ENTITY: Final = "ViberTemplate"
SENDER: Final = "senderInfoTrackingId"
INVENTED: Final = " The form is invented, since the provider's is not documented."


def routes(parts: Parts) -> list[BaseRoute]:
    """The routes to the doors."""
    door = TemplateDoor(parts)
    return [
        Route(PATH, door.every, methods=["GET"]),
        Route(PATH, door.create, methods=["POST"]),
        Route(f"{PATH}/{{id}}", door.delete, methods=["DELETE"]),
    ]


class TemplateDoor:
    """Shows and changes the templates of an application."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._templates = parts.templates

    async def every(self, request: Request) -> Response:
        """Answer the templates, or those that one sender may send."""
        application, now = self._admitted(request)
        sender = request.query_params.get(SENDER, "")
        found = await self._templates.every(application, now)
        return messages.good([_shown(each) for each in found if not sender or each.sender in ("", sender)])

    async def create(self, request: Request) -> Response:
        """Take a new template, which goes to moderation."""
        application, now = self._admitted(request)
        _, sent = await json_sent(request, self._parts, SCOPE)
        asked, remarks = read_or_refuse(forms.read, sent, "viber-template", ENTITY)
        await remark(request, self._parts, application, remarks)
        sender = request.query_params.get(SENDER, "")
        if not sender:
            raise invalid(ENTITY, {SENDER: "is required, in the query"})
        (number,) = self._parts.store.count(application, ["template"])
        made = Template(
            identifier("template", application, number),
            asked["content"],
            sender,
            asked.get("lang", ""),
            asked.get("name", ""),
            asked.get("category", "transactional"),
            "Pending",
            now,
        )
        await self._templates.put(application, made)
        return messages.good(_shown(made))

    async def delete(self, request: Request) -> Response:
        """Delete a template, whose id can't be used from then on, and answer it."""
        application, now = self._admitted(request)
        name = request.path_params["id"]
        found = await self._templates.delete(application, name, now)
        if found is None:
            raise not_found("viberTemplate", "templateId", name)
        return messages.good(_shown(found))

    def _admitted(self, request: Request) -> tuple[str, int]:
        """The application that calls, and the time on its clock. Raises ApiError 403 for any trouble with its token, as
        these calls do.
        """
        try:
            application = self._parts.access.admitted(request.scope, SCOPE)
        except ApiError as error:
            raise generic(403, error.words) from error
        return application, self._parts.engine.now(application)


def _shown(template: Template) -> Json:
    """A template as these calls answer it; what it lacks is left out."""
    told = {
        "templateId": template.id,
        SENDER: template.sender,
        "name": template.name,
        "lang": template.language,
        "content": template.text,
        "category": template.category,
        "status": template.status,
        "createdAt": instants.written(template.created_at) if template.created_at else "",
    }
    return {name: value for name, value in told.items() if value}


def paths() -> dict[str, Json]:
    """The calls, by path."""
    token: Json = {"security": [{"token": []}]}
    sender = in_query({SENDER: {"type": "string"}})
    every = token | {"summary": f"List the Viber templates.{INVENTED}", "parameters": sender}
    create = token | {"summary": f"Hand in a Viber template.{INVENTED}", "requestBody": body("viber-template")}
    delete = token | {"summary": f"Delete a Viber template.{INVENTED}", "parameters": in_path("{id}")}
    named = [each | {"required": True} for each in sender]
    return {
        PATH: {
            "get": every | answers("403", shape={"type": "array", "items": {"type": "object"}}),
            "post": create | {"parameters": named} | answers("400", "403"),
        },
        f"{PATH}/{{id}}": {"delete": delete | answers("403", "404")},
    }


CALLS: Final = Calls(routes, paths, ("viber-template",))
