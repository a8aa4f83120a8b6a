"""Write an instance as a folder of CSV or Parquet files and instance.yaml."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from prodmode.errors import ProdmodeError
from prodmode.instance.fields import TABLES
from prodmode.io.atomic import atomic_directory
from prodmode.io.folder import SETTINGS_FILES, table_name
from prodmode.io.write_document import settings_text
from prodmode.io.written import cells, written_settings, written_tables

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.instance.instance import Instance


def write_folder(instance: Instance, path: Path, kind: Literal["csv", "parquet"]) -> None:
    """Write the tables and the settings; files of an earlier instance in the folder are replaced.

    Raises
    ------
    ProdmodeError
        If the folder holds tables that are none of an instance.
    """
    old = earlier_files(path)
    with atomic_directory(path) as staged:
        (staged / SETTINGS_FILES[0]).write_text(settings_text(written_settings(instance)), "utf-8")
        for name, frame in written_tables(instance):
            write = write_parquet if kind == "parquet" else write_csv
            write(frame, staged / f"{name}.{kind}")
        new = {file.name for file in staged.iterdir()}
    for file in old:
        if file.name not in new:
            file.unlink(missing_ok=True)


def earlier_files(path: Path) -> list[Path]:
    """Return the files of an earlier instance in a folder.

    Raises
    ------
    ProdmodeError
        If the folder holds tables that are none of an instance, and would be read as such.
    """
    if not path.is_dir():
        return []
    files = [file for file in path.iterdir() if file.is_file() and not file.name.startswith((".", "~"))]
    foreign = sorted(file.name for file in files if table_name(file.name) not in (None, *TABLES))
    if foreign:
        raise ProdmodeError(
            f"'{path}' holds tables of something else ({', '.join(foreign)}): choose another folder"
        )
    return [file for file in files if file.name in SETTINGS_FILES or table_name(file.name) in TABLES]


def write_csv(frame: pd.DataFrame, path: Path) -> None:
    """Write a table as UTF-8 text; numbers read back exactly."""
    data = _arrow(frame)
    plain = arrow_csv.WriteOptions(quoting_style="none", quoting_header="none")
    try:
        arrow_csv.write_csv(data, path, plain)
    except pa.ArrowInvalid:
        # Some text holds a comma, a quote or a line break: slower, with quotes where they are needed.
        with path.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(frame.columns)
            writer.writerows(zip(*(_texts(frame[name]) for name in frame.columns), strict=True))


def _texts(values: pd.Series[Any]) -> list[str]:
    return [_text(value) for value in cells(values)]


def _text(value: str | float | bool | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return value if isinstance(value, str) else repr(value)


def write_parquet(frame: pd.DataFrame, path: Path) -> None:
    """Write a table; references are dictionary-encoded."""
    parquet.write_table(_arrow(frame), path, compression="zstd")


def _arrow(frame: pd.DataFrame) -> pa.Table:
    columns = {}
    for name in frame.columns:
        values = frame[name]
        if isinstance(values.dtype, pd.CategoricalDtype):
            codes = values.cat.codes.to_numpy(dtype=np.int32)
            labels = pa.array(values.cat.categories.astype("str"), pa.string(), from_pandas=True)
            columns[name] = pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), labels)
        else:
            columns[name] = pa.Array.from_pandas(values)
            if pa.types.is_large_string(columns[name].type):
                columns[name] = columns[name].cast(pa.string())
    return pa.table(columns)
