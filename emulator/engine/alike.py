"""In what emulators that share a store must be alike: the settings, and the files that they name, by which an answer
would depend on who gives it. Reads files; knows no store.
"""

from __future__ import annotations

from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import to_builtins

from emulator.settings import Settings, table

if TYPE_CHECKING:
    from emulator.scenario.files.catalogue import Catalogue

ALIKE: Final = (
    "scenario",
    "scenarios",
    "credentials",
    "token_lifetime",
    "form_credentials",
    "choose",
    "prices",
    "contacts",
    "senders",
    "templates",
    "template_moderation",
    "max_steps",
    "max_body",
    "keep",
    "default_callback",
    "two_step_callback",
    "callback_timeout",
    "dial_plan_timeout",
    "callback_ca",
    "callback_insecure",
    "callback_hosts",
)
"""The settings in which they must be alike. `set` is a part of the scenario's name."""
_FILES: Final = ("credentials", "prices", "contacts", "senders", "templates", "callback_ca")
"""Those of which what is in the file counts, wherever it is."""


def told(settings: Settings, catalogue: Catalogue | None) -> dict[str, str]:
    """What all must have alike, in words that show no secret, by option. `catalogue` has the scenarios, None if
    there are no files of them.
    """
    from emulator.choices.given import chosen
    from emulator.scenario import files

    named = files.setting(settings.scenario, settings.set)
    by_file = catalogue is not None and files.is_file(named)
    special = {
        "scenario": catalogue.at(named).name if catalogue is not None and by_file else named,
        "scenarios": "none" if catalogue is None or not catalogue.watched else _digest("files", catalogue.contents()),
        "choose": ", ".join(f"{name}={value}" for name, value in to_builtins(chosen(settings.choose)).items())
        or "none",
        "keep": "all" if settings.keep_bytes is None else str(settings.keep_bytes),
    }
    found = dict[str, str]()
    for each in table():
        if each.name in ALIKE:
            value = getattr(settings, each.name)
            words = _content(value) if each.name in _FILES else str(value) or "none"
            found[each.flag] = special.get(each.name, words)
    return found


def _content(source: str) -> str:
    """What is in a file, or else in the text itself, told by a digest of it."""
    if not source:
        return "none"
    path = Path(source)
    return _digest("a file", path.read_bytes()) if path.is_file() else _digest("a text", source.encode())


def _digest(what: str, content: bytes) -> str:
    """What has this content, in words: short, so that no secret follows from it."""
    return f"{what} with the digest {blake2b(content, digest_size=4).hexdigest()}"
