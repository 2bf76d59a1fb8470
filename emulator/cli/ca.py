"""The command `ca`: where the emulator's CA is, and how a client is told to trust it and to come here."""

from __future__ import annotations

from pathlib import Path
from shlex import quote
from typing import Final
from urllib.parse import urlsplit

import click

from emulator.cli.options import option, settings_options, url_option
from emulator.clock.clock import RealTime
from emulator.errors import EmulatorError
from emulator.http.tls.authority import Authority
from emulator.http.tls.truststores import PASSWORD, exported
from emulator.validation.printing import printable_json

HOW: Final = f"""\
The CA's certificate, which clients trust: {{file}}

Have a client send its requests here:
  most     export HTTPS_PROXY={{url}}
  Node     export HTTPS_PROXY={{url}} NODE_USE_ENV_PROXY=1   (from 22.21 and 24 on)
  Ruby     export http_proxy={{url}} https_proxy={{url}}
  Java     export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Dhttps.proxyHost={{host}} -Dhttps.proxyPort={{port}}"
Or have auth.routee.net and connect.routee.net lead to an emulator with --tls-port 443: what looks at no such variable
needs that, such as PHP's file_get_contents and fopen; PHP's curl does look.

Have it trust the CA:
  curl     export CURL_CA_BUNDLE={{file}}
  Node     export NODE_EXTRA_CA_CERTS={{file}}
  Python   export SSL_CERT_FILE={{file}} REQUESTS_CA_BUNDLE={{file}}
  Ruby     export SSL_CERT_FILE={{file}}
  Go       export SSL_CERT_FILE={{file}}
  .NET     export SSL_CERT_FILE={{file}}
  PHP      printf '%s="%s"\\n' openssl.cafile {{file}} curl.cainfo {{file}} >ca.ini
           export PHP_INI_SCAN_DIR=:$PWD
  Java     failover-emulator ca --export p12 ca.p12
           JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStore=$PWD/ca.p12"
           export JAVA_TOOL_OPTIONS="$JAVA_TOOL_OPTIONS -Djavax.net.ssl.trustStorePassword={PASSWORD}"
  Debian   sudo cp {{file}} /usr/local/share/ca-certificates/failover-emulator.crt && sudo update-ca-certificates
  Fedora   sudo trust anchor {{file}}
  macOS    sudo security add-trusted-cert -d -k /Library/Keychains/System.keychain {{file}}
  Windows  certutil -addstore -user Root {{file}}"""


@click.command()
@settings_options("ca")
@url_option("The emulator's address, as it is shown.")
@click.option(
    "--export",
    nargs=2,
    type=(click.Choice(("p12", "jks", "pem")), click.Path(dir_okay=False)),
    envvar="EMULATOR_CA_EXPORT",
    metavar="p12|jks|pem FILE",
    help=f"Write the certificate into a file of its own; the password of p12 and jks is {PASSWORD}.",
)
@option("--json", "Print where it is as JSON.", default=False)
def ca(ca: str, url: str, export: tuple[str, str] | None, json: bool) -> None:  # noqa: FBT001  # click hands it over by name
    """Show where the CA is and how clients are told to trust it; it is made if there is none yet."""
    now = RealTime()
    authority = Authority(ca, now)
    certificate = authority.certificate()
    if json:
        click.echo(printable_json({"file": str(authority.file)}))
    elif export is None:
        place, file = urlsplit(url), quote(str(authority.file))
        click.echo(HOW.format(file=file, url=quote(url), host=place.hostname, port=place.port or 80))
    if export is None:
        return
    kind, name = export
    try:
        Path(name).write_bytes(exported(kind, certificate, now()))
    except OSError as error:
        raise EmulatorError(f"--export {name}: {error.strerror}") from error
    click.echo(f"{name} is written")
