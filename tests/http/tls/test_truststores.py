"""The CA in files for clients that take no PEM, read back by others."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import pkcs12

from emulator.http.tls.truststores import ALIAS, PASSWORD, exported

CERTIFICATE = trustme.CA().cert_pem.bytes()
NOW = 1_800_000_000_000


def test_pem_is_the_certificate_itself() -> None:
    """Byte for byte."""
    assert exported("pem", CERTIFICATE, NOW) == CERTIFICATE


def test_p12_has_the_certificate_and_no_key() -> None:
    """Under its name."""
    store = pkcs12.load_pkcs12(exported("p12", CERTIFICATE, NOW), PASSWORD.encode())
    assert store.key is None
    assert [each.friendly_name for each in store.additional_certs] == [ALIAS.encode()]


@pytest.mark.parametrize("kind", ["p12", "jks"])
@pytest.mark.skipif(not shutil.which("keytool"), reason="there is no Java here")
def test_java_finds_a_trusted_certificate(kind: str, tmp_path: Path) -> None:
    """Its own tool lists it as one."""
    file = tmp_path / f"ca.{kind}"
    file.write_bytes(exported(kind, CERTIFICATE, NOW))
    command = ["keytool", "-list", "-keystore", str(file), "-storepass", PASSWORD]
    listed = subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    assert f"{ALIAS}, " in listed
    assert "trustedCertEntry" in listed
