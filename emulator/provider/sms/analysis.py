"""What the provider tells about a text: its parts, its letters, and what transcoding would make of it. Pure.

How letters are counted where GSM-7 takes two septets for one is not documented: here they are what fills the parts.
"""

from __future__ import annotations

from msgspec import UNSET, Struct, UnsetType

from emulator.channels import text


class Transcode(Struct, frozen=True):
    """A text after transcoding, and how many parts it takes then."""

    message: str
    parts: int


class BodyAnalysis(Struct, frozen=True, rename={"unsupported": "unsupportedGSMCharacters"}, gc=False):
    """How a text is sent. `transcode` is there if transcoding changes it for no more parts, `unsupported` if it has
    letters outside GSM-7.
    """

    parts: int
    unicode: bool
    characters: int
    transcode: Transcode | UnsetType = UNSET
    unsupported: list[str] | UnsetType = UNSET


def analysed(body: str) -> BodyAnalysis:
    """The analysis of a text."""
    if len(body) <= text.SINGLE and text.plain(body):
        return BodyAnalysis(1, unicode=False, characters=len(body))
    found = text.analyse(body)
    if not found.unicode:
        return BodyAnalysis(len(found.texts), unicode=False, characters=found.units)
    changed, parts = text.transcoded(body), len(found.texts)
    less = text.count(changed)
    transcode = Transcode(changed, less) if changed != body and less <= parts else UNSET
    return BodyAnalysis(parts, True, found.units, transcode, text.unsupported(body))  # noqa: FBT003
