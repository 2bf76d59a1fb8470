"""What is addressed to the emulator itself, not to the provider that it stands for: paths and headers."""

from __future__ import annotations

from typing import Final

CONTROL: Final = "/_emulator/"
"""The path below which the emulator's own API is served."""
LEADS: Final = ("/", CONTROL[:-1])
"""The paths that lead to the page."""
HEADERS: Final = b"x-emulat"
"""How headers begin that are meant for the emulator, mistyped ones too."""
