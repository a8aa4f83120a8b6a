"""Bytes and text of input files, with located faults."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from typing import TYPE_CHECKING

import pyarrow as pa

from prodmode.errors import InputError, Issue, Place

if TYPE_CHECKING:
    from pathlib import Path

MAX_BYTES = 4 * 2**30
"""Most bytes read from a file, after decompression."""

MAX_CELL = 32_767
"""Most characters of a cell; what a workbook can hold."""

_CHUNK = 2**24
_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


def fault(
    code: str, message: str, place: Place, *, hint: str | None = None, table: str | None = None
) -> InputError:
    """Return an `InputError` with a single issue."""
    return InputError([Issue(message, table, place, hint, "error", code)])


def read_bytes(path: Path, limit: int = MAX_BYTES) -> bytes:
    """Return the content of a file, decompressed if its name ends in .gz or .zst.

    Raises
    ------
    InputError
        If it cannot be read or decompressed, or is larger than `limit`.
    """
    place = Place(file=str(path))
    try:
        data = _decompressed(path, limit)
    except PermissionError:
        raise fault(
            "permission", "the file may not be read.", place, hint="Give yourself the right to read it."
        ) from None
    except (OSError, EOFError, zlib.error, lzma.LZMAError, pa.ArrowInvalid) as error:
        raise fault(
            "unreadable", f"the file cannot be read: {error}.", place, hint="Maybe it is damaged."
        ) from error
    if len(data) > limit:
        hint = "Write it as a folder of CSV or Parquet files, which may be as large as you like."
        raise fault("too-large", f"the file holds more than {limit:,} bytes.", place, hint=hint)
    return data


def _decompressed(path: Path, limit: int) -> bytes:
    suffix = path.suffix.casefold()
    if suffix == ".gz":
        with gzip.open(path, "rb") as stream:
            return stream.read(limit + 1)
    if suffix == ".zst":
        out = io.BytesIO()
        with pa.input_stream(str(path), compression="zstd") as stream:
            while out.tell() <= limit and (chunk := stream.read(_CHUNK)):
                out.write(chunk)
        return out.getvalue()
    with path.open("rb") as stream:
        return stream.read(limit + 1)


def strip_bom(data: bytes) -> bytes:
    """Return UTF-8 bytes without the byte order mark."""
    return data.removeprefix(_BOM)


def check_utf8(data: bytes, path: Path, table: str | None = None) -> None:
    """Raise an `InputError` that names line and byte unless `data` is UTF-8 text."""
    hint = "Save it as UTF-8; spreadsheet programs call it 'CSV UTF-8'."
    if data.startswith(_UTF16):
        raise fault(
            "not-utf-8", "the file is UTF-16, not UTF-8.", Place(str(path), row=1), hint=hint, table=table
        )
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise fault(
            "not-utf-8",
            f"the file is not UTF-8: byte 0x{data[error.start]:02x} at position {error.start}.",
            Place(str(path), row=line),
            hint=hint,
            table=table,
        ) from None
    zero = data.find(b"\x00")
    if zero >= 0:
        raise fault(
            "foreign-file",
            f"the file holds binary data, not text: a zero byte at position {zero}.",
            Place(str(path), row=data.count(b"\n", 0, zero) + 1),
            table=table,
        )


def read_text(path: Path, limit: int) -> str:
    """Return the text of a UTF-8 file, with or without byte order mark; InputError if it isn't one."""
    data = strip_bom(read_bytes(path, limit))
    check_utf8(data, path)
    return data.decode("utf-8")
