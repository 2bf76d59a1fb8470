"""The document of the provider's API."""

from __future__ import annotations

import json
import re

from emulator.provider.openapi import alternatives, provided

STEP = {"if": {"properties": {"type": {"const": "Sms"}}, "required": ["type"]}, "then": {"$ref": "#/sms"}}


def test_what_depends_on_a_type_is_one_of_several_schemas() -> None:
    """Of which each has its own; other conditions stay as they are, and so does what leaves a type out."""
    kinds = {"properties": {"type": {"enum": ["Sms"]}}}
    sms = {"required": ["type"], "properties": {"type": {"const": "Sms"}}, "allOf": [{"$ref": "#/sms"}]}
    assert alternatives(kinds | {"allOf": [STEP]}) == kinds | {"oneOf": [sms]}
    more = {"properties": {"type": {"enum": ["Sms", "Viber"]}}, "allOf": [STEP]}
    other = kinds | {"allOf": [STEP, {"required": ["to"]}]}
    for each in (more, other, {"allOf": [{"$ref": "#/sms"}]}, {"type": "string"}):
        assert alternatives(each) == each


def test_each_kind_of_step_has_its_schema() -> None:
    """So that a generated client has a type for it."""
    schemas = provided()["components"]["schemas"]
    kinds = [each["properties"]["type"]["const"] for each in schemas["step"]["oneOf"]]
    assert kinds == schemas["step"]["properties"]["type"]["enum"] == ["Sms", "Viber", "Voice"]


def test_every_reference_leads_to_a_component() -> None:
    """None to a part that lies below `$defs`, which generators take for a member."""
    document = provided()
    led = {each.split("/")[0] for each in re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document))}
    assert led <= document["components"]["schemas"].keys()
    assert "$defs" not in json.dumps(document)
