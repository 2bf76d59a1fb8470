"""What a story is, where its files are, and how they are read. How it is played is not known here."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from msgspec import Struct, convert
from msgspec.structs import replace

from emulator.clock import durations
from emulator.scenario import files
from emulator.scenario.files import Finding, Problem, ScenarioError, folders
from emulator.shipped import folder
from emulator.validation.hints import hint, meant, quoted

ACTS: Final = ("send", "advance", "reply", "report", "cancel")
"""What a scene can do."""
GOALS: Final = ("", "next", "idle", "end")
"""What `advance` may be beside a duration."""


class Sending(Struct, frozen=True, rename={"sms_sender": "from"}):
    """A message that a scene sends: to one recipient, a text over some channels in their order; or a whole `body`, by
    the call at `path`. Later scenes know it by its `name`. With `refused`, it is there to be refused.
    """

    name: str = ""
    channels: tuple[str, ...] = ()
    to: str = ""
    text: str = ""
    picture: str = ""
    button: str = ""
    sms_sender: str = ""
    sender: str = ""
    ttl: float = 0.5
    language: str = ""
    path: str = "/failover"
    body: dict[str, Any] | None = None
    refused: bool = False


class Scene(Struct, frozen=True):
    """What happens at once: a caption, what is done, to which flow (empty: to the last one that was sent), and how long
    it stands, as a duration.
    """

    say: str = ""
    send: Sending | None = None
    advance: str = ""
    reply: str = ""
    report: str = ""
    cancel: bool = False
    flow: str = ""
    wait: str = "3s"

    @property
    def done(self) -> list[str]:
        """What is done in it: one of ACTS, or none."""
        return [name for name in ACTS if getattr(self, name)]

    @property
    def about(self) -> bool:
        """Whether what is done is done to a flow."""
        return bool(self.reply or self.report or self.cancel)

    @property
    def seconds(self) -> float:
        """How long it stands."""
        return durations.parse(self.wait) / 1000


class Story(Struct, frozen=True):
    """A story: its name and purpose, the application that sends, the scenario that is put in force for that first
    (empty: none), whether the application's flows are cleared first (`fresh`), and the scenes.
    """

    purpose: str
    scenes: tuple[Scene, ...]
    name: str = ""
    application: str = ""
    scenario: str = ""
    fresh: bool = False
    own: bool = False


def is_story(path: Path) -> bool:
    """Whether a file of scenarios is one of a story: by the folder that it is in."""
    return path.absolute().parent.name == folders.STORIES


def story_files(own: str) -> dict[str, Path]:
    """The files of all stories by name: the shipped ones, and before those of the same name the user's, which are in
    folders of that name inside the folder `own` of scenarios; empty for none.
    """
    places = [folder("scenarios"), *([Path(own)] if own else [])]
    return {path.stem: path for place in places if place.is_dir() for path in folders.stories(place)}


def read(path: Path, own: str = "") -> Story:
    """The story in a file; it is the user's own if it is below the folder `own`. Raises ScenarioError with all that is
    wrong with it.
    """
    from emulator.scenario.files.declared import declared  # few play stories

    story = convert(declared(str(path), "story", {}), Story)
    if wrong := list(doubts(story)):
        raise ScenarioError(files.placed(files.text_of(path), wrong, str(path)))
    is_own = bool(own) and Path(own) in path.parents
    return replace(story, name=path.stem, application=story.application or path.stem, own=is_own)


def doubts(story: Story) -> Iterator[Finding]:
    """What a schema can't tell of a story: scenes that do more than one thing, or are about a flow that no scene before
    has sent; durations that are too long.
    """
    sent = list[str]()
    for index, scene in enumerate(story.scenes):
        place, done = ("scenes", index), scene.done
        if len(done) > 1:
            yield Finding(place, f"a scene does one thing; this one has {' and '.join(done)}")
        if scene.flow and scene.flow not in sent:
            yield Finding((*place, "flow"), f"no scene before sends {quoted(scene.flow)}{hint(scene.flow, sent)}")
        if (scene.about or scene.advance == "end") and not any(each.send for each in story.scenes[:index]):
            yield Finding(place, "no scene before sends anything")
        for name in ("wait", "advance"):
            try:
                durations.parse("0s" if getattr(scene, name) in GOALS else getattr(scene, name))
            except ValueError as error:
                yield Finding((*place, name), str(error))
        sent += [scene.send.name] if scene.send and scene.send.name else []


def find(name: str, own: str) -> Story:
    """The story of this name, of the shipped ones and those inside the folder `own`. Raises ScenarioError."""
    there = story_files(own)
    if name not in there:
        raise ScenarioError([Problem("", 0, 0, "", f"there is no story {quoted(name)}{meant(name, there)}")])
    try:
        written = there[name].stat().st_mtime_ns
    except OSError:  # it has gone meanwhile; whoever reads it says so
        written = 0
    return version(there[name], own, written)


@lru_cache(64)
def version(path: Path, own: str, _written: int) -> Story:
    """The story in a file as it was written then, which is read once. Raises ScenarioError."""
    return read(path, own)
