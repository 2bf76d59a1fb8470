"""The CA's certificate in files that clients can be given: PEM, or the stores of Java's two kinds, p12 and jks."""

from __future__ import annotations

import hashlib
import ssl
from struct import pack
from typing import Final

PASSWORD: Final = "changeit"  # noqa: S105  # Java's own word for no password at all
ALIAS: Final = "failover-emulator"
_MAGIC: Final = 0xFEEDFEED
_TRUSTED: Final = 2
"""The tag of an entry that is a trusted certificate, and by chance the version of the format too."""


def exported(kind: str, certificate: bytes, now: int) -> bytes:
    """A file of this kind, pem, p12 or jks, with the certificate that is given as PEM; `now` in milliseconds UTC. The
    password of a store is PASSWORD.
    """
    if kind == "pem":
        return certificate
    return p12(certificate) if kind == "p12" else jks(ssl.PEM_cert_to_DER_cert(certificate.decode()), now)


def p12(certificate: bytes) -> bytes:
    """A PKCS #12 store in which Java finds its mark that the certificate is trusted; others need none."""
    from cryptography.hazmat.primitives.serialization import BestAvailableEncryption
    from cryptography.hazmat.primitives.serialization.pkcs12 import PKCS12Certificate, serialize_java_truststore
    from cryptography.x509 import load_pem_x509_certificate

    entry = PKCS12Certificate(load_pem_x509_certificate(certificate), ALIAS.encode())
    return serialize_java_truststore([entry], BestAvailableEncryption(PASSWORD.encode()))


def jks(certificate: bytes, now: int) -> bytes:
    """Sun's old format, of a certificate in DER: a head, one entry, and a digest of the password, a phrase and both."""
    head = pack(">IIII", _MAGIC, _TRUSTED, 1, _TRUSTED) + _text(ALIAS) + pack(">Q", now)
    store = head + _text("X.509") + pack(">I", len(certificate)) + certificate
    return store + hashlib.sha1(PASSWORD.encode("utf-16-be") + b"Mighty Aphrodite" + store).digest()  # noqa: S324


def _text(text: str) -> bytes:
    return pack(">H", len(text)) + text.encode()
