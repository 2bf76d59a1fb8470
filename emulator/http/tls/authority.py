"""The emulator's own certificate authority (CA): made once in a folder, kept there, and asked for certificates.

The folder has the CA's certificate `ca.pem`, which clients trust, its private key, which only its owner reads, and the
certificates that were signed, one file for each kind of key and list of names. The CA's key is RSA, since clients with
old lists of ciphers verify nothing else. Starts at the same time take turns by a lock; each file is put in place whole.
"""

from __future__ import annotations

import errno
import hashlib
import os
import ssl
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Final

from msgspec import DecodeError, Struct, json

from emulator.errors import EmulatorError

CERTIFICATE: Final = "ca.pem"
KEY: Final = "ca-key.pem"
LOCK: Final = "lock"
KINDS: Final = ("ecdsa", "rsa")
"""The kinds of keys of the certificates that clients are shown: each takes the one that its ciphers allow. P-256 is the
faster one; the other is for lists of ciphers that have RSA only.
"""
DAY: Final = 24 * 3600 * 1000
LIFETIME: Final = 397 * DAY
"""Milliseconds that a certificate is good for; browsers refuse those of two years and more."""
RENEWAL: Final = 30 * DAY
"""Milliseconds before its end from which a certificate is made anew."""
EXTRA: Final = "TLS needs the extra tls: pip install '/path/to/failover-emulator[tls]'"


class AuthorityError(EmulatorError):
    """The CA can't be used; the message says why, and what to do."""


class Leaf(Struct, frozen=True):
    """The first line of a certificate's file: its names, when it ends, in milliseconds, and the CA that signed it."""

    names: tuple[str, ...]
    ends: int
    authority: str


class Authority:
    """The CA in a folder; an empty path stands for the one in the user's data folder. `now` gives milliseconds UTC."""

    def __init__(self, folder: str, now: Callable[[], int]) -> None:
        self._given_folder = folder
        self._now = now

    @property
    def folder(self) -> Path:
        """Where everything is kept. Raises AuthorityError if the user has no such place."""
        return Path(self._given_folder).absolute() if self._given_folder else _data_folder()

    @property
    def file(self) -> Path:
        """Where the CA's certificate is, or will be."""
        return self.folder / CERTIFICATE

    def certificate(self) -> bytes:
        """The CA's certificate as PEM; if there is no CA yet, it is made. Raises AuthorityError."""
        if not find_spec("trustme"):
            raise AuthorityError(EXTRA)
        with self._telling():
            if not self.file.exists():
                with self._locked():
                    if not self.file.exists():
                        self._make()
            found = self.file.read_bytes()
        self._check()
        return found

    def kept(self, context: ssl.SSLContext, names: Sequence[str]) -> bool:
        """Give a context the certificates that are kept for these names; False if one has to be made. Raises
        AuthorityError, also if it is plain beforehand that none can be made.
        """
        if not find_spec("trustme"):
            raise AuthorityError(EXTRA)
        with self._telling():
            if self.file.exists() and all(self._given(context, place, new) for place, _, new in self._wanted(names)):
                return True
            self.folder.mkdir(parents=True, exist_ok=True)
            (self.folder / LOCK).open("ab").close()
            if not os.access(self.folder, os.W_OK | os.X_OK):
                raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(self.folder))
        return False

    def certify(self, context: ssl.SSLContext, names: Sequence[str]) -> ssl.SSLContext:
        """The context, given certificates for these names, kept ones if they are still good. Raises AuthorityError."""
        with self._telling():
            for place, kind, new in self._wanted(names):
                if self._given(context, place, new):
                    continue
                with self._locked():
                    if not self._given(context, place, new):
                        self._sign(place, kind, new)
                        context.load_cert_chain(place)
        return context

    def _wanted(self, names: Sequence[str]) -> list[tuple[Path, str, Leaf]]:
        """The file, the kind and the first line of each certificate for these names, if it were made now."""
        signer = hashlib.sha256(self.certificate()).hexdigest()
        self._check_key()
        told = hashlib.sha256("\n".join(names).encode()).hexdigest()
        new = Leaf(tuple(names), self._now() + LIFETIME, signer)
        return [(self.folder / f"{kind}-{told[:12]}.pem", kind, new) for kind in KINDS]

    def _given(self, context: ssl.SSLContext, place: Path, new: Leaf) -> bool:
        """Give a context the certificate in a file; False if that is missing, damaged, old, or of another CA."""
        try:
            with place.open("rb") as file:
                about = json.decode(file.readline(), type=Leaf)
            if about.authority != new.authority or about.ends - self._now() < RENEWAL:
                return False
            context.load_cert_chain(place)
        except (FileNotFoundError, DecodeError, ssl.SSLError):
            return False
        return True

    def _make(self) -> None:
        from trustme import CA, KeyType

        made = CA(organization_name="failover-emulator", key_type=KeyType.RSA)
        self._write(self.folder / KEY, made.private_key_pem.bytes(), 0o600)
        self._write(self.file, made.cert_pem.bytes(), 0o644)

    def _sign(self, place: Path, kind: str, leaf: Leaf) -> None:
        from trustme import CA, KeyType

        signer = CA.from_pem(self.file.read_bytes(), (self.folder / KEY).read_bytes())
        begin, end = (datetime.fromtimestamp(at / 1000, UTC) for at in (self._now() - DAY, leaf.ends))
        about: dict[str, Any] = {"organization_name": "failover-emulator", "not_before": begin, "not_after": end}
        try:
            made = signer.issue_cert(*leaf.names, **about, key_type=KeyType[kind.upper()])
        except ValueError as error:
            raise AuthorityError(f"no certificate can be made for {', '.join(leaf.names)}: {error}") from error
        self._write(place, json.encode(leaf) + b"\n" + made.private_key_and_cert_chain_pem.bytes(), 0o600)

    def _check(self) -> None:
        """Raises AuthorityError if the CA's certificate is damaged or has expired."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        try:
            context.load_verify_locations(self.file)
        except ssl.SSLError as error:
            raise self._unusable(f"{CERTIFICATE} is damaged") from error
        found = context.get_ca_certs()
        if not found:
            raise self._unusable(f"{CERTIFICATE} is no certificate of a CA")
        ends = str(found[0]["notAfter"])
        if ssl.cert_time_to_seconds(ends) * 1000 <= self._now():
            raise self._unusable(f"it has expired, on {ends}")

    def _check_key(self) -> None:
        """Raises AuthorityError if the CA's private key is missing, damaged, encrypted, or another certificate's."""
        try:
            ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER).load_cert_chain(self.file, self.folder / KEY, password="")
        except FileNotFoundError as error:
            raise self._unusable(f"its private key {KEY} is missing") from error
        except ssl.SSLError as error:
            raise self._unusable(f"its private key {KEY} is damaged, has a password, or is another CA's") from error

    def _unusable(self, why: str) -> AuthorityError:
        return AuthorityError(
            f"the CA in {self.folder} can't be used: {why}. Restore it, or delete the folder: the next start makes a"
            " new one, which clients have to be told to trust"
        )

    @contextmanager
    def _telling(self) -> Iterator[None]:
        """Tell what the system refuses as an AuthorityError."""
        try:
            yield
        except ssl.SSLError:
            raise
        except OSError as error:
            where = error.filename or self.folder
            raise AuthorityError(
                f"the CA can't be kept in {self.folder}: {where}: {error.strerror}; --ca names another folder"
            ) from error

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Wait until no other process makes anything in the folder, which is made if it is missing."""
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / LOCK).open("ab") as file:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(file.fileno(), msvcrt.LK_LOCK, 1)
            else:
                import fcntl

                fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _write(self, place: Path, content: bytes, mode: int) -> None:
        """Put a file in place, whole, with this mode from its first moment on."""
        new = place.with_suffix(".new")
        new.unlink(missing_ok=True)
        with open(os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:  # noqa: PTH123
            file.write(content)
        new.replace(place)


def _data_folder() -> Path:
    """Where a program keeps a user's data on this system."""
    homes = {"win32": "~/AppData/Local", "darwin": "~/Library/Application Support"}
    home = os.environ.get("XDG_DATA_HOME") or homes.get(sys.platform, "~/.local/share")
    try:
        return Path(home).expanduser().absolute() / "failover-emulator" / "ca"
    except RuntimeError as error:
        raise AuthorityError("the user has no home where the CA could be kept; --ca names a folder") from error
