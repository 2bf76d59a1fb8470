"""What one emulator is set to. Each member is an option of `serve` and a variable `EMULATOR_*` of the same name."""

from __future__ import annotations

from msgspec import Struct

from emulator.errors import EmulatorError

MIB = 1024 * 1024


class SettingsError(EmulatorError):
    """A setting can't be used; the message says which, and what would be right."""


class Settings(Struct, frozen=True):
    """All settings with their defaults.

    `scenario` is a name or a file; `scenarios` a folder of files that may be chosen by name; `store` is a path
    (empty: in memory); `keep` the bytes of finished flows and journal that are kept (0: all; None: 32 MiB in
    memory, all on a file); `rate` the emulated seconds per real second (0: stands still until moved); `start_at`
    the emulated time to begin at, ISO 8601; `seed` what ids and draws follow from (empty: invented once per store);
    `token_lifetime` in seconds; `max_steps` 0 for no limit; `callback_timeout` in real seconds; `callback_connections`
    are those that one receiver may have; `callback_ca` is a file of certificates that https receivers may be signed by,
    besides those that the system trusts; `callback_insecure` trusts any. `callback_hosts` are names, globs or networks
    between commas that callbacks may go to (empty: all), `allowed_hosts` more names under which the emulator's own API
    may be called, `control_token` what it asks for (empty: nothing).
    """

    host: str = "127.0.0.1"
    port: int = 8080
    scenario: str = "default"
    scenarios: str = ""
    store: str = ""
    keep: int | None = None
    seed: str = ""
    rate: float = 1.0
    start_at: str = ""
    credentials: str = ""
    token_lifetime: int = 3600
    form_credentials: bool = True
    prices: str = ""
    max_steps: int = 0
    max_body: int = MIB
    callback_timeout: float = 2.0
    callback_connections: int = 8
    callback_ca: str = ""
    callback_insecure: bool = False
    callback_hosts: str = ""
    control_token: str = ""
    allowed_hosts: str = ""
    log_format: str = "text"

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which the emulator's own API may be called, besides those that always may."""
        return _listed(self.allowed_hosts)

    @property
    def receivers(self) -> tuple[str, ...]:
        """The hosts that callbacks may go to; empty for all."""
        return _listed(self.callback_hosts)

    @property
    def kept(self) -> int | None:
        """The limit of what the store keeps, in bytes; None for no limit."""
        if self.keep is None:
            return None if self.store else 32 * MIB
        return self.keep or None


def _listed(text: str) -> tuple[str, ...]:
    return tuple(each.strip().lower() for each in text.split(",") if each.strip())
