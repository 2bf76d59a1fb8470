"""A second service beside the first: its flows carry its kind all the way, and are worded by its own rendering."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.accounts.prices import Prices
from emulator.callbacks import posts
from emulator.callbacks.courier import Courier
from emulator.callbacks.poster import Poster
from emulator.channels.senders import sender_name
from emulator.clock.clock import EVERYBODY, Clock, Clocks
from emulator.engine.changes import Changes
from emulator.engine.engine import Engine
from emulator.engine.submission import Accepted, Received, Submissions
from emulator.flow import machine
from emulator.flow.reply import Replied
from emulator.flow.state import Ask, Flow
from emulator.planning.planner import Planner
from emulator.planning.selection import Selection
from emulator.provider.services import HOMES, Renderings, below, services
from emulator.scenario import files
from emulator.scenario.questions import Endpoint
from emulator.store.sqlite.store import SqliteStore
from tests.support.playing import request
from tests.support.running import emulator
from tests.support.samples import NOW, sms

pytestmark = pytest.mark.anyio
RULES = """
purpose: Only flows of the other service fail.
rules:
  - {name: other, match: {endpoint: transactional}, plan: {Sms: Failed}}
"""


class Wording:
    """How the other service words its callbacks."""

    def callbacks(self, flow: Flow) -> list[bytes]:
        """The id alone."""
        return [flow.id.encode()]

    def asked(self, flow: Flow, ask: Ask) -> bytes:
        """Nothing is asked here."""
        raise NotImplementedError

    def reply(self, flow: Flow, replied: Replied) -> bytes:
        """Nothing is replied here."""
        raise AssertionError((flow, replied))


async def test_flows_of_another_service_carry_its_kind_all_the_way(tmp_path: Path) -> None:
    """Rules match it, the store keeps it over a restart, and callbacks are worded by it."""
    store = SqliteStore(str(tmp_path / "store.db"))
    await store.open()
    clocks = Clocks(lambda: NOW, {EVERYBODY: Clock(NOW, NOW, 0)})
    selection = Selection(store.in_force, files.load_text(RULES, "both"))
    planner = Planner("seed", selection, store.counters, store.in_force, Prices())
    known = Renderings(lambda: (Prices(), sender_name))
    wordings: dict[str, posts.Rendering] = {"failover": known["failover"], "transactional": Wording()}
    changes = Changes(store, Prices)
    engine = Engine(store, clocks, wordings, Courier(store, clocks, lambda: Poster(1, 1), 1), changes)
    submissions = Submissions(store, clocks, planner, selection, engine, wordings)
    made: dict[str, Flow] = {}
    kinds: tuple[Endpoint, ...] = ("failover", "transactional")
    for kind in kinds:
        came = await submissions.submit(Received(kind, "app", f"/{kind}", b"{}"), request([sms()]), NOW)
        assert isinstance(came, Accepted)
        made[kind] = came.flow
    await engine.stop()
    await store.close()
    assert {kind: flow.plans[0].rule for kind, flow in made.items()} == {"failover": "happy", "transactional": "other"}
    again = SqliteStore(str(tmp_path / "store.db"))
    await again.open()
    for name, flow in made.items():
        found = await again.flow(flow.id)
        assert found is not None
        assert found.kind == name
        told = posts.change(machine.due(found, NOW + 10**9), wordings).posts[-1].body
        assert (told == flow.id.encode()) is (name == "transactional")
    await again.close()


def test_each_service_is_found_by_its_kind() -> None:
    """No two have the same, and each documents the path of its door, which is below its root."""
    assert [service.kind for service in services()] == list(HOMES)
    for service in services():
        assert any(below(path, HOMES[service.kind].root) for path in service.paths())


CALLS = Path(__file__).parents[1] / "clients" / "calls"


def test_the_gate_s_clients_have_a_call_for_each_service() -> None:
    """Where it is posted follows from the file; it is taken, without a remark."""
    files = {f"/{file.relative_to(CALLS).with_suffix('').as_posix()}": file for file in CALLS.rglob("*.json")}
    doors = set[str]()
    with emulator("--rate", "0") as server:
        for path, file in sorted(files.items()):
            answer = server.api("POST", path, file.read_bytes())
            assert answer.status == 200, answer.body
            told = answer.json()
            name = told.get("trackingId") or told["flowId"]
            accepted = server.journal(name)[0]["data"]
            assert "note" not in accepted
            doors.add(server.call("GET", f"/_emulator/flows/{name}").json().get("kind", accepted["path"]))
    assert len(doors) == len(files) == len(services())
