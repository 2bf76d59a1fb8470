"""The command that shows where the CA is."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.support.commands import run


def test_ca_makes_it_and_shows_a_line_for_each_language(tmp_path: Path) -> None:
    """With the whole path, so that the line can be copied."""
    done = run("ca", "--ca", str(tmp_path))
    assert done.exit_code == 0
    assert (tmp_path / "ca.pem").is_file()
    lines = done.stdout.splitlines()
    assert lines[0] == f"The CA's certificate, which clients trust: {tmp_path}/ca.pem"
    for language in ("curl", "Node", "Python", "Ruby", "Go", ".NET", "PHP", "Debian", "Fedora", "macOS", "Windows"):
        assert any(line.startswith(f"  {language} ") and f"{tmp_path}/ca.pem" in line for line in lines), language
    assert any("javax.net.ssl.trustStore=" in line for line in lines)


def test_where_it_is_is_told_to_programs_as_json(tmp_path: Path) -> None:
    """Also when it is exported."""
    place = {"file": f"{tmp_path}/ca.pem"}
    assert json.loads(run("ca", "--ca", str(tmp_path), "--json").stdout) == place
    done = run("ca", "--ca", str(tmp_path), "--json", "--export", "pem", str(tmp_path / "other.pem"))
    assert json.loads(done.stdout.splitlines()[0]) == place
    assert (tmp_path / "other.pem").is_file()


@pytest.mark.skipif(shutil.which("php") is None, reason="needs PHP")
def test_php_reads_what_its_lines_write(tmp_path: Path) -> None:
    """From its environment, so that programs that start PHP by themselves trust the CA, too."""
    folder = tmp_path / "Application Support"
    lines = run("ca", "--ca", str(folder)).stdout.splitlines()
    first = next(number for number, line in enumerate(lines) if line.startswith("  PHP "))
    script = [lines[first].removeprefix("  PHP"), lines[first + 1], "php -r 'echo ini_get(\"openssl.cafile\");'"]
    shown = subprocess.run(["sh", "-ec", "\n".join(script)], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert shown.stdout == f"{folder}/ca.pem"


def test_ca_shows_the_address_that_it_is_told(tmp_path: Path) -> None:
    """In the lines that send clients there."""
    shown = run("ca", "--ca", str(tmp_path), "--url", "http://10.0.0.7:9000").stdout
    assert "export HTTPS_PROXY=http://10.0.0.7:9000\n" in shown
    assert "-Dhttps.proxyHost=10.0.0.7 -Dhttps.proxyPort=9000" in shown


def test_ca_takes_the_port_that_serve_takes(tmp_path: Path) -> None:
    """From its variable, unless a URL is given; a link that Kubernetes sets, and a port yet to be found, are none."""
    for port, shown in (("18080", 18080), ("tcp://10.0.0.7:9", 8080), ("0", 8080)):
        told = run("ca", EMULATOR_CA=str(tmp_path), EMULATOR_PORT=port).stdout
        assert f"export HTTPS_PROXY=http://127.0.0.1:{shown}\n" in told
    url = run("ca", EMULATOR_CA=str(tmp_path), EMULATOR_PORT="18080", EMULATOR_URL="http://there").stdout
    assert "export HTTPS_PROXY=http://there\n" in url


def test_ca_says_what_clients_that_know_no_proxy_need(tmp_path: Path) -> None:
    """As the streams of PHP."""
    assert (
        "--tls-port 443: what looks at no such variable\nneeds that, such as PHP's"
        in run("ca", "--ca", str(tmp_path)).stdout
    )


def test_a_path_with_blanks_can_be_copied_too(tmp_path: Path) -> None:
    """As the one on a Mac has them."""
    folder = tmp_path / "Application Support"
    assert f"export CURL_CA_BUNDLE='{folder}/ca.pem'\n" in run("ca", "--ca", str(folder)).stdout


def test_ca_exports_it_into_a_file(tmp_path: Path) -> None:
    """Of the kind that is asked for."""
    done = run("ca", "--export", "pem", str(tmp_path / "mine.pem"), EMULATOR_CA=str(tmp_path))
    assert (done.exit_code, done.stdout) == (0, f"{tmp_path}/mine.pem is written\n")
    assert (tmp_path / "mine.pem").read_bytes() == (tmp_path / "ca.pem").read_bytes()
    assert run("ca", "--export", "jks", "/nowhere/ca.jks", EMULATOR_CA=str(tmp_path)).exit_code == 1
    assert run("ca", "--export", "der", "ca.der", EMULATOR_CA=str(tmp_path)).exit_code == 2


def test_ca_says_in_a_line_why_it_can_t(tmp_path: Path) -> None:
    """As for a damaged one."""
    (tmp_path / "ca.pem").touch()
    done = run("ca", EMULATOR_CA=str(tmp_path))
    assert (done.exit_code, "ca.pem is damaged" in done.stderr) == (1, True)
