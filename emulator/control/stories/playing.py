"""A story that is played: where it stands, and what brings it on, by itself or scene by scene."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable
from enum import StrEnum
from typing import Final

from emulator.clock import durations
from emulator.control.stories.calls import Asked, asked
from emulator.control.stories.inside import Inside, NotDone
from emulator.control.stories.story import Scene, Story
from emulator.engine.engine import Engine
from emulator.errors import EmulatorError
from emulator.journal.kinds import StoryTold

LATE: Final = 100
"""How many milliseconds a clock may be behind what a scene has waited for; more, and it is moved."""
NAMES: Final = ("trackingId", "flowId", "messageId")
"""What the answers of calls that send call the flow."""


class Stand(StrEnum):
    """How a story stands."""

    READY = "ready"
    PLAYING = "playing"
    PAUSED = "paused"
    ENDED = "ended"
    FAILED = "failed"


class Playing:
    """One story as it is played. `secret` is that of its application; `closing` is set when the emulator stops.

    `done` is how many scenes were begun, `caption` what is said now, `flow` the id of the flow that is shown, `shown`
    that of each scene, `flows` those that have names, `problem` why it failed.
    """

    def __init__(self, story: Story, inside: Inside, engine: Engine, secret: str, closing: asyncio.Event) -> None:
        self.story = story
        self.stand = Stand.READY
        self.done = 0
        self.caption = ""
        self.begins = False  # whether it clears what its application has sent
        self.flow = ""
        self.shown: list[str] = []
        self.flows: dict[str, str] = {}
        self.problem = ""
        self._inside = inside
        self._engine = engine
        self._secret = secret
        self._closing = closing
        self._halt = asyncio.Event()
        self._turn = asyncio.Lock()
        self._task: asyncio.Task[None] | None = None
        self._until = 0  # the time at which the last scene is over

    async def play(self, pace: float) -> None:
        """Go on by itself, to the end. Each scene stands `pace` times as long as it says, and the clock moves as far as
        it says.
        """
        async with self._turn:
            await self._stand_still()
            if self.stand in {Stand.READY, Stand.PAUSED}:
                self.stand = Stand.PLAYING
                self._halt.clear()
                self._task = asyncio.create_task(self._go_on(pace))

    async def pause(self) -> None:
        """Stand still, once what is under way is done."""
        async with self._turn:
            before = self.stand
            await self._stand_still()
            if before != self.stand == Stand.PAUSED:
                await self._tell(self.stand)

    def abandon(self) -> None:
        """Do no further scene."""
        self._halt.set()

    async def step(self) -> None:
        """Do the next scene; its time passes before the one after it."""
        async with self._turn:
            await self._stand_still()
            if self.stand in {Stand.READY, Stand.PAUSED}:
                self.stand = Stand.PAUSED
                await self._attempt(self._next())
                await self._attempt(self._end())

    async def _stand_still(self) -> None:
        self._halt.set()
        if self._task:
            await self._task
        self.stand = Stand.PAUSED if self.stand == Stand.PLAYING else self.stand

    async def _go_on(self, pace: float) -> None:
        while await self._attempt(self._next()):
            ends = [asyncio.ensure_future(each.wait()) for each in (self._halt, self._closing)]
            seconds = pace * self.story.scenes[self.done - 1].seconds
            over, _ = await asyncio.wait(ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
            for each in ends:
                each.cancel()
            if over or not await self._attempt(self._end()):
                return

    async def _attempt(self, doing: Awaitable[None]) -> bool:
        """Do this, and say whether more is to be done; what is refused ends the story."""
        try:
            await doing
        except EmulatorError as error:
            self.stand, self.problem = Stand.FAILED, str(error)
            await self._tell(f"{self.stand}: {error}")
        return self.stand == Stand.PLAYING

    async def _next(self) -> None:
        scene = self.story.scenes[self.done]
        await (self._catch_up() if self.done else self._begin())
        self.done += 1
        self.caption = scene.say or self.caption
        self.flow = self.flows.get(scene.flow, self.flow)
        if scene.say:
            await self._tell(f"“{scene.say}”")
        if call := asked(scene, self.story.application, self.flow, self._inside.sink):
            await self._make(call, scene)
        self.shown.append(self.flow)
        self._until = self._engine.now(self.story.application) + round(1000 * scene.seconds)

    async def _end(self) -> None:
        """End, if this was the last scene: its time passes first."""
        if self.done == len(self.story.scenes) and self.stand != Stand.FAILED:
            await self._catch_up()
            self.stand = Stand.ENDED
            await self._tell(self.stand)

    async def _begin(self) -> None:
        """Clear what the application has sent, and put the story's scenario in force, if it says so."""
        whose = {"application": self.story.application}
        if self.story.fresh:
            self.begins = True
            try:
                await self._inside.call("POST", "/_emulator/reset", whose | {"keep": True})
            finally:
                self.begins = False
        if self.story.scenario:
            await self._inside.call("POST", "/_emulator/scenario", whose | {"name": self.story.scenario})

    async def _catch_up(self) -> None:
        """Move the clock as far as the last scene has waited, if it is behind: it stands, or the wait was cut short."""
        behind = self._until - self._engine.now(self.story.application)
        if behind > LATE:
            goal = {"application": self.story.application, "by": durations.written(behind)}
            await self._inside.call("POST", "/_emulator/clock/advance", goal)

    async def _make(self, call: Asked, scene: Scene) -> None:
        """Make a scene's call. Raises NotDone if it is refused, unless the scene is there for that."""
        sending = scene.send
        token = await self._inside.token(self.story.application, self._secret) if sending else ""
        try:
            answer = await self._inside.call(call.method, call.path, call.body, token)
        except NotDone:
            if sending and sending.refused:
                return
            raise
        if sending:
            self.flow = str(next((answer[name] for name in NAMES if name in answer), ""))
            self.flows |= {sending.name: self.flow} if sending.name else {}

    async def _tell(self, what: str) -> None:
        """Note in the journal how it goes, so that whoever follows that sees it."""
        await self._engine.note(self.story.application, StoryTold(self.story.name, what))
