"""What one emulator is set to: one table, from which the options of `serve`, the variables EMULATOR_* and a table of
`cli/README.md` follow. It knows nothing of the command line, nor of what the settings do.
"""

import re
from collections.abc import Mapping
from functools import cache
from typing import Annotated, Literal

from msgspec import Struct, ValidationError, convert

from emulator.clock.clock import INSTANT
from emulator.errors import EmulatorError
from emulator.validation.hints import hint, quoted

MIB = 1024 * 1024


class SettingsError(EmulatorError):
    """A setting can't be used; the message says which, and what would be right."""


class Option(Struct, frozen=True):
    """A setting as an option of the command line: its help; its default in words, where the value alone does not tell;
    the least and the most that a number may be; the texts to choose from; `kind`, for a text that is a file, a folder,
    a host, or several texts between commas, and for a number that is a clock's rate; whether it is a `secret`, which is
    shown to nobody.
    """

    help: str
    default: str = ""
    least: float | None = None
    most: float | None = None
    choices: tuple[str, ...] = ()
    kind: Literal["", "path", "rate", "host", "several"] = ""
    secret: bool = False

    def allows(self, value: float) -> bool:
        """Whether a number is neither below the least nor above the most."""
        return (self.least is None or value >= self.least) and (self.most is None or value <= self.most)

    @property
    def limits(self) -> str:
        """The least and the most in words."""
        return f"at least {self.least or 0:g}" if self.most is None else f"from {self.least or 0:g} to {self.most:g}"


class Settings(Struct, frozen=True):
    """All settings with their defaults. An empty text stands for what the option's default says, or for nothing."""

    host: Annotated[str, Option("Address to listen on.", kind="host")] = "127.0.0.1"
    port: Annotated[int, Option("Port to listen on; 0 takes a free one and prints it.", least=0, most=65535)] = 8080
    tls_port: Annotated[
        int | None, Option("Port to speak TLS on, beside the other; 0 takes a free one.", "none", least=0, most=65535)
    ] = None
    ca: Annotated[
        str,
        Option("Folder of the CA that TLS clients trust, which is made once.", "the user's data folder", kind="path"),
    ] = ""
    proxy_others: Annotated[
        bool, Option("As a proxy, pass on requests for other hosts than the provider's; otherwise they are refused.")
    ] = False
    scenario: Annotated[str, Option("What the channels report: a scenario's name, or a file.")] = "default"
    set: Annotated[
        str, Option("NAME=VALUE: a parameter of the scenario; may be given several times.", "none", kind="several")
    ] = ""
    scenarios: Annotated[
        str,
        Option(
            "Folder of scenarios that can be chosen by name, with folders below; files that change are read again.",
            kind="path",
        ),
    ] = ""
    store: Annotated[
        str,
        Option("File or PostgreSQL's URL, to keep everything in, so that a restart goes on; else memory.", kind="path"),
    ] = ""
    keep: Annotated[
        int | None,
        Option("Bytes of finished flows and journal to keep; 0 keeps all.", "32 MiB in memory, else all", least=0),
    ] = None
    seed: Annotated[str, Option("What ids and draws follow from: equal seeds give equal bytes.", "invented")] = ""
    rate: Annotated[
        float | None,
        Option(
            "Emulated seconds per real second; 0 stands still, instant jumps to whatever comes next.",
            "1, or what a store has",
            least=0,
            kind="rate",
        ),
    ] = None
    start_at: Annotated[
        str,
        Option("Emulated time to begin at, such as 2026-01-01T00:00Z.", "now; at rate 0 and instant 2026-01-01T00:00Z"),
    ] = ""
    credentials: Annotated[
        str, Option("Who gets a token: a JSON file, or id:secret,id2:secret2.", "everybody", secret=True)
    ] = ""
    token_lifetime: Annotated[int, Option("Seconds that a token lives.", least=1)] = 3600
    form_credentials: Annotated[bool, Option("Accept client_id and client_secret in the form.")] = True
    choose: Annotated[
        str,
        Option(
            "NAME=VALUE, or a file of such lines: another answer to what the provider's documentation leaves open; may"
            " be given several times. `failover-emulator choices` lists them.",
            "none",
            kind="several",
        ),
    ] = ""
    prices: Annotated[str, Option("JSON file with prices by channel and country.", kind="path")] = ""
    contacts: Annotated[
        str, Option("YAML or JSON file with contacts that every application has.", "none", kind="path")
    ] = ""
    senders: Annotated[
        str, Option("YAML or JSON file with the senders of Viber and Sms that there are.", "any", kind="path")
    ] = ""
    templates: Annotated[
        str, Option("YAML or JSON file with the Viber templates that there are.", "any", kind="path")
    ] = ""
    template_moderation: Annotated[int, Option("Seconds until a template that a call made is approved.", least=0)] = 0
    max_steps: Annotated[int, Option("Most steps that a flow may have; 0 for no limit.", least=0)] = 0
    max_body: Annotated[int, Option("Most bytes that a request's body may have.", least=1024)] = MIB
    default_callback: Annotated[
        str, Option("URL that is told of each change of an Sms that names no callback.", "none")
    ] = ""
    two_step_callback: Annotated[str, Option("URL that is told of each change of a two-step verification.", "none")] = (
        ""
    )
    callback_timeout: Annotated[
        float, Option("Real seconds that a callback's receiver has to answer.", least=0.001)
    ] = 2.0
    dial_plan_timeout: Annotated[
        float, Option("Real seconds that the receiver of a call's question has to answer a dial plan.", least=0.001)
    ] = 3.0
    callback_connections: Annotated[
        int, Option("Connections that a callback's receiver gets at most; further callbacks wait.", least=1)
    ] = 8
    callback_ca: Annotated[
        str,
        Option(
            "File of certificates (PEM) that https receivers may be signed by, besides those that the system trusts.",
            kind="path",
        ),
    ] = ""
    callback_insecure: Annotated[bool, Option("Trust any certificate of an https receiver.")] = False
    callback_hosts: Annotated[
        str, Option("Where callbacks may go: names, globs or networks between commas.", "anywhere")
    ] = ""
    control_token: Annotated[
        str, Option("What calls of /_emulator must bring as their bearer token.", "nothing", secret=True)
    ] = ""
    allowed_hosts: Annotated[
        str,
        Option(
            "More names (or globs) under which /_emulator may be called, and whose pages may, between commas; with any,"
            " the provider's API is closed to other names too.",
            "localhost, addresses, service names",
        ),
    ] = ""
    root_path: Annotated[
        str, Option("Path below which a proxy shows the emulator, such as /emulator.", "it is shown at /")
    ] = ""
    log_format: Annotated[str, Option("How to log, to standard error.", choices=("text", "json"))] = "text"
    log_level: Annotated[
        str,
        Option(
            "What to log: refusals are warnings, accepted requests are info; many a second are counted, and shown if "
            "their words are new.",
            choices=("debug", "info", "warning", "error"),
        ),
    ] = "info"

    @property
    def host_names(self) -> tuple[str, ...]:
        """The names under which the emulator's own API may be called, besides those that always may."""
        return _listed(self.allowed_hosts)

    @property
    def own_names(self) -> tuple[str, ...]:
        """The names and addresses of this server, which may be globs."""
        return ("localhost", "127.0.0.1", "::1", self.host, *self.host_names)

    @property
    def root(self) -> str:
        """The path below which a proxy shows the emulator: with a slash before it, or empty. Raises SettingsError."""
        path = self.root_path.strip("/")
        if path and not re.fullmatch(r"[\w.~/-]*", path, re.ASCII):
            raise SettingsError(f"root-path must be a path such as /emulator; it is {quoted(self.root_path)}")
        return f"/{path}" if path else ""

    @property
    def callback_hosts_allowed(self) -> tuple[str, ...]:
        """The hosts that callbacks may go to; empty if they may go to any."""
        return _listed(self.callback_hosts)

    @property
    def keep_bytes(self) -> int | None:
        """How many bytes of what is finished the store keeps; None for all."""
        if self.keep is None:
            return None if self.store else 32 * MIB
        return self.keep or None


class Setting(Struct, frozen=True):
    """One row of the table: a setting's name in Settings, its default, and what describes it."""

    name: str
    default: object
    option: Option

    @property
    def flag(self) -> str:
        """The option's name on the command line, such as --callback-ca."""
        return "--" + self.name.replace("_", "-")

    @property
    def variable(self) -> str:
        """The environment variable that sets it, such as EMULATOR_CALLBACK_CA."""
        return f"EMULATOR_{self.name.upper()}"


@cache
def table() -> tuple[Setting, ...]:
    """All settings, in the order of Settings."""
    hints = Settings.__annotations__  # not texts, since this module does without the import that makes them texts
    names, defaults = Settings.__struct_fields__, Settings.__struct_defaults__
    return tuple(
        Setting(name, default, hints[name].__metadata__[0]) for name, default in zip(names, defaults, strict=True)
    )


def settings_of(given: Mapping[str, object]) -> Settings:
    """The settings with these values in place of the defaults. Raises SettingsError if one is unknown, of another type,
    or beyond its limits; the rate may be the word instant.
    """
    rows = {setting.name: setting for setting in table()}
    for name, value in given.items():
        if name not in rows:
            raise SettingsError(f"there is no setting {name}{hint(name, rows)}")
        described = rows[name].option
        if described.choices and value not in described.choices:
            raise SettingsError(f"{name} must be one of {', '.join(described.choices)}; it is {value!r}")
        if isinstance(value, int | float) and not described.allows(value):
            raise SettingsError(f"{name} must be {described.limits}; it is {value}")
    if given.get("rate") == "instant":
        given = {**given, "rate": INSTANT}
    try:
        return convert(dict(given), Settings)
    except ValidationError as error:
        raise SettingsError(f"the settings are not right: {error}") from error


def _listed(text: str) -> tuple[str, ...]:
    """The texts between the commas, in small letters."""
    return tuple(each.strip().lower() for each in text.split(",") if each.strip())
