"""Checks compose.yaml as far as that goes without Docker: its services, that what they refer to exists, and that the
provider's names and the CA lead to the emulator.
"""

from __future__ import annotations

import sys
from pathlib import Path

from ruamel.yaml import YAML

from emulator.provider.hosts import HOSTS


def main(path: Path) -> None:
    """Raises AssertionError that names the first reference to nothing."""
    compose = YAML(typ="safe").load(path)
    services = compose["services"]
    for name, service in services.items():
        assert "image" in service, name
        assert (path.parent / service.get("build", ".") / "Dockerfile").is_file(), name
        for other in service.get("depends_on", {}):
            assert other in services, f"{name} depends on {other}"
        for volume in service.get("volumes", []):
            assert volume.partition(":")[0] in compose["volumes"], volume
    emulator, client = services["failover-emulator"], services["client"]
    assert set(HOSTS) <= set(emulator["networks"]["default"]["aliases"]), "the provider's names lead elsewhere"
    ca = f"emulator-ca:{emulator['environment']['EMULATOR_CA']}"
    assert ca in emulator["volumes"], "the CA is kept in no volume"
    assert f"{ca}:ro" in client["volumes"], "the client doesn't have the CA"
    dockerfile = (path.parent / "Dockerfile").read_text()
    for line in ("HEALTHCHECK", "VOLUME /data", "USER 10001"):
        assert line in dockerfile, line
    sys.stdout.write(f"{path}: {', '.join(services)}\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
