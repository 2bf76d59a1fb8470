"""What the commands share: options, each of which is also a variable EMULATOR_*, those that follow from the table of
settings, and the client that is made of them.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar

import click

from emulator.clock import instants
from emulator.clock.clock import FASTEST, INSTANT
from emulator.errors import EmulatorError
from emulator.flow.kinds import KINDS
from emulator.settings import Setting, Settings, table
from emulator.validation.hints import hint

if TYPE_CHECKING:
    from emulator.client.client import Client

F = TypeVar("F", bound=Callable[..., object])

DEFAULTS: Final = Settings()
ENDPOINTS: Final = tuple(KINDS)
"""What sends messages, by the names that scenarios have for it."""
PATIENCE: Final = 60.0
"""Real seconds that a command waits for an answer."""
_LINKS: Final = ("tcp://", "udp://", "sctp://")
_OF_A_SERVICE: Final = r"_SERVICE_(HOST|PORT)|_PORT(_\d+_(TCP|UDP|SCTP)|$)|_ENV_|^EMULATOR_NAME$"


class Rate(click.ParamType):  # type: ignore[type-arg]  # only a new click lets it be given
    """A clock's rate: a number from 0, or the word instant."""

    name = "RATE"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See click.ParamType."""
        try:
            rate = INSTANT if value == "instant" else float(str(value))
        except ValueError:
            rate = -1.0
        if not (0 <= rate <= FASTEST or rate == INSTANT):
            self.fail(f"must be a number from 0 to {FASTEST:g}, or instant; it is {value}", param, ctx)
        return rate


class Host(click.ParamType):  # type: ignore[type-arg]  # only a new click lets it be given
    """An address or a name to listen on; around an address of IPv6 may be brackets, as in a URL."""

    name = "TEXT"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> str:  # noqa: ARG002
        """See click.ParamType."""
        return str(value).removeprefix("[").removesuffix("]")


class Several(click.ParamType):  # type: ignore[type-arg]  # only a new click lets it be given
    """One of several texts. A variable has them between commas, and may have spaces in them."""

    name = "TEXT"

    def split_envvar_value(self, rv: str) -> list[str]:
        """See click.ParamType."""
        return [rv]


class Instant(click.ParamType):  # type: ignore[type-arg]  # only a new click lets it be given
    """A time in ISO 8601, as milliseconds."""

    name = "TIME"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """See click.ParamType."""
        try:
            return instants.read(str(value))
        except (ValueError, OverflowError):
            self.fail(f"must be a time such as 2026-03-02T23:30Z; it is {value}", param, ctx)


def option(  # noqa: PLR0913  # as click.option has them
    name: str,
    text: str,
    *,
    variable: str = "",
    default: object = None,
    kind: click.ParamType[Any] | None = None,
    shown: str | bool = True,
    several: bool = False,
) -> Callable[[F], F]:
    """An option with this help, a flag if its default is a bool. Its variable is EMULATOR_ and `variable`, or else the
    option's own name in capitals. The help has the default as it is `shown`, True for its value.
    It may be given `several` times; its texts are then joined by commas.
    """
    variable = variable or name.partition("/")[0].lstrip("-").replace("-", "_").upper()
    return click.option(
        name,
        cls=_Option,
        envvar=f"EMULATOR_{variable}",
        show_envvar=True,
        show_default=shown,
        help=text,
        default=default,
        type=kind,
        is_flag=isinstance(default, bool) or None,
        multiple=several,
        callback=(lambda _ctx, _param, texts: ",".join(texts)) if several else None,
    )


class _Option(click.Option):
    """An option that takes no link from its variable, see `links`."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """See click.Parameter."""
        value = super().resolve_envvar_value(ctx)
        return None if value is None or value.startswith(_LINKS) else value


def links() -> list[str]:
    """The variables of settings that are no settings: Kubernetes and Docker tell the address of a service that is named
    `emulator` as EMULATOR_PORT=tcp://10.0.0.7:8080.
    """
    names = (setting.variable for setting in table())
    return [f"{name}={value}" for name in names if (value := os.environ.get(name, "")).startswith(_LINKS)]


def unknown() -> list[str]:
    """What is to be said of variables EMULATOR_* that no command has, such as mistyped ones. Those that Kubernetes and
    Docker set for a service whose name begins with `emulator` are left out.
    """
    names = {setting.variable for setting in table()}
    strange = [each for each in os.environ if each.startswith("EMULATOR_") and each not in names]
    if strange := [each for each in strange if not re.search(_OF_A_SERVICE, each)]:
        from emulator.cli.main import main

        commands = main.commands.values()
        others = {option.envvar for each in commands for option in each.params if isinstance(option.envvar, str)}
        strange = [each for each in strange if each not in others]
    return [f"{each} is no setting, and is ignored{hint(each, names)}" for each in sorted(strange)]


def settings_options(*names: str) -> Callable[[F], F]:
    """The options of these settings, or of all, in the order of the table."""

    def decorated(command: F) -> F:
        for setting in reversed(table()):
            if not names or setting.name in names:
                command = _settings_option(setting)(command)
        return command

    return decorated


def _settings_option(setting: Setting) -> Callable[[F], F]:
    """The option of a setting. One that is on by default can be turned off by the option with --no- before it."""
    name, described = setting.flag, setting.option
    if setting.default is True:
        name += f"/--no-{name[2:]}"
    text = described.help + (f"  [default: {described.default}]" if described.default else "")
    kind: click.ParamType[Any] | None = None
    if described.kind:
        kinds = {"rate": Rate(), "host": Host(), "several": Several()}
        kind = kinds.get(described.kind) or click.Path(readable=False)
    elif described.choices:
        kind = click.Choice(described.choices)
    elif isinstance(setting.default, float):
        kind = click.FloatRange(described.least, described.most)
    elif described.least is not None:
        kind = click.IntRange(int(described.least), None if described.most is None else int(described.most))
    several = described.kind == "several"
    return option(name, text, default=None if several else setting.default, kind=kind, several=several)


def url_option(text: str = "The emulator's address.") -> Callable[[F], F]:
    """The option that says where the emulator is. Where its port is set for `serve`, it is known here too."""

    def here() -> str:
        port = os.environ.get("EMULATOR_PORT", "")
        return f"http://127.0.0.1:{port if port.isdecimal() and int(port) else DEFAULTS.port}"

    return option("--url", text, default=here, shown=f"http://127.0.0.1:{DEFAULTS.port}, or the EMULATOR_PORT there")


def control_options(command: F) -> F:
    """The options of the commands that use the emulator's own API."""
    for each in (
        option(
            "--application", "Which application; without it, what all share.", variable="CLOCK_APPLICATION", default=""
        ),
        url_option(),
        option("--token", "The emulator's control token, if it has one.", variable="CONTROL_TOKEN", default=""),
    ):
        command = each(command)
    return command


def read(file: BinaryIO) -> str:
    """The text of a file that was given to a command. Raises EmulatorError."""
    from emulator.validation import encoding

    try:
        return encoding.text(file.read())
    except encoding.NotText as error:
        raise EmulatorError(f"{file.name} {error}") from error


@contextmanager
def connected(url: str, token: str = "", timeout: float | None = PATIENCE) -> Iterator[Client]:
    """A client of the emulator at this URL, which waits so many real seconds for each answer (None: for ever). A
    refusal becomes an EmulatorError that says so; that nobody answers, one that says how another address is given.
    """
    from emulator.client.client import Client
    from emulator.client.connection import Refused, Unreachable

    with Client(url, token=token, timeout=timeout) as client:
        try:
            yield client
        except Refused as error:
            raise EmulatorError(f"refused with {error}") from error
        except Unreachable as error:
            raise EmulatorError(f"{error}; --url or EMULATOR_URL names another address") from error
