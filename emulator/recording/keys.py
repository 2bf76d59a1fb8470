"""Tells which keys were pressed in a call: posts lack the # that submitted them, where the COLLECT waits for it. Pure.

A COLLECT is known by its place: each post of keys is about the next one of the call's dial plan, or of the plan that
answered the post before.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from msgspec import DecodeError, json
from msgspec.structs import replace

from emulator.errors import Json
from emulator.recording.bodies import what
from emulator.recording.captures import Callback


def pressed(posts: Sequence[Callback], request: bytes) -> list[Callback]:
    """The posts about one request, in their order, each with the # if it belongs to its keys."""
    try:
        asked = json.decode(request)
    except DecodeError:
        return list(posts)
    steps = asked.get("flow") if isinstance(asked, dict) else None
    plans = [each for each in (_collects(step) for step in (steps if isinstance(steps, list) else [asked])) if each]
    calls, found = dict[str, list[Json]](), list[Callback]()
    for post in posts:
        if what(post.body) != "question":
            found.append(post)
            continue
        call = str(post.body["conversationTrackingId"])
        left = calls.setdefault(call, plans[len(calls)] if len(calls) < len(plans) else [])
        keys = post.body.get("collectedTones")
        waited = keys is not None and bool(left) and left.pop(0).get("submitOnHash") is True
        body = post.body | {"collectedTones": f"{keys}#"} if waited and keys else post.body
        found.append(replace(post, body=body))
        if isinstance(post.answer, dict) and post.answer.get("verbs"):
            calls[call] = _collects(post.answer)
    return found


def _collects(value: Any) -> list[Json]:
    """The verbs of a step, call or answer that collect keys, in their order."""
    return [each for each in _objects(value) if each.get("type") == "COLLECT"]


def _objects(value: Any) -> Iterator[Json]:
    if isinstance(value, dict):
        yield value
    for each in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from _objects(each)
