from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pytest

from prodmode.instance.instance import Instance
from prodmode.io import load, read, save, scan
from tests.io.portfolio import DEMAND_CSV, FOLDER, issues_of, only_issue, portfolio, write_files


def test_everything_is_text_and_blanks_are_missing(tmp_path: Path) -> None:
    lines = 'line,name,family,price\nNA,NULL,"",007\nnan, ,x,1e5\n'
    frame = read(write_files(tmp_path, FOLDER | {"lines.csv": lines})).tables["lines"].frame
    assert frame["line"].tolist() == ["NA", "nan"]
    assert frame["name"].tolist() == ["NULL", " "]
    assert frame["family"].isna().tolist() == [True, False]
    assert frame["price"].tolist() == ["007", "1e5"]


@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("newline", [b"\n", b"\r\n"])
@pytest.mark.parametrize("delimiter", [b",", b";", b"\t"])
def test_dialects(bom: bytes, newline: bytes, delimiter: bytes, tmp_path: Path) -> None:
    files = {
        name: bom + text.encode().replace(b"\n", newline).replace(b",", delimiter)
        for name, text in FOLDER.items()
        if name.endswith(".csv") and isinstance(text, str)
    }
    plain = load(write_files(tmp_path / "a", FOLDER))
    assert load(write_files(tmp_path / "b", FOLDER | files)) == plain


def test_compressed_and_mixed_tables(tmp_path: Path) -> None:
    data = DEMAND_CSV.encode()
    plain = load(write_files(tmp_path / "a", FOLDER))
    without = FOLDER | {"demand.csv": None}
    assert load(write_files(tmp_path / "b", without | {"demand.csv.gz": gzip.compress(data)})) == plain
    packed = pa.compress(data, codec="zstd", asbytes=True)
    assert load(write_files(tmp_path / "c", without | {"demand.csv.zst": packed})) == plain
    mixed = write_files(tmp_path / "d", without)
    pd.read_csv(tmp_path / "a" / "demand.csv").to_parquet(mixed / "demand.parquet")
    assert load(mixed) == plain


def test_decimal_commas_of_a_semicolon_file(tmp_path: Path) -> None:
    lines = "line;price;name\nstool;40,5;a,b\ntable;300;\n"
    instance = load(write_files(tmp_path, FOLDER | {"lines.csv": lines}))
    assert instance.lines["price"].tolist() == [40.5, 300.0]
    assert instance.lines["name"].tolist()[0] == "a,b"


@pytest.mark.parametrize("price", ["1,500", "1.500,5"])
def test_commas_that_may_part_thousands_are_no_decimals(price: str, tmp_path: Path) -> None:
    lines = f"line;price\nstool;{price}\ntable;300\n"
    frame = read(write_files(tmp_path, FOLDER | {"lines.csv": lines})).tables["lines"].frame
    assert frame["price"].tolist() == [price, "300"]


def test_wide_demand(tmp_path: Path) -> None:
    wide = "line,Q1,Q2\nstool,100,120\ntable,10,12\n"
    plain = load(write_files(tmp_path / "a", FOLDER))
    assert load(write_files(tmp_path / "b", FOLDER | {"demand.csv": wide})) == plain


def test_lines_are_counted_as_an_editor_does(tmp_path: Path) -> None:
    lines = '\nline,name,price\n\nstool,"two\nlines",40\n,,\n\ntable,,x\n'
    table = read(write_files(tmp_path, FOLDER | {"lines.csv": lines})).tables["lines"]
    assert table.frame["line"].tolist() == ["stool", "table"]
    assert [table.origin.place(row).row for row in (0, 1)] == [4, 8]
    assert table.origin.place(column="name").row == 2
    place = table.origin.place(1, "price")
    assert (Path(place.file or "").name, place.row, place.column) == ("lines.csv", 8, "price")


def test_ragged_rows_are_located(tmp_path: Path) -> None:
    demand = 'line,period,units\nstool,Q1,100\nstool,Q2\n"table",Q1,10,5\ntable,Q2,12,\n'
    issues = issues_of(write_files(tmp_path, FOLDER | {"demand.csv": demand}))
    ragged = [issue for issue in issues if issue.code == "ragged-row"]
    assert [issue.place.row for issue in ragged] == [3, 4]
    assert "2 cells" in ragged[0].message
    assert "4 cells" in ragged[1].message


def test_many_ragged_rows_are_counted(tmp_path: Path) -> None:
    demand = "line,period,units\n" + "stool,Q1\n" * 200
    issues = scan(write_files(tmp_path, FOLDER | {"demand.csv": demand})).issues
    assert len(issues) == 51
    assert "150 more" in issues[-1].message


@pytest.mark.parametrize(
    ("content", "code", "row"),
    [
        (b"", "empty-file", None),
        (b"\n \n", "empty-file", None),
        (b"line,price\nstool,1\ncaf\xe9,2\n", "not-utf-8", 3),
        ("line\nstool\n".encode("utf-16"), "not-utf-8", 1),
        (b"line,price\nstool,\x00\n", "foreign-file", 2),
        (b'line,price\nstool,1\n"table,2\n', "malformed-csv", 3),
        (b"line,price\nstool," + b"9" * 40_000 + b"\n", "oversize-cell", 2),
        (b'line,price\nstool,1\n"' + b"x" * 200_000, "oversize-cell", 3),
        (b"line,price,price\nstool,1,2\n", "duplicate-column", 1),
        (b"line,,price\nstool,3,2\n", "blank-header", 1),
    ],
)
def test_faulty_files(content: bytes, code: str, row: int | None, tmp_path: Path) -> None:
    issues = scan(write_files(tmp_path, FOLDER | {"lines.csv": content})).issues
    assert [(issue.code, issue.table, issue.place.row) for issue in issues] == [(code, "lines", row)]


def test_damaged_compression(tmp_path: Path) -> None:
    files = FOLDER | {
        "lines.csv": None,
        "lines.csv.gz": b"\x1f\x8bxx",
        "demand.csv": None,
        "demand.csv.zst": b"x",
    }
    codes = [issue.code for issue in scan(write_files(tmp_path, files)).issues]
    assert codes == ["unreadable", "unreadable"]


def test_the_first_of_two_columns_counts(tmp_path: Path) -> None:
    lines = "line,price,price\nstool,1,x\ntable,2,y\n"
    issue = only_issue(write_files(tmp_path, FOLDER | {"lines.csv": lines}))
    assert issue.code == "duplicate-column"


def test_blank_columns_and_rows_are_ignored(tmp_path: Path) -> None:
    plain = load(write_files(tmp_path / "a", FOLDER))
    lines = "line,price,,\nstool,40,,\n,,,\ntable,300,,\n , ,,\n"
    assert load(write_files(tmp_path / "b", FOLDER | {"lines.csv": lines})) == plain


def test_a_fault_of_a_container_hides_no_fault_of_a_value(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        "lines.csv": b"line,price\ncaf\xe9,2\n",
        "options.csv": "option,line,mode,unit_cost\nstool-made,stool,custm,25\n",
        "sites.csv": "site\nhome\nhome\n",
    }
    issues = issues_of(write_files(tmp_path, FOLDER | files))
    codes = [issue.code for issue in issues]
    assert codes[0] == "not-utf-8"
    assert any("custm" in issue.message for issue in issues)
    assert any("home" in issue.message for issue in issues)
    assert not any("stool" in issue.message and issue.place.column == "line" for issue in issues)


def test_no_settings(tmp_path: Path) -> None:
    files = FOLDER | {"instance.yaml": None, "instanc.yaml": "name: x\n", "settings.csv": "name,x\n"}
    issues = issues_of(write_files(tmp_path, files))
    assert [issue.code for issue in issues] == ["foreign-file", "missing-settings"]
    assert "instance.yaml" in (issues[1].hint or "")


@pytest.mark.parametrize("name", ["instance.yml", "instance.json"])
def test_other_names_of_the_settings(name: str, tmp_path: Path) -> None:
    text = '{"name": "test", "periods": ["Q1", "Q2"]}'
    assert load(write_files(tmp_path, FOLDER | {"instance.yaml": None, name: text})).name == "test"


@pytest.mark.parametrize(
    ("extra", "code"),
    [
        ({"demand.csv.gz": gzip.compress(DEMAND_CSV.encode())}, "duplicate-table"),
        ({"instance.json": '{"name": "x", "periods": 2}'}, "duplicate-table"),
        ({"sites.xlsx": "x"}, "foreign-file"),
        ({"instance.yaml": "name: test\nperiods: [Q1, Q2]\nsites: [{site: a}]\n"}, "table-in-settings"),
    ],
)
def test_faulty_folders(extra: dict[str, str | bytes | None], code: str, tmp_path: Path) -> None:
    assert only_issue(write_files(tmp_path, FOLDER | extra)).code == code


def test_unknown_tables_are_passed_on(tmp_path: Path) -> None:
    issue = only_issue(write_files(tmp_path, FOLDER | {"demnd.csv": DEMAND_CSV}))
    assert "demnd" in issue.message
    assert "demand" in (issue.hint or "")


def test_other_files_are_ignored(tmp_path: Path) -> None:
    others: dict[str, str | bytes | None] = {
        "README.md": "x",
        "notes.txt": "x",
        ".hidden.csv": "x",
        "~lock.csv": "x",
        "chart.png": b"\x89PNG",
    }
    assert load(write_files(tmp_path, FOLDER | others)).name == "test"


def test_a_large_table(tmp_path: Path) -> None:
    count = 60_000
    lines = "line\n" + "".join(f"line-{number}\n" for number in range(count))
    demand = "line,period,units\n" + "".join(f"line-{number},Q1,1.5\n" for number in range(count))
    options = "option,line,mode\n" + "".join(f"o-{number},line-{number},custom\n" for number in range(count))
    files = {"lines.csv": lines, "demand.csv": demand, "options.csv": options}
    table = read(write_files(tmp_path, FOLDER | files)).tables["demand"]
    assert len(table.frame) == count
    assert table.origin.place(count - 1).row == count + 1


def test_an_excel_export_with_semicolons(tmp_path: Path) -> None:
    instance = portfolio()
    save(instance, tmp_path / "a")
    for file in (tmp_path / "a").glob("*.csv"):
        text = pd.read_csv(file, dtype=str, keep_default_na=False)
        numeric = text.map(lambda cell: cell.replace(".", ",") if cell.replace(".", "").isdecimal() else cell)
        numeric.to_csv(file, sep=";", index=False, encoding="utf-8-sig")
    assert isinstance(load(tmp_path / "a"), Instance)
    assert load(tmp_path / "a").demand["units"].tolist() == instance.demand["units"].tolist()


def test_a_ragged_row_that_is_not_utf_8(tmp_path: Path) -> None:
    issues = scan(write_files(tmp_path, FOLDER | {"lines.csv": b"line,price\ncaf\xe9\n"})).issues
    assert [(issue.code, issue.place.row) for issue in issues] == [("not-utf-8", 2)]
