"""The table of kinds, and that each table by kind in other rooms has them all."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from emulator.accounts.tokens import ROLES
from emulator.cli.send import SERVICES
from emulator.flow.kinds import KINDS, Name
from emulator.provider.services import HOMES, services
from emulator.recording.captures import ROOTS
from emulator.scenario.questions import Endpoint
from emulator.shipped import folder
from emulator.testing.webhook_check.cases import cases
from tests.support.running import emulator

PAGE = Path(__file__).parents[2] / "emulator" / "page" / "static" / "views" / "flow.js"


def test_each_kind_is_in_each_table_by_kind() -> None:
    """So that a new service is forgotten nowhere; a single one has a scope of its own name."""
    kinds = list(KINDS)
    assert list(get_args(Name)) == kinds
    assert set(kinds) <= set(get_args(Endpoint))
    assert set(HOMES) == set(SERVICES) == {each.kind for each in services()} == set(kinds)
    assert {f"/{home.root.split('/')[1]}" for home in HOMES.values()} <= set(ROOTS)
    assert {name for name, kind in KINDS.items() if kind.single} <= set(ROLES)
    single = {kind.origin for kind in KINDS.values() if kind.single}
    (told,) = re.findall(r"const SINGLE = \{(.*?)\};", PAGE.read_text("utf-8"))
    assert set(re.findall(r"(\w+): \"POST", told)) == single


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_samples_and_callbacks_to_check(kind: str) -> None:
    """A made-up request that is accepted, cases for check-webhook, and a place in the scenario's schema."""
    assert cases(kind)
    assert f'"{kind}"' in (folder("schemas") / "scenario.json").read_text("utf-8")
    with emulator("--rate", "0") as server:
        made = server.call("GET", f"/_emulator/sample?endpoint={kind}&seed=1").json()
        assert server.api("POST", SERVICES[kind].path, made).status == 200
