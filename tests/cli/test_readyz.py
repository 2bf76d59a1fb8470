"""Which server `readyz` takes for that of its container."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.cli import readyz

DEFAULT = {"host": "127.0.0.1", "port": 8080}


@pytest.mark.parametrize(
    ("words", "served"),
    [
        (["python", "/opt/bin/failover-emulator", "serve"], DEFAULT),
        (["python", "-m", "emulator", "serve", "--host", "::", "--port=9"], {"host": "::", "port": 9}),
        (["/sbin/docker-init", "--", "failover-emulator", "demo", "--port", "9"], DEFAULT | {"port": 9}),
        (["failover-emulator", "serve", "--callback-hosts", "", "--port", "9"], DEFAULT | {"port": 9}),
        (["npm", "serve", "--port", "9"], {}),
        (["failover-emulator", "listen"], {}),
        (["sh", "-c", "failover-emulator serve"], {}),
    ],
)
def test_process_1_tells_where_it_listens(
    words: list[str], served: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """If it is an emulator, or was told to start one."""
    monkeypatch.setattr(readyz, "FIRST", tmp_path / "cmdline")
    assert readyz.served() == {}
    readyz.FIRST.write_text("".join(f"{word}\0" for word in words))
    assert readyz.served() == served
