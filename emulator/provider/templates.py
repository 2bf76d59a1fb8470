"""The calls about Viber templates: list them, hand one in, delete one. Nothing here sends anything.

That there are these calls is documented, and that a template goes to moderation; what their bodies look like is not, so
members and answers are invented.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.channels.templates import OTPS, Template
from emulator.clock import instants
from emulator.errors import Json
from emulator.http import messages
from emulator.http.openapi import body, in_path, in_query
from emulator.provider.documenting import answers
from emulator.provider.errors import ApiError, generic, no_sender, not_found, read_or_refuse
from emulator.provider.incoming import json_sent, remark
from emulator.provider.reading import forms
from emulator.provider.service import Calls, Parts
from emulator.seed import identifier
from emulator.store.sharing import counted
from emulator.validation.hints import hint, quoted
from emulator.validation.strict import Invalid

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
        sender = self._sender(request)
        found = await self._templates.every(application, now)
        return messages.good([_shown(each) for each in found if not sender or each.sender in ("", sender)])

    async def create(self, request: Request) -> Response:
        """Take a new template, which goes to moderation."""
        application, now = self._admitted(request)
        _, sent = await json_sent(request, self._parts, SCOPE)
        sender = request.query_params.get(SENDER, "")
        asked, remarks = read_or_refuse(handed_in, sent, sender)
        self._sender(request)
        await remark(request, self._parts, application, remarks)
        number = await counted(self._parts.store, application, "template")
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
        return messages.good(_shown(await self._templates.find(application, made.id, now) or made))

    async def delete(self, request: Request) -> Response:
        """Delete a template, whose id can't be used from then on, and answer it. The nine for one-time passwords are
        always there: how the provider refuses to delete one is not documented.
        """
        application, now = self._admitted(request)
        name = request.path_params["id"]
        if name in OTPS:
            raise generic(403, f"The template {quoted(name)} is the provider's own, and can't be deleted")
        found = await self._templates.delete(application, name, now)
        if found is None:
            raise not_found("viberTemplate", "templateId", name)
        return messages.good(_shown(found))

    def _sender(self, request: Request) -> str:
        """The sender that the query names, empty for none. Raises ApiError 404 if it is none of the account's."""
        sender, known = request.query_params.get(SENDER, ""), self._parts.senders.viber
        if sender and known is not None and sender not in known:
            raise no_sender(sender, f"{quoted(sender)} is no Viber sender of this account{hint(sender, known)}")
        return sender

    def _admitted(self, request: Request) -> tuple[str, int]:
        """The application that calls, and the time on its clock. Raises ApiError 403 for any trouble with its token, as
        these calls do.
        """
        try:
            application = self._parts.access.admitted(request.scope, SCOPE)
        except ApiError as error:
            if error.status == 400:  # its token is good
                raise
            raise generic(403, error.words) from error
        return application, self._parts.engine.now(application)


def handed_in(body: bytes, sender: str) -> tuple[Json, tuple[str, ...]]:
    """The members of a new template, and remarks on them. Raises Malformed, or Invalid for all that is wrong with the
    body and with the `sender` that the query names.
    """
    wrong = {} if sender else {SENDER: "is required, in the query"}
    try:
        read: tuple[Json, tuple[str, ...]] = forms.read(body, "viber-template", ENTITY)
    except Invalid as error:
        raise Invalid(ENTITY, error.properties | wrong) from None
    if wrong:
        raise Invalid(ENTITY, wrong)
    return read


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
            "get": every | answers("403", "404", shape={"type": "array", "items": {"type": "object"}}),
            "post": create | {"parameters": named} | answers("400", "403", "404"),
        },
        f"{PATH}/{{id}}": {"delete": delete | answers("403", "404")},
    }


CALLS: Final = Calls(routes, paths, ("viber-template",))
