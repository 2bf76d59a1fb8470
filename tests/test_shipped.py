"""Where the shipped files lie."""

from __future__ import annotations

import importlib.util
import shutil
from pathlib import Path
from types import ModuleType

from emulator import shipped


def test_the_shipped_schemas_are_found() -> None:
    """In a checkout they lie beside the package."""
    assert (shipped.folder("schemas") / "failover.json").is_file()


def test_an_installed_package_has_them_inside(tmp_path: Path) -> None:
    """In a wheel they lie in the package's own folder, which goes before what may lie beside it."""
    (tmp_path / "emulator" / "_data" / "schemas").mkdir(parents=True)
    (tmp_path / "schemas").mkdir()
    (tmp_path / "scenarios").mkdir()
    installed = _installed(tmp_path / "emulator" / "data.py")
    assert installed.folder("schemas") == tmp_path / "emulator" / "_data" / "schemas"
    assert installed.folder("scenarios") == tmp_path / "scenarios"


def _installed(path: Path) -> ModuleType:
    """The module as if it had been installed at a path."""
    shutil.copy(str(shipped.__file__), path)
    spec = importlib.util.spec_from_file_location("installed_data", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module
