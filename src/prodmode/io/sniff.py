"""Tell what a path holds, by content first and suffix second."""

from __future__ import annotations

import zipfile
from pathlib import Path
from typing import Literal

from prodmode.errors import InputError, Place, nearest
from prodmode.io.text import fault

Kind = Literal["folder", "workbook", "yaml", "json"]

ACCEPTED = (
    "Give a folder of CSV or Parquet files with instance.yaml, an Excel workbook (.xlsx), "
    "a YAML file (.yaml) or a JSON file (.json)."
)

_MAGIC = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG image"),
    (b"\xff\xd8\xff", "a JPEG image"),
    (b"GIF8", "a GIF image"),
    (b"PAR1", "a single Parquet table"),
    (b"\x1f\x8b", "a gzip file"),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file"),
    (b"{\\rtf", "a rich-text document"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_TABLE_SUFFIXES = (".csv", ".tsv", ".parquet")


def sniff(path: Path) -> Kind:
    """Return the kind of container at a path.

    Parameters
    ----------
    path : Path
        A folder or a file.

    Raises
    ------
    InputError
        If nothing is there, it may not be read, or it is no container of an instance.
    """
    try:
        if path.is_dir():
            return "folder"
        if not path.exists():
            raise _missing(path)
        if not path.is_file():
            raise _foreign(path, "what is there")
        with path.open("rb") as stream:
            head = stream.read(4096)
    except PermissionError:
        raise fault("permission", "the file may not be read.", Place(str(path))) from None
    except (OSError, ValueError) as error:
        raise fault("unreadable", f"the path cannot be read: {error}.", Place(str(path))) from None
    return _sniff_content(path, head)


def _sniff_content(path: Path, head: bytes) -> Kind:
    suffix = path.suffix.casefold()
    if not head.strip():
        raise fault("empty-file", "the file is empty.", Place(str(path)), hint=ACCEPTED)
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return _sniff_zip(path)
    if head.startswith(_OLE):
        raise _ole(path)
    for magic, name in _MAGIC:
        if head.startswith(magic):
            raise _foreign(path, name)
    if b"\x00" in head and not head.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise _foreign(path, "a binary file")
    if suffix in (".xlsx", ".xlsm"):
        raise _foreign(path, "text, in spite of its name,")
    if suffix in (".yaml", ".yml"):
        return "yaml"
    if suffix == ".json":
        return "json"
    if suffix in _TABLE_SUFFIXES:
        raise fault(
            "foreign-file",
            f"a single {suffix} file is one table, not an instance.",
            Place(str(path)),
            hint="Give the folder that holds it and instance.yaml.",
        )
    if suffix in ("", ".txt"):
        return "json" if head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"{") else "yaml"
    raise _foreign(path, f"text with the suffix {suffix}")


def _sniff_zip(path: Path) -> Kind:
    try:
        with zipfile.ZipFile(path) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise fault(
            "unreadable",
            "the workbook is damaged: it is no complete zip archive.",
            Place(str(path)),
            hint="Save it again, or copy it again from where it came.",
        ) from None
    if "xl/workbook.xml" in names:
        return "workbook"
    if "xl/workbook.bin" in names:
        raise _foreign(path, "a binary workbook (.xlsb)", "Save it as .xlsx.")
    if "content.xml" in names:
        raise _foreign(path, "an OpenDocument file", "Save it as .xlsx.")
    if "word/document.xml" in names:
        raise _foreign(path, "a Word document")
    raise _foreign(path, "a zip archive that is no workbook")


def _ole(path: Path) -> InputError:
    with path.open("rb") as stream:
        content = stream.read(2**26)
    if _ENCRYPTED in content:
        return fault(
            "password",
            "the workbook is protected by a password.",
            Place(str(path)),
            hint="Save it without the password.",
        )
    return _foreign(path, "an old binary Office file (.xls or .doc)", "Save it as .xlsx.")


def _foreign(path: Path, found: str, hint: str = ACCEPTED) -> InputError:
    return fault(
        "foreign-file", f"{found} is no instance.".replace(", is", " is"), Place(str(path)), hint=hint
    )


def _missing(path: Path) -> InputError:
    try:
        siblings = [sibling.name for sibling in path.absolute().parent.iterdir()]
    except OSError:
        siblings = []
    close = nearest(path.name, siblings)
    example = f"Check the path; 'prodmode new {path} --example starter' writes an example there."
    hint = f"Maybe you meant '{Path(path.parent / close)}'?" if close else example
    return fault("not-found", "there is no such file or folder.", Place(str(path)), hint=hint)
