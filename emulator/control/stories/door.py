"""The door to stories: which there are, how they stand, and who plays, pauses and steps them. Several can be played at
the same time, each once.
"""

from __future__ import annotations

import asyncio
from typing import Annotated, Literal

from msgspec import Meta, Struct
from msgspec.structs import asdict
from starlette.requests import Request
from starlette.responses import Response

from emulator.clock.clock import EVERYBODY
from emulator.control import bodies
from emulator.control.stories import story as stories
from emulator.control.stories.inside import Inside
from emulator.control.stories.playing import Playing, Stand
from emulator.control.stories.story import Story
from emulator.emulation import Emulation
from emulator.http import messages
from emulator.provider.errors import Problem
from emulator.scenario.files import ScenarioError
from emulator.validation.hints import meant, quoted


class StoryAct(Struct, frozen=True, forbid_unknown_fields=True):
    """What a story shall do: `play`, or go on; `pause`; `step`, one scene; `replay`, from its beginning; `stop`, which
    takes it back there. When it plays, each scene stands `pace` times as long as it says: 0 is at once.
    """

    act: Literal["play", "pause", "step", "replay", "stop"]
    pace: Annotated[float, Meta(ge=0, le=100)] = 1.0


class ShownScene(Struct):
    """A scene: its caption (empty: that of the one before), what is `done` in it (empty: nothing), how many seconds it
    stands, and the id of the flow that it showed (null: none, or it has not begun).
    """

    say: str
    done: str
    seconds: float
    flow: str | None


class ListedStory(Struct):
    """A story in the list of all: its name and purpose, the application that sends, whether it is the user's `own`.
    And how it stands: how many scenes have begun (`scene`), the `caption` that is said, the ids of the flow that is
    shown (null: none) and of those that have names, and the `problem` that ended it. One whose file is wrong has only
    a name and a `problem`.
    """

    name: str
    purpose: str
    application: str
    own: bool
    stand: Stand
    scene: int
    caption: str
    flow: str | None
    flows: dict[str, str]
    problem: str


class ShownStory(ListedStory, kw_only=True):
    """A story with its scenes."""

    scenes: list[ShownScene]


class StoriesList(Struct):
    """All stories: those that are shipped, and the user's."""

    stories: list[ListedStory]


class StoryDoor:
    """Shows stories and has them played."""

    def __init__(self, emulation: Emulation) -> None:
        self._emulation = emulation
        self._folder = emulation.settings.scenarios
        self._played: dict[str, Playing] = {}

    async def all(self, _: Request) -> Response:
        """Answer all stories, by name: those that are shipped, and the user's, which are in the folder `stories` inside
        that of --scenarios.
        """
        names = await asyncio.to_thread(stories.story_files, self._folder)
        return messages.good(StoriesList([await self._listed(name) for name in sorted(names)]))

    async def one(self, request: Request) -> Response:
        """Answer one story with its scenes, and how it stands."""
        return await self._shown(request.path_params["id"])

    async def act(self, request: Request) -> Response:
        """Play a story, pause it, do its next scene, or begin it again; it is played by the emulator, whoever looks on.
        The answer to a step comes when the scene is done.
        """
        name, body = request.path_params["id"], await bodies.decoded(request, StoryAct)
        playing = self._played.get(name)
        if playing and body.act in {"replay", "stop"}:
            await playing.pause()
        over = playing is None or playing.stand in {Stand.ENDED, Stand.FAILED}
        if body.act == "replay" or (over and body.act in {"play", "step"}):
            playing = self._played[name] = await self._new(name, request)
        if playing is None or body.act == "stop":
            self._played.pop(name, None)
        elif body.act == "pause":
            await playing.pause()
        elif body.act == "step":
            await playing.step()
        else:
            await playing.play(body.pace)
        return await self._shown(name)

    def forget(self, application: str) -> None:
        """Take the stories of an application, or all, back to their beginning, since what they have sent is gone; but
        not one that clears the application itself.
        """
        for name, playing in list(self._played.items()):
            if application in {EVERYBODY, playing.story.application} and not playing.begins:
                playing.abandon()
                del self._played[name]

    async def _new(self, name: str, request: Request) -> Playing:
        """A story at its beginning. Raises Problem."""
        story, secret = await self._read(name), "story"
        accounts = self._emulation.declared.accounts
        if accounts is not None:
            if story.application not in accounts:
                known = f"the credentials have no application {quoted(story.application)}"
                raise Problem(
                    409, f"{known}{meant(story.application, accounts)}; a story's `application` says who sends"
                )
            secret = accounts[story.application].secret
        inside = Inside(request.app, request.scope, self._emulation.settings.port)
        return Playing(story, inside, self._emulation.engine, secret, self._emulation.closing)

    async def _read(self, name: str) -> Story:
        try:
            return await asyncio.to_thread(stories.find, name, self._folder)
        except ScenarioError as error:
            there = await asyncio.to_thread(stories.story_files, self._folder)
            raise Problem(409 if name in there else 404, str(error)) from error

    async def _listed(self, name: str) -> ListedStory:
        try:
            return listed(await self._read(name), self._played.get(name))
        except Problem as error:
            return ListedStory(name, "", "", True, Stand.FAILED, 0, "", None, {}, str(error.body["detail"]))  # noqa: FBT003

    async def _shown(self, name: str) -> Response:
        playing = self._played.get(name)
        story = playing.story if playing else await self._read(name)
        flows = [*(playing.shown if playing else ()), *[""] * len(story.scenes)]
        scenes = [
            ShownScene(scene.say, next(iter(scene.done), ""), scene.seconds, flow or None)
            for scene, flow in zip(story.scenes, flows, strict=False)
        ]
        return messages.good(ShownStory(**asdict(listed(story, playing)), scenes=scenes))


def listed(story: Story, at: Playing | None) -> ListedStory:
    """A story, and how it stands if it is played."""
    about = (story.name, story.purpose, story.application, story.own)
    if at is None:
        return ListedStory(*about, Stand.READY, 0, "", None, {}, "")
    return ListedStory(*about, at.stand, at.done, at.caption, at.flow or None, at.flows, at.problem)
