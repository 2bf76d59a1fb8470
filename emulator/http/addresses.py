"""What is addressed to the emulator itself, not to the provider that it stands for: paths and headers."""

from __future__ import annotations

from typing import Final

CONTROL: Final = "/_emulator/"
"""The path below which the emulator's own API is served."""
LEADS: Final = ("/", CONTROL[:-1])
"""The paths that lead to the page."""
_STILL: Final = ("", *("page", "docs", "health", "ready", "settings", "ca.pem", "openapi.json", "openapi", "schemas"))
"""What comes first below CONTROL in the paths of what no store is asked for, or not before it answers."""
HEADERS: Final = b"x-emulat"
"""How headers begin that are meant for the emulator, mistyped ones too."""


def is_still(path: str) -> bool:
    """Whether what is at a path is answered alike whatever the store has, and also while it is away."""
    return path in LEADS or (path.startswith(CONTROL) and path.split("/", 3)[2] in _STILL)
