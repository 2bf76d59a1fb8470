"""Writes `emulator/channels/carriers.txt` anew: `python -m tests.support.carriers` fetches the package phonenumbers by
pip and takes from it what phonenumberslite leaves out with 38 MB more.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any, Final

FILE: Final = Path(__file__).parents[2] / "emulator" / "channels" / "carriers.txt"
HEAD: Final = """\
# The network that mobile numbers were first assigned to: its English name, a tab, the prefixes of its numbers.
# Written by tests/support/carriers.py from phonenumbers {version}, whose data is that of Google's libphonenumber,
# under the Apache License 2.0.
"""
PROGRAM: Final = "import json, phonenumbers.carrierdata as it; print(json.dumps(it.CARRIER_DATA))"


def written(known: dict[str, dict[str, str]], version: str) -> str:
    """The file's text, of the library's names by prefix and language, and of its version."""
    prefixes: dict[str, list[str]] = {}
    for prefix, names in sorted(known.items()):
        if "en" in names:
            prefixes.setdefault(names["en"], []).append(prefix)
    return HEAD.format(version=version) + "".join(f"{name}\t{' '.join(prefixes[name])}\n" for name in sorted(prefixes))


def main() -> None:
    """Fetch the package, and write the file."""
    import json

    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "pip", "install", "-q", "--no-deps", "--target", folder, "phonenumbers"]
        subprocess.run(command, check=True)

        def told(program: str) -> Any:
            command = [sys.executable, "-c", program]
            return json.loads(subprocess.run(command, cwd=folder, check=True, capture_output=True).stdout)

        version = told("import json, phonenumbers; print(json.dumps(phonenumbers.__version__))")
        FILE.write_text(written(told(PROGRAM), version), encoding="utf-8")


if __name__ == "__main__":
    main()
