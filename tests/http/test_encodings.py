"""Bodies that are packed."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.http.encodings import EncodingError, unpacked


@given(st.binary(max_size=300), st.integers(0, 400))
def test_a_body_is_unpacked_up_to_a_limit(body: bytes, limit: int) -> None:
    """All of it, or a byte more than the limit, in every encoding."""
    raw = zlib.compressobj(wbits=-15)
    for packed, name in (
        (body, "identity"),
        (gzip.compress(body), "gzip"),
        (zlib.compress(body), "deflate"),
        (raw.compress(body) + raw.flush(), "deflate"),
    ):
        found = unpacked(packed, name, limit)
        assert found[: limit + 1] == body[: limit + 1]
        assert name == "identity" or len(found) <= limit + 1


@given(st.binary(max_size=60))
def test_any_bytes_are_unpacked_or_refused(body: bytes) -> None:
    """With 400, and nothing else."""
    for name in ("gzip", "deflate", "gzip, deflate"):
        try:
            unpacked(body, name, 100)
        except EncodingError as error:
            assert error.status == 400


@pytest.mark.parametrize("name", ["br", "zstd", "gzip, br", "compress", "*"])
def test_an_encoding_that_is_not_known_is_refused(name: str) -> None:
    """With 415."""
    with pytest.raises(EncodingError) as refused:
        unpacked(b"", name, 100)
    assert refused.value.status == 415


def test_a_gzip_body_has_a_few_members_at_most() -> None:
    """Each costs a copy of the rest, so a body of nothing but empty ones would take for ever."""
    assert unpacked(gzip.compress(b"a") * 16, "gzip", 100) == b"a" * 16
    with pytest.raises(EncodingError, match="more than 16 members"):
        unpacked(gzip.compress(b"") * 20_000, "gzip", 100)
