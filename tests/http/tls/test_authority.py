"""The CA: made once, kept, and told about in words when it can't be used."""

from __future__ import annotations

import json
import os
import signal
import ssl
import stat
import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)

from emulator.clock.clock import RealTime
from emulator.http.tls import Authority, AuthorityError
from emulator.http.tls.authority import DAY, LIFETIME, RENEWAL

NOW = RealTime()()
NAMES = ("auth.routee.net", "localhost", "127.0.0.1", "::1", "*.shop.test")


def context() -> ssl.SSLContext:
    """A server's context without certificates."""
    return ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)


def certified(folder: Path, names: tuple[str, ...] = NAMES, now: int = NOW) -> set[str]:
    """Certificates for these names are there; the names of their files."""
    Authority(str(folder), lambda: now).certify(context(), names)
    return {path.name for path in folder.glob("*-*.pem")} - {"ca-key.pem"}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a CA and certificates, not to be changed."""
    folder = tmp_path_factory.mktemp("ca")
    certified(folder)
    return folder


@pytest.fixture
def folder(kept: Path, tmp_path: Path) -> Path:
    """A copy of it."""
    for path in kept.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    return tmp_path


def test_it_is_made_once_and_kept(folder: Path) -> None:
    """With the certificates that it signed: nothing is written again."""
    before = {path: path.stat().st_mtime_ns for path in folder.iterdir()}
    certified(folder)
    assert {path: path.stat().st_mtime_ns for path in folder.iterdir()} == before


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")
def test_only_its_owner_reads_its_private_keys(kept: Path) -> None:
    """Its certificate is for all."""
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in kept.glob("*.pem")}
    assert modes.pop("ca.pem") == 0o644
    assert set(modes.values()) == {0o600}


def test_a_certificate_says_what_it_is_for(kept: Path) -> None:
    """Its first line, before the PEM."""
    (leaf,) = kept.glob("ecdsa-*.pem")
    told = json.loads(leaf.read_text().splitlines()[0])
    assert (tuple(told["names"]), told["ends"]) == (NAMES, NOW + LIFETIME)


def test_another_name_needs_another_certificate_of_the_same_ca(folder: Path) -> None:
    """Those before stay, for an emulator that has other names."""
    authority, before = (folder / "ca.pem").read_bytes(), certified(folder)
    more = certified(folder, (*NAMES, "new.test"))
    assert (len(before), len(more), before < more) == (2, 4, True)
    assert (folder / "ca.pem").read_bytes() == authority


def test_one_that_is_about_to_expire_is_made_anew(folder: Path) -> None:
    """From a month before its end on."""
    (leaf,) = folder.glob("rsa-*.pem")
    before = leaf.read_bytes()
    certified(folder, now=NOW + LIFETIME - RENEWAL)
    assert leaf.read_bytes() == before
    certified(folder, now=NOW + LIFETIME - RENEWAL + DAY)
    assert leaf.read_bytes() != before


def test_one_that_is_damaged_or_of_another_ca_is_made_anew(folder: Path, tmp_path: Path) -> None:
    """Nobody has to know."""
    for leaf in folder.glob("*-*.pem"):
        if leaf.name != "ca-key.pem":
            leaf.write_bytes(leaf.read_bytes()[:400])
    certified(folder)
    other = tmp_path / "other"
    certified(other)
    for path in other.glob("ca*.pem"):
        (folder / path.name).write_bytes(path.read_bytes())
    certified(folder)
    trusting = ssl.create_default_context(cafile=str(folder / "ca.pem"))
    (leaf,) = folder.glob("rsa-*.pem")
    serving = context()
    serving.load_cert_chain(leaf)
    assert shaken(trusting, serving) == "TLSv1.3"


def shaken(client: ssl.SSLContext, server: ssl.SSLContext, name: str = "auth.routee.net") -> str | None:
    """The version of TLS that the two agree on. Raises SSLError."""
    one, other = ssl.MemoryBIO(), ssl.MemoryBIO()
    sides = client.wrap_bio(one, other, server_hostname=name), server.wrap_bio(other, one, server_side=True)
    for side in sides * 2:
        try:
            side.do_handshake()
        except ssl.SSLWantReadError:
            continue
    return sides[0].version()


@pytest.mark.parametrize("name", ["auth.routee.net", "127.0.0.1", "::1", "api.shop.test"])
def test_clients_that_trust_it_take_any_of_the_names(kept: Path, name: str) -> None:
    """Addresses and globs too, with each of the two kinds of keys."""
    trusting = ssl.create_default_context(cafile=str(kept / "ca.pem"))
    for leaf in [*kept.glob("rsa-*"), *kept.glob("ecdsa-*")]:
        serving = context()
        serving.load_cert_chain(leaf)
        assert shaken(trusting, serving, name)


def test_parallel_starts_make_one_ca(tmp_path: Path) -> None:
    """Whoever comes second takes what the first has made."""
    program = (
        "import ssl, sys; from emulator.http.tls import Authority;"
        "a = Authority(sys.argv[1], lambda: int(sys.argv[2])); c = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER);"
        "a.certify(c, ['localhost']); print(a.certificate().decode())"
    )

    def started(_: int) -> str:
        command = [sys.executable, "-c", program, str(tmp_path / "ca"), str(NOW)]
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout

    with ThreadPoolExecutor() as pool:
        assert len(set(pool.map(started, range(6)))) == 1
    assert len(list((tmp_path / "ca").glob("*.pem"))) == 4


def test_what_is_kept_is_taken_without_making_anything(folder: Path, tmp_path: Path) -> None:
    """A start does without the rest; keys are not for it to make."""
    empty = tmp_path / "empty"
    assert Authority(str(folder), lambda: NOW).kept(context(), NAMES)
    assert not Authority(str(folder), lambda: NOW).kept(context(), ("new.test",))
    assert not Authority(str(folder), lambda: NOW + LIFETIME).kept(context(), NAMES)
    assert not Authority(str(empty), lambda: NOW).kept(context(), NAMES)
    assert [path.name for path in empty.iterdir()] == ["lock"]


@pytest.mark.skipif(os.name == "nt", reason="Windows kills nobody so")
@pytest.mark.parametrize("file", range(4))
def test_one_killed_while_it_writes_leaves_nothing_half_done(tmp_path: Path, file: int) -> None:
    """Whichever file it was about to put in place: the next start makes the rest, and keeps a CA that is there."""
    program = """if True:
        import os, ssl, sys
        from pathlib import Path
        from emulator.http.tls import Authority
        put, left = Path.replace, [None] * int(sys.argv[3])
        def replace(*each):
            left.pop() if left else os.kill(os.getpid(), 9)
            return put(*each)
        Path.replace = replace
        authority = Authority(sys.argv[1], lambda: int(sys.argv[2]))
        authority.certify(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ["localhost"])"""
    done = subprocess.run([sys.executable, "-c", program, str(tmp_path), str(NOW), str(file)], timeout=60, check=False)
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.pem")}
    assert (done.returncode, len(made)) == (-signal.SIGKILL, file)
    certified(tmp_path, ("localhost",))
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    assert sorted(name.split("-")[0] for name in after) == ["ca", "ca.pem", "ecdsa", "lock", "rsa"]
    assert "ca.pem" not in made or made.items() <= after.items()


def cut(name: str) -> Callable[[Path], None]:
    """Damages this file."""
    return lambda folder: _written(folder / name, (folder / name).read_bytes()[:300])


def _written(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _encrypted(path: Path) -> None:
    key = load_pem_private_key(path.read_bytes(), None)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"secret")))


@pytest.mark.parametrize(
    ("harm", "told"),
    [
        (cut("ca.pem"), "ca.pem is damaged"),
        (lambda folder: _written(folder / "ca.pem", b""), "ca.pem is damaged"),
        (cut("ca-key.pem"), "its private key ca-key.pem is damaged"),
        (lambda folder: _encrypted(folder / "ca-key.pem"), "its private key ca-key.pem is damaged, has a password"),
        (lambda folder: (folder / "ca-key.pem").unlink(), "its private key ca-key.pem is missing"),
    ],
)
def test_a_damaged_ca_is_told_in_words(folder: Path, harm: Callable[[Path], None], told: str) -> None:
    """And what to do about it: it is never replaced, since clients trust it."""
    harm(folder)
    with pytest.raises(AuthorityError, match=f"can't be used: {told}.*delete the folder"):
        certified(folder)


def test_a_certificate_that_is_no_ca_s_is_told(folder: Path) -> None:
    """As when a server's own was put there."""
    (leaf,) = folder.glob("rsa-*.pem")
    (folder / "ca.pem").write_bytes(leaf.read_bytes())
    with pytest.raises(AuthorityError, match=r"ca\.pem is no certificate of a CA"):
        certified(folder)


def test_an_expired_ca_is_told_in_words(folder: Path) -> None:
    """With the time of its end."""
    later = int(datetime(3000, 1, 2, tzinfo=UTC).timestamp() * 1000)
    with pytest.raises(AuthorityError, match="has expired, on Jan  1 00:00:00 3000 GMT"):
        certified(folder, now=later)


def test_a_folder_that_can_t_be_made_is_told(tmp_path: Path) -> None:
    """With the option that names another."""
    (tmp_path / "file").touch()
    with pytest.raises(AuthorityError, match=r"can't be kept in .*Not a directory.*--ca names another"):
        certified(tmp_path / "file" / "ca")


def test_without_the_extra_it_says_how_to_install_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even if there is a CA: one day it would be needed."""
    monkeypatch.setattr("emulator.http.tls.authority.find_spec", lambda _: None)
    with pytest.raises(AuthorityError, match=r"pip install '/path/to/failover-emulator\[tls\]'"):
        certified(folder)


def test_by_default_it_is_in_the_user_s_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the system has programs keep data."""
    monkeypatch.setenv("XDG_DATA_HOME", "/data/of/mine")
    assert Authority("", lambda: NOW).file == Path("/data/of/mine/failover-emulator/ca/ca.pem")
    assert Authority("here", lambda: NOW).folder == Path.cwd() / "here"
