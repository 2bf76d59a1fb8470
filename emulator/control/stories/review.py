"""Reviews a story before it is played: what it sends that would be refused, or would not be although it is there for
that; scenarios that there are not.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

from msgspec import json

from emulator.control.stories.calls import body
from emulator.control.stories.story import Story
from emulator.provider import requests
from emulator.provider.beforehand import Beforehand, NotTaken
from emulator.scenario import files
from emulator.scenario.files import Finding, Problem, folders
from emulator.validation.hints import meant, quoted

SINK: Final = "http://127.0.0.1:8080/_emulator/sink"
"""Where callbacks of a story go, as far as a review must know."""


def refused(story: Story, file: str, there: Beforehand, top: Path | None = None) -> list[Problem]:
    """What is wrong with a story of this file, for an emulator that is `there`, with the scenarios of the folder `top`;
    without it, of the one that the story's folder is in.
    """
    wrong = []
    for index, scene in enumerate(story.scenes):
        if sending := scene.send:
            why = refusal(json.encode(body(sending, SINK)), sending.path, story.application, there)
            if bool(why) is not sending.refused:
                wrong.append(Finding(("scenes", index, "send"), why or "this is there to be refused, and would not be"))
    if story.scenario and story.scenario not in (shipped := files.shipped_files()):
        known = {*shipped, *(each.stem for each in folders.scenarios(top or Path(file).absolute().parent.parent))}
        if story.scenario not in known:
            told = f"there is no scenario {quoted(story.scenario)}{meant(story.scenario, known)}"
            wrong.append(Finding(("scenario",), told))
    return files.placed(files.text_of(Path(file)), wrong, file)


def refusal(body: bytes, path: str, application: str, there: Beforehand) -> str:
    """Why a body would be refused at this path; empty if it would not be."""
    try:
        there.held(requests.read(body, path), application)
    except requests.Invalid as error:
        return "; ".join(f"{where}: {why}" for where, why in error.properties.items())
    except (requests.Malformed, NotTaken) as error:
        return str(error)
    return ""
