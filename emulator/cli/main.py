"""The command line: `failover-emulator serve`, and the small tools around it. Every option is also a variable.

What a command needs is imported when it runs, so that each starts fast.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from emulator import __version__
from emulator.clock.clock import FASTEST, INSTANT
from emulator.errors import EmulatorError
from emulator.settings import Settings

if TYPE_CHECKING:
    from emulator.emulation import Emulation

DEFAULTS = Settings()
_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104  # compared with, not listened on


def option(name: str, help_text: str, variable: str = "", **more: Any) -> Callable[[Any], Any]:
    """An option that is also the variable EMULATOR_NAME, or EMULATOR_ and what `variable` says."""
    variable = "EMULATOR_" + (variable or name.partition("/")[0].lstrip("-").replace("-", "_").upper())
    return click.option(name, envvar=variable, show_envvar=True, show_default=True, help=help_text, **more)


def fail(error: Exception) -> NoReturn:
    """Say what is wrong on standard error, and end with status 1."""
    click.echo(f"failover-emulator: {error}", err=True)
    sys.exit(1)


class Rate(click.ParamType[float]):
    """A clock's rate: a number from 0, or the word instant."""

    name = "RATE"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """See click.ParamType."""
        try:
            rate = INSTANT if value == "instant" else float(value)
        except ValueError:
            rate = -1.0
        if not (0 <= rate <= FASTEST or rate == INSTANT):
            self.fail(f"must be a number from 0 to {FASTEST:g}, or instant; it is {value}", param, ctx)
        return rate


def _trust_options(command: Any) -> Any:
    """The options of the commands that post to https receivers."""
    for decorate in (
        option(
            "--callback-insecure",
            "Trust any certificate of an https receiver.",
            default=DEFAULTS.callback_insecure,
            is_flag=True,
        ),
        option(
            "--callback-ca",
            "File of certificates (PEM) that https receivers may be signed by, besides those that the system trusts.",
            default=DEFAULTS.callback_ca,
            type=click.Path(),
        ),
    ):
        command = decorate(command)
    return command


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="failover-emulator")
def main() -> None:
    """A local emulator of Routee's Failover API."""


@main.command()
@option("--host", "Address to listen on.", default=DEFAULTS.host)
@option(
    "--port",
    "Port to listen on; 0 takes a free one and prints it.",
    default=DEFAULTS.port,
    type=click.IntRange(0, 65535),
)
@option("--scenario", "What the channels report: a scenario's name, or a file.", default=DEFAULTS.scenario)
@option(
    "--scenarios",
    "Folder of scenario files that can be chosen by name; files that change are read again.",
    default=DEFAULTS.scenarios,
    type=click.Path(),
)
@option(
    "--store",
    "File to keep everything in, so that a restart goes on; without it, memory.",
    default=DEFAULTS.store,
    type=click.Path(),
)
@option(
    "--keep",
    "Bytes of finished flows and journal to keep; 0 keeps all.  [default: 32 MiB in memory, all on a file]",
    default=None,
    type=click.IntRange(0),
)
@option(
    "--seed",
    "What ids and draws follow from: equal seeds give equal bytes.  [default: invented]",
    default=DEFAULTS.seed,
)
@option(
    "--rate",
    "Emulated seconds per real second; 0 stands still, instant jumps to whatever comes next.",
    default=DEFAULTS.rate,
    type=Rate(),
)
@option(
    "--start-at",
    "Emulated time to begin at, such as 2026-01-01T00:00Z.  [default: now; that one at rate 0 and instant]",
    default=DEFAULTS.start_at,
)
@option(
    "--credentials",
    "Who gets a token: a JSON file, or id:secret,id2:secret2.  [default: everybody]",
    default=DEFAULTS.credentials,
)
@option("--token-lifetime", "Seconds that a token lives.", default=DEFAULTS.token_lifetime, type=click.IntRange(1))
@option(
    "--form-credentials/--no-form-credentials",
    "Accept client_id and client_secret in the form.",
    default=DEFAULTS.form_credentials,
)
@option("--prices", "JSON file with prices by channel and country.", default=DEFAULTS.prices, type=click.Path())
@option(
    "--max-steps",
    "Most steps that a flow may have; 0 for no limit.",
    default=DEFAULTS.max_steps,
    type=click.IntRange(0),
)
@option(
    "--max-body", "Most bytes that a request's body may have.", default=DEFAULTS.max_body, type=click.IntRange(1024)
)
@option(
    "--callback-timeout",
    "Real seconds that a callback's receiver has to answer.",
    default=DEFAULTS.callback_timeout,
    type=click.FloatRange(0.001),
)
@option(
    "--callback-connections",
    "Connections that a callback's receiver gets at most; further callbacks wait.",
    default=DEFAULTS.callback_connections,
    type=click.IntRange(1),
)
@_trust_options
@option(
    "--callback-hosts",
    "Where callbacks may go: names, globs or networks between commas.  [default: anywhere]",
    default=DEFAULTS.callback_hosts,
)
@option(
    "--control-token",
    "What calls of /_emulator must bring as their bearer token.  [default: nothing]",
    default=DEFAULTS.control_token,
)
@option(
    "--allowed-hosts",
    "More names under which /_emulator may be called, between commas.  [default: localhost, addresses, service names]",
    default=DEFAULTS.allowed_hosts,
)
@option(
    "--log-format", "How to log, to standard error.", default=DEFAULTS.log_format, type=click.Choice(["text", "json"])
)
def serve(**options: Any) -> None:
    """Start the emulator; it runs until interrupted."""
    from emulator import server
    from emulator.cli import logs
    from emulator.http.listener import run

    settings = Settings(**options)
    logs.configure(settings.log_format)
    try:
        run(server.serve(settings, _ready))
    except EmulatorError as error:
        fail(error)


@main.command()
@option("--port", "Port to listen on; 0 takes a free one.", default=DEFAULTS.port, type=click.IntRange(0, 65535))
@option("--browser/--no-browser", "Open the page.", default=True)
def demo(port: int, browser: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """Start an emulator, open its page, and play a small story on it; it runs until interrupted."""
    from emulator import server
    from emulator.cli import demo as showing
    from emulator.cli import logs
    from emulator.http.listener import run

    def ready(url: str, emulation: Emulation) -> None:
        _ready(url, emulation)
        click.echo(f"The page is {url}/_emulator/")
        showing.begin(url, browser=browser)

    logs.configure(DEFAULTS.log_format)
    try:
        run(server.serve(Settings(port=port), ready))
    except EmulatorError as error:
        fail(error)


def _ready(url: str, emulation: Emulation) -> None:
    from msgspec import json

    settings = emulation.settings
    rate = "instant" if settings.rate == INSTANT else settings.rate
    told = {"url": url, "scenario": settings.scenario, "rate": rate, "store": settings.store or "memory"}
    if settings.log_format == "json":
        click.echo(json.encode({"event": "ready"} | told))
    else:
        click.echo(
            f"failover-emulator is ready on {url} ("
            + ", ".join(f"{k} {v}" for k, v in told.items() if k != "url")
            + ")"
        )
    sys.stdout.flush()


@main.command()
@option("--host", "Address that the server listens on.", default=DEFAULTS.host)
@option("--port", "Port that the server listens on.", default=DEFAULTS.port, type=click.IntRange(1, 65535))
def readyz(host: str, port: int) -> None:
    """Exit with 0 if an emulator is ready there, with 1 otherwise: a container's health check."""
    from http.client import HTTPConnection, HTTPException

    connection = HTTPConnection("127.0.0.1" if host in _ANYWHERE else host, port, timeout=2)
    try:
        connection.request("GET", "/_emulator/ready")
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        fail(error)
    finally:
        connection.close()
    sys.exit(0 if status == 200 else 1)


@main.command()
@option("--host", "Address to listen on.", "LISTEN_HOST", default=DEFAULTS.host)
@option("--port", "Port to listen on; 0 takes a free one.", "LISTEN_PORT", default=8081, type=click.IntRange(0, 65535))
@option("--status", "HTTP status to answer.", "LISTEN_STATUS", default=200, type=click.IntRange(200, 599))
@option("--delay", "Seconds to wait before answering.", "LISTEN_DELAY", default=0.0, type=click.FloatRange(0))
def listen(host: str, port: int, status: int, delay: float) -> None:
    """Receive callbacks and print each as it comes."""
    from emulator.cli import listen as receiver
    from emulator.http.listener import run

    try:
        run(receiver.listen(host, port, status, delay, click.echo))
    except EmulatorError as error:
        fail(error)


@main.command()
@click.argument("file", type=click.File("rb"), required=False)
@option("--url", "The emulator's address.", default="http://127.0.0.1:8080")
@option("--application", "Application id to send as.", default="demo")
@option("--secret", "The application's secret.", default="demo")
@option("--channels", "Channels of the sample flow, in order.", default="Viber,Sms")
@option("--to", "Recipient of the sample flow.", default="+306912345678")
@option("--callback", "URL that the sample's callbacks go to.", default="")
@option(
    "--strategy",
    "When the sample's callback is called.",
    default="OnStep",
    type=click.Choice(["OnStep", "OnCompletion"]),
)
def send(file: Any, url: str, application: str, secret: str, **wanted: str) -> None:
    """Send a flow, FILE or a sample, and show its progress until it ends.

    The exit status is 0 once it has ended, well or not.
    """
    from msgspec import json

    from emulator.cli.progress import show
    from emulator.client import send as sending
    from emulator.client import steer

    target = sending.Target(url, application, secret)
    try:
        body = file.read() if file else json.encode(_sample(**wanted))
        bearer = sending.token(target)
        created = sending.send(target, bearer, body)
        _hint(steer.standing(url, application))
        show(created, sending.followed(target, bearer, created["trackingId"]))
    except EmulatorError as error:
        fail(error)


def _hint(standing: bool) -> None:  # noqa: FBT001  # there is but one thing to say
    if standing:
        click.echo("Time stands still; `failover-emulator advance 24h` moves it.", err=True)


def _sample(channels: str, to: str, callback: str, strategy: str) -> Any:
    from emulator.client.send import sample

    chosen = [each.strip().capitalize() for each in channels.split(",")]
    unknown = [each for each in chosen if each not in ("Sms", "Viber", "Voice")]
    if unknown:
        raise click.BadParameter(
            f"unknown channel {', '.join(unknown)}; known are Sms, Viber, Voice", param_hint="--channels"
        )
    return sample(chosen, to, callback, strategy)


@main.command()
@click.argument("scenarios", nargs=-1)
def check(scenarios: tuple[str, ...]) -> None:
    """Check SCENARIOS: files, folders of them, or names; without any, list and check the shipped ones."""
    from emulator.scenario import files
    from emulator.shipped import folder

    wrong = 0
    for each in scenarios or (str(folder("scenarios")),):
        for one in _inside(each):
            try:
                found = files.load(one) if one.exists() else files.find(each)
                click.echo(f"{found.name}: {found.purpose}")
            except files.ScenarioError as error:
                wrong += 1
                click.echo(str(error), err=True)
    sys.exit(1 if wrong else 0)


def _inside(path: str) -> list[Path]:
    """The scenario files of a folder, or the path itself."""
    from emulator.scenario.files import is_scenario

    it = Path(path)
    return sorted(file for file in it.iterdir() if is_scenario(file)) if it.is_dir() else [it]


@main.command()
@click.argument("request", type=click.File("rb"))
@option("--scenario", "The scenario, by its name or file.", default=DEFAULTS.scenario)
@option("--seed", "What draws follow from.", default=DEFAULTS.seed)
@option("--application", "Application that sends the request.", "EXPLAIN_APPLICATION", default="app")
@option("--number", "Which of its application's requests this is.", "EXPLAIN_NUMBER", default=1, type=click.IntRange(1))
@option("--json", "Print JSON instead of tables.", is_flag=True)
def explain(request: Any, scenario: str, application: str, number: int, **wanted: Any) -> None:
    """Say what a REQUEST would come to, and why each rule applies or not; REQUEST is the file of a body, - is stdin."""
    from msgspec import json

    from emulator.cli import tables
    from emulator.planning.explanation import explained
    from emulator.planning.rehearsal import Rehearsal
    from emulator.scenario import files

    body = _request(request)
    try:
        chosen = files.find(scenario)
    except EmulatorError as error:
        fail(error)
    told = explained(chosen, body, Rehearsal(chosen, wanted["seed"], before={application: number - 1}), application)
    if wanted["json"]:
        click.echo(json.encode(told))
    else:
        tables.explanation(told)


@main.command()
@click.argument("request", type=click.File("rb"))
@option("--json", "Print JSON, with a scenario for each outcome.", is_flag=True)
def paths(request: Any, **wanted: bool) -> None:
    """List every outcome that a REQUEST can have, with a number that has it; REQUEST is the file of a body."""
    from msgspec import json

    from emulator.cli import tables
    from emulator.planning import paths as finding

    body = _request(request)
    try:
        found = finding.paths(body)
    except EmulatorError as error:
        fail(error)
    if wanted["json"]:
        click.echo(json.encode(found))
    else:
        tables.all_paths(found)


def _request(file: Any) -> Any:
    """The request in a file; says everything that is wrong with it."""
    from emulator.provider.failover import reading

    try:
        return reading.failover(file.read())
    except reading.Invalid as error:
        told = "".join(f"\n  {where}: {why}" for where, why in error.properties.items())
        fail(EmulatorError(f"{file.name} breaks the rules of a request{told}"))
    except reading.Malformed as error:
        fail(EmulatorError(f"{file.name}: {error}"))


def _control_options(command: Any) -> Any:
    """The options of the commands that use the emulator's own API."""
    for decorate in (
        option("--application", "Which application; without it, what all share.", "CLOCK_APPLICATION", default=""),
        option("--url", "The emulator's address.", default="http://127.0.0.1:8080"),
        option("--token", "The emulator's control token, if it has one.", "CONTROL_TOKEN", default=""),
    ):
        command = decorate(command)
    return command


@main.command()
@option("--rate", "Set the rate first: a number from 0, or instant.", "CLOCK_RATE", default=None, type=Rate())
@_control_options
def clock(url: str, token: str, application: str, rate: float | None) -> None:
    """Show the emulated time, its rate, and when something happens next."""
    from emulator.client import steer

    try:
        state = steer.clock(url, token, application) if rate is None else steer.set_rate(url, token, application, rate)
        click.echo(steer.shown(state))
    except EmulatorError as error:
        fail(error)


@main.command()
@click.argument("goal")
@_control_options
def advance(goal: str, url: str, token: str, application: str) -> None:
    """Move time: by a duration (24h), to a time (2026-01-01T12:00Z), to the `next` event, or until all is `idle`."""
    from emulator.client import steer

    try:
        moved = steer.advance(url, token, application, goal)
    except EmulatorError as error:
        fail(error)
    for entry in moved["happened"]:
        click.echo(steer.told(entry))
    click.echo(steer.shown(moved))


@main.command()
@click.argument("file", type=click.File("rb"), required=False)
@_control_options
def record(file: Any, url: str, token: str, application: str) -> None:
    """Turn what happened into a scenario that replays it: an emulator's journal, or a FILE of callback bodies.

    The file has the bodies as they came from the provider, one JSON text a line or a JSON array of them. The scenario
    goes to standard output.
    """
    from emulator.client import steer
    from emulator.recording import writing

    try:
        if file is None:
            click.echo(writing.from_journal(steer.journal(url, token, application)), nl=False)
        else:
            click.echo(writing.from_bodies(_bodies(file.name, file.read())), nl=False)
    except EmulatorError as error:
        fail(error)


def _bodies(name: str, text: bytes) -> Any:
    """The JSON texts of a file: an array of them, or one a line."""
    from msgspec import DecodeError, json

    try:
        return json.decode(text) if text.lstrip().startswith(b"[") else json.Decoder().decode_lines(text)
    except DecodeError as error:
        fail(EmulatorError(f"{name}: {error}; expected one JSON text a line, or an array"))


@main.command("check-webhook")
@click.argument("url")
@option(
    "--timeout",
    "Seconds that the receiver has to answer.",
    "WEBHOOK_TIMEOUT",
    default=2.0,
    type=click.FloatRange(0.001),
)
@_trust_options
@option("--junit", "File to write the verdicts to, as JUnit XML.", default=None, type=click.Path(dir_okay=False))
def check_webhook(url: str, timeout: float, junit: str | None, **trust: Any) -> None:
    """Fire every documented callback at your receiver, and judge its answers by the provider's rules.

    The exit status is 0 if all are good.
    """
    from rich.console import Console

    from emulator.testing.webhook_check import verdict

    try:
        verdicts = verdict.check(url, timeout, trust["callback_ca"], insecure=trust["callback_insecure"])
    except EmulatorError as error:
        fail(error)
    Console().print(verdict.table(verdicts))
    if junit:
        Path(junit).write_bytes(verdict.junit(verdicts))
    bad = sum(not verdict.good for verdict in verdicts)
    click.echo(f"{len(verdicts) - bad} of {len(verdicts)} good")
    sys.exit(1 if bad else 0)
