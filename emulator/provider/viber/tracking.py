"""The door for the tracking of one Viber message. An application sees only its own.

The messages of flows of other services are found here too, by their ids in those flows' faulted.
"""

from __future__ import annotations

from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from emulator.http import messages
from emulator.provider.errors import not_found
from emulator.provider.rendering.chosen import renamed
from emulator.provider.service import Parts
from emulator.provider.tracked import FaultedCalls
from emulator.provider.viber.door import SCOPE
from emulator.provider.viber.rendering import tracked

NOT_FOUND: Final = "404019006"


def routes(parts: Parts) -> list[BaseRoute]:
    """The route to the door."""
    faulted = FaultedCalls(parts)

    async def one(request: Request) -> Response:
        application = parts.access.admitted(request.scope, SCOPE)
        name = request.path_params["id"]
        flows = await parts.store.alike(name, application)
        made = ((flow, tracked(flow, parts.prices, name, parts.senders.named)) for flow in flows)
        flow, found = next((each for each in made if each[1] is not None), (None, None))
        if flow is None or found is None:
            raise not_found("viberTracking", "trackingId", name, NOT_FOUND)
        told = found if flow.choices.viber_picture_key == "imageUrl" else renamed(found, {"imageUrl": "imageURL"})
        return await faulted.answer(request, application, messages.good(told))

    return [Route("/viber/tracking/{id}", one, methods=["GET"])]
