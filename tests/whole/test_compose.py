"""The compose file with several emulators, as far as that goes without Docker."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML

from emulator.cli.main import main
from emulator.settings import table
from emulator.store.places import database

ROOT = Path(__file__).parents[2]


@pytest.fixture(name="file")
def read_file() -> Any:
    """What compose.scale.yaml says."""
    return YAML(typ="safe").load(ROOT / "compose.scale.yaml")


def test_what_it_refers_to_is_there(file: Any) -> None:
    """Services, configurations, volumes, the image's own file; three emulators, of which none has a port of its own."""
    services = file["services"]
    for service in services.values():
        assert set(service.get("depends_on", {})) <= set(services)
        assert {each["source"] for each in service.get("configs", [])} <= set(file["configs"])
        assert {each.partition(":")[0] for each in service.get("volumes", [])} <= set(file["volumes"])
    emulator = services["emulator"]
    assert (ROOT / emulator["build"] / "Dockerfile").is_file()
    assert emulator["deploy"]["replicas"] == 3
    assert "ports" not in emulator


def test_its_settings_are_settings_and_lead_to_its_database(file: Any) -> None:
    """With the user, the password and the database that PostgreSQL makes."""
    services = file["services"]
    environment = services["emulator"]["environment"]
    assert set(environment) <= {setting.variable for setting in table()}
    given = {name for name, value in environment.items() if value == f"${{{name}:-}}"}
    assert given == {f"EMULATOR_{each}" for each in ("CREDENTIALS", "CONTROL_TOKEN", "ALLOWED_HOSTS", "CALLBACK_HOSTS")}
    made = services["database"]["environment"]
    user, password, name = (made[f"POSTGRES_{each}"] for each in ("USER", "PASSWORD", "DB"))
    assert database(environment["EMULATOR_STORE"]).url == f"postgresql://{user}:{password}@database:5432/{name}"


def test_the_balancer_leads_to_the_emulators(file: Any) -> None:
    """With the host that clients have asked for; its port is the one that is shown, and that of the image."""
    told = file["configs"]["balancer"]["content"]
    (name,) = re.findall(r"upstream (\w+) \{", told)
    (port,) = re.findall(r"server emulator:(\d+)", told)
    assert f"EXPOSE {port}" in (ROOT / "Dockerfile").read_text()
    assert f"proxy_pass http://{name};" in told
    assert "proxy_set_header Host $$http_host;" in told
    (listening,) = re.findall(r"listen (\d+);", told)
    assert file["services"]["balancer"]["ports"] == [f"${{PUBLISH:-127.0.0.1}}:8080:{listening}"]
    assert told.count("{") == told.count("}")


def test_what_it_says_to_try_are_commands_and_services(file: Any) -> None:
    """As they are written at its top."""
    text = (ROOT / "compose.scale.yaml").read_text()
    (service, command) = re.findall(r"run --rm (\w+) (\w+)", text)[0]
    assert command in main.commands
    assert {service, *re.findall(r"--scale (\w+)=", text), *re.findall(r"restart (\w+)", text)} <= set(file["services"])
