"""Stored entries in words."""

from __future__ import annotations

import pytest

from emulator.journal.entry import Kind
from emulator.journal.words import text


def test_an_entry_s_text_comes_from_its_kind_and_its_members() -> None:
    """The kind itself is not said again."""
    assert text("completed", b'{"status":"Failed","statusCode":"1"}') == "Failed, statusCode 1: out of credit"
    assert text(Kind.REPLY, b'{"callback":"c","message":"hi","step":1}') == "the recipient writes: hi"


@pytest.mark.parametrize("kind", ["from the future", "status"])
def test_what_a_newer_emulator_wrote_is_still_shown(kind: str) -> None:
    """A kind or members that are unknown here: all members, as they are."""
    assert text(kind, b'{"colour":"red","parts":[1,2]}') == "colour red, parts [1, 2]"
    assert text(kind, b'{"step":1,"channel":"Pigeon","status":"Sent"}') == "step 1, channel Pigeon, status Sent"


def test_members_that_are_new_in_a_known_kind_do_no_harm() -> None:
    """They are not in the text."""
    assert text("stranded", b'{"error":"no","colour":"red"}').endswith("failed: no")


def test_an_accepted_request_that_is_told_otherwise_is_shown_as_it_is() -> None:
    """Its text needs a type and a recipient for each step."""
    assert text("accepted", b'{"path":"/failover","body":{"flow":[{}]}}') == "path /failover, body {'flow': [{}]}"


@pytest.mark.parametrize("kind", Kind)
def test_any_kind_without_members_has_a_text(kind: Kind) -> None:
    """Whatever an older emulator left out, the journal can be read."""
    assert isinstance(text(kind, b"{}"), str)


def test_a_text_is_one_line() -> None:
    """Whatever a receiver or a recipient wrote."""
    assert text("reply", b'{"callback":"c","message":"one\\n\\ttwo  three"}') == "the recipient writes: one two three"


def test_what_is_no_object_has_no_members() -> None:
    """No emulator writes that."""
    assert text("odd", b"[1]") == ""
