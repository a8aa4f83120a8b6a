from __future__ import annotations

import io
import os
import zipfile
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from prodmode.errors import InputError
from prodmode.io import load, read, scan
from tests.io.portfolio import FOLDER, only_issue, write_files

if TYPE_CHECKING:
    from pathlib import Path


def archive(*names: str) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as file:
        for name in names:
            file.writestr(name, "x")
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content", "code", "word"),
    [
        ("a.pdf", b"%PDF-1.7", "foreign-file", "PDF"),
        ("a.yaml", b"\x89PNG\r\n", "foreign-file", "PNG"),
        ("a.parquet", b"PAR1xx", "foreign-file", "Parquet"),
        ("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600, "foreign-file", ".xls"),
        (
            "a.xlsx",
            b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"),
            "password",
            "password",
        ),
        ("a.xlsx", b"line,price\n", "foreign-file", "text"),
        ("a.xlsx", b"", "empty-file", "empty"),
        ("a.json", b"  \n", "empty-file", "empty"),
        ("a.bin", b"ab\x00cd", "foreign-file", "binary"),
        ("a.yaml", b"\xff\xfea\x00", "not-utf-8", "UTF-16"),
        ("a.yaml", b"name: caf\xe9\n", "not-utf-8", "0xe9"),
        ("a.csv", b"line\n", "foreign-file", "one table"),
        ("a.html", b"<html>", "foreign-file", ".html"),
        ("a.xlsb", archive("xl/workbook.bin"), "foreign-file", ".xlsb"),
        ("a.ods", archive("content.xml"), "foreign-file", "OpenDocument"),
        ("a.docx", archive("word/document.xml"), "foreign-file", "Word"),
        ("a.zip", archive("lines.csv"), "foreign-file", "zip"),
        ("a.xlsx", b"PK\x03\x04 broken", "unreadable", "damaged"),
        ("a.xlsx", archive("xl/workbook.xml"), "unreadable", "workbook"),
    ],
)
def test_foreign_files(name: str, content: bytes, code: str, word: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(content)
    issue = only_issue(tmp_path / name)
    assert issue.code == code
    assert word in issue.message
    assert issue.place.file == str(tmp_path / name)


def test_a_missing_path_has_a_near_name(tmp_path: Path) -> None:
    (tmp_path / "furniture.yaml").write_text("x")
    issue = only_issue(tmp_path / "furnitur.yaml")
    assert issue.code == "not-found"
    assert "furniture.yaml" in (issue.hint or "")
    assert only_issue(tmp_path / "no" / "such" / "folder").code == "not-found"


def test_strange_paths(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path / "pipe", tmp_path / ("x" * 300)):
        with pytest.raises(InputError):
            load(path)
    with pytest.raises(InputError):
        load("a\x00b")


def test_a_folder_without_tables(tmp_path: Path) -> None:
    assert only_issue(tmp_path).code == "no-tables"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read(tmp_path: Path) -> None:
    path = write_files(tmp_path / "x", FOLDER)
    (path / "lines.csv").chmod(0)
    assert "permission" in {issue.code for issue in scan(path).issues}


def test_faulty_parquet(tmp_path: Path) -> None:
    path = write_files(tmp_path / "x", FOLDER | {"lines.csv": None, "lines.parquet": b"PAR1 broken"})
    assert [issue.code for issue in scan(path).issues] == ["unreadable"]
    table = pa.table(
        [["stool", "table"], [1.0, float("nan")], [[1], [2]], [1.0, 2.0]],
        names=["line", "price", "name", "price"],
    )
    pq.write_table(table, path / "lines.parquet")
    issues = scan(path).issues
    assert [(issue.code, issue.place.row) for issue in issues] == [
        ("duplicate-column", None),
        ("not-finite", 2),
        ("wrong-type", None),
    ]


def test_types_of_parquet(tmp_path: Path) -> None:
    path = write_files(tmp_path / "x", FOLDER | {"lines.csv": None})
    table = pa.table(
        {
            "line": pa.array(["stool", None, "table"]).dictionary_encode(),
            "price": pa.array(["1.50", None, "2.25"]).cast(pa.decimal128(9, 2)),
            "name": pa.array([0, None, 86_400]).cast(pa.timestamp("s")),
            "required": pa.array([True, None, None]),
            "__index_level_0__": pa.array([1, 2, 3]),
        }
    )
    pq.write_table(table, path / "lines.parquet")
    raw = read(path).tables["lines"]
    assert raw.frame["line"].tolist() == ["stool", "table"]
    assert raw.frame["price"].tolist() == [1.5, 2.25]
    assert raw.frame["name"].tolist()[0].startswith("1970-01-01")
    assert "__index_level_0__" not in raw.frame.columns
    assert raw.origin.place(1, "price").row == 3
