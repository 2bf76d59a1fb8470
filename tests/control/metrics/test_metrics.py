"""The metrics of a real emulator, read as Prometheus reads them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

from prometheus_client.metrics_core import Metric
from prometheus_client.parser import text_string_to_metric_families

from emulator.control import metrics
from tests.support.running import PATIENCE, SMS, VIBER, Emulator, emulator, receiver

HERE = Path(metrics.__file__).parent
FAILS = "+306900000010"
OWN = "failover_emulator_"
"""What the names of the emulator's own metrics begin with."""


def families(server: Emulator) -> dict[str, Metric]:
    """One scrape, by the names of its families."""
    answer = server.call("GET", "/_emulator/metrics")
    assert (answer.status, answer.headers["content-type"]) == (200, "text/plain; version=0.0.4; charset=utf-8")
    found = list(text_string_to_metric_families(answer.body.decode()))
    assert len({family.name for family in found}) == len(found)
    return {family.name: family for family in found}


def values(family: Metric, *labels: str, suffix: str = "") -> dict[Any, float]:
    """The samples of a family above 0, by these labels: a tuple, or the value itself of one."""
    found = {}
    for sample in family.samples:
        if sample.name.endswith(suffix) and sample.value:
            key = tuple(sample.labels[label] for label in labels)
            found[key[0] if len(key) == 1 else key] = sample.value
    return found


def whole(family: Metric, suffix: str = "") -> float:
    """The one sample of a family that ends so."""
    (found,) = [sample.value for sample in family.samples if sample.name == family.name + suffix]
    return found


def test_they_tell_what_was_done() -> None:
    """Requests on both paths, flows, callbacks, journal: as the other calls tell it."""
    with receiver() as hook, emulator("--rate", "0") as server:
        hook.judge = lambda body, nth: 500 if nth == 1 and json.loads(body)["status"] == "Failed" else 200
        server.send(VIBER, callback=hook.url)
        server.advance(by="20m")
        for _ in range(3):
            server.send({**SMS, "to": FAILS}, callback=hook.url)
        server.advance(by="20m")
        server.send(VIBER)
        server.api("POST", "/failover", {"flow": 1})
        for path in ("/_emulator/flows/abc", "/_emulator/flows/abd", "/_emulator/ready", "/nothing", "/_emulator/x"):
            server.call("GET", path)
        entries, found = len(server.journal()), families(server)
        flows, endpoints = found[f"{OWN}flows"], values(found[f"{OWN}requests"], "method", "endpoint", "status")
        assert values(flows, "state", "channel") == {
            ("Succeeded", ""): 1,
            ("Failed", ""): 3,
            ("InProgress", "Viber"): 1,
        }
        assert endpoints == {
            ("POST", "/oauth/token", "2xx"): 1,
            ("POST", "/failover", "2xx"): 5,
            ("POST", "/failover", "4xx"): 1,
            ("POST", "/_emulator/clock/advance", "2xx"): 2,
            ("GET", "/_emulator/flows/{id}", "4xx"): 2,
            ("GET", "/_emulator/ready", "2xx"): 1,
            ("GET", "/_emulator/journal", "2xx"): 1,
            ("GET", "none", "4xx"): 2,
        } | {key: count for key, count in endpoints.items() if key[1] == "/_emulator/health"}
        received = values(found[f"{OWN}callback_attempts"], "outcome")
        assert received == {"received": hook.accepted, "refused": hook.count - hook.accepted}
        assert received["refused"] == 3
        assert whole(found[f"{OWN}callback_lateness_seconds"], "_count") == 0
        assert whole(found[f"{OWN}callbacks_pending"]) == 0
        assert whole(found[f"{OWN}journal_entries"]) == entries
        commits = [whole(found[f"{OWN}store_commit_seconds"], "_count")]
        server.send(VIBER)
        commits += [whole(families(server)[f"{OWN}store_commit_seconds"], end) for end in ("_count", "_sum")]
        assert (commits[0] < commits[1], commits[2] > 0) == (True, True)
        assert (whole(found[f"{OWN}flow_overdue_seconds"]), whole(found[f"{OWN}callback_overdue_seconds"])) == (0, 0)


def test_requests_are_counted_by_the_paths_of_the_openapi_documents() -> None:
    """Each call of both; what is none of them by the first of its paths, and what is only in the way as nothing."""
    others = (
        "/",
        "/_emulator",
        "/_emulator/",
        "/_emulator/page/none.js",
        "/_emulator/docs",
        "/_emulator/docs/README.md",
    )
    stray = ("/viber/tracking/campaign/1", "/viber/tracking/campaign", "/nowhere")
    with emulator("--rate", "0") as server:
        documents = [
            server.call("GET", path).json()["paths"]
            for path in ("/_emulator/openapi.json", "/_emulator/openapi/provider.json")
        ]
        expected = {(method.upper(), path) for paths in documents for path, calls in paths.items() for method in calls}
        expected -= {("GET", "/2step/reports/applications/{id}")}  # counted with those of all
        expected -= {("GET", "/_emulator/feed"), ("GET", "/_emulator/board/feed")}  # which never end
        for method, path in expected:
            server.call(method, path.replace("{id}", "1"))
        for path in (*others, *stray):
            server.call("GET", path)
        found = values(families(server)[f"{OWN}requests"], "method", "endpoint")
    assert set(found) >= expected - {("GET", "/_emulator/metrics")}
    assert {endpoint for _, endpoint in found} - {path for _, path in expected} == {
        *("/", "/_emulator/", "/_emulator/page", "/_emulator/docs", "none")
    }
    assert found["GET", "/"] == 2
    assert found["GET", "none"] == len(stray)


def test_the_lateness_of_each_attempt_on_a_running_clock_is_counted() -> None:
    """Once its end is written."""
    with receiver() as hook, emulator("--rate", "1000") as server:
        server.send(VIBER, callback=hook.url)
        posts = len(hook.flow())
        server.advance(by="1ms")
        found = families(server)
        assert whole(found[f"{OWN}callback_lateness_seconds"], "_count") == posts
        assert values(found[f"{OWN}callback_attempts"], "outcome") == {"received": posts}


def test_what_is_dropped_is_counted() -> None:
    """With its journal entries."""
    with emulator("--rate", "0", "--keep", "20000") as server:
        for _ in range(40):
            server.send(SMS)
        server.advance(by="20m")
        dropped, found = server.call("GET", "/_emulator/ready").json()["dropped"], families(server)
        assert dropped["flows"] > 0
        assert whole(found[f"{OWN}flows_dropped"], "_total") == dropped["flows"]
        assert whole(found[f"{OWN}journal_entries_dropped"], "_total") == dropped["entries"]


def test_they_are_as_prometheus_wants_them() -> None:
    """Names, types, units and help; no label's values are the client's."""
    with emulator("--rate", "0") as server:
        server.send(VIBER)
        text = server.call("GET", "/_emulator/metrics").body.decode()
        for name, family in families(server).items():
            assert re.fullmatch(r"(failover_emulator|process)(_[a-z]+)+", name)
            assert family.documentation.endswith(".")
            assert family.type in {"gauge", "counter", "histogram"}
            assert f"# HELP {name}" in text
            assert not name.endswith("_total") if family.type == "gauge" else True
            assert {s.name.removeprefix(name) for s in family.samples} <= {
                "gauge": {""},
                "counter": {"_total"},
                "histogram": {"_bucket", "_sum", "_count"},
            }[family.type]
            assert {label for s in family.samples for label in s.labels} <= {
                *("version", "method", "endpoint", "status", "state", "channel", "outcome", "le")
            }
            assert not re.search(r"(seconds|bytes|milli|ms)_", name.replace("seconds_total", ""))


def test_the_table_of_metrics_is_right() -> None:
    """Each name, type and label; the parser leaves out what a counter's name ends with."""
    with emulator("--rate", "0") as server:
        server.send(VIBER)
        found = {name: family for name, family in families(server).items() if name.startswith(OWN)}
    rows = re.findall(r"^\| `(\w+)` \| (\w+) \| (.*?) ?\| .+ \|$", (HERE / "README.md").read_text(), re.MULTILINE)
    shown = {name.removesuffix("_total"): (kind, set(re.findall(r"`(\w+)`", labels))) for name, kind, labels in rows}
    assert shown == {
        name: (family.type, {label for s in family.samples for label in s.labels} - {"le"})
        for name, family in found.items()
    }


def test_the_dashboard_asks_for_what_there_is() -> None:
    """Each panel, by names and labels."""
    with emulator("--rate", "0") as server:
        server.send(VIBER)
        samples = {s.name: set(s.labels) for family in families(server).values() for s in family.samples}
    board = json.loads((HERE / "dashboard.json").read_text())
    assert 6 <= len(board["panels"]) <= 8
    for panel in board["panels"]:
        assert panel["description"]
        for target in panel["targets"]:
            asked = re.findall(r"(failover_emulator_\w+)\{(.*?)\}", target["expr"])
            assert asked
            for name, conditions in asked:
                labels = set(re.findall(r"(\w+)=?[=~!]+\"", conditions)) - {"instance"}
                shown = set(re.findall(r"{{(\w+)}}", target["legendFormat"]))
                assert labels | shown <= samples[name], target


def test_a_control_token_guards_them() -> None:
    """Prometheus brings it as the bearer token."""
    with emulator("--control-token", "secret") as server:
        assert server.call("GET", "/_emulator/metrics").status == 401
        bearer = {"Authorization": "Bearer secret"}
        assert server.call("GET", "/_emulator/metrics", headers=bearer).status == 200


def test_without_the_extra_one_is_told_what_to_install() -> None:
    """All else goes on; with it, it is loaded when somebody asks."""
    told = "import sys; from emulator.control import calls; print('prometheus_client' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True).stdout == "False\n"
    block = "import sys; sys.modules['prometheus_client'] = None; from emulator.__main__ import main; main()"
    command = [sys.executable, "-c", block, "serve", "--port", "0", "--until-stdin-ends"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        server = Emulator(process, int(process.stdout.readline().partition("127.0.0.1:")[2].partition(" ")[0]))
        answer = server.call("GET", "/_emulator/metrics")
        assert answer.status == 404
        assert "pip install '/path/to/failover-emulator[metrics]'" in answer.json()["detail"]
        assert server.call("GET", "/_emulator/ready").status == 200
        process.kill()
        process.wait(PATIENCE)
