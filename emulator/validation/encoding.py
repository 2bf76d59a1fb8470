"""Bytes as text: UTF-8, or UTF-16 with a byte order mark, as some editors and shells write it. Pure."""

from __future__ import annotations

from codecs import BOM_UTF8, BOM_UTF16_BE, BOM_UTF16_LE

from emulator.errors import EmulatorError


class NotText(EmulatorError):
    """Bytes that are neither; the message says why, to stand after what they are the bytes of."""


def text(data: bytes) -> str:
    """The text of these bytes, without its byte order mark. Raises NotText."""
    wide = data.startswith((BOM_UTF16_LE, BOM_UTF16_BE))
    try:
        return data.decode("utf-16") if wide else data.removeprefix(BOM_UTF8).decode()
    except UnicodeDecodeError as error:
        wrong = f"byte {error.start} is {error.object[error.start]:#04x}"
        raise NotText(f"is not {'UTF-16, which it begins as' if wide else 'UTF-8'}: {wrong}") from error
