"""Plans in files: a CSV file per table, and all of it as JSON; or a Parquet file per table."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Literal

import pyarrow as pa
from pyarrow import csv as arrow_csv
from pyarrow import parquet

from prodmode.errors import InputError, Issue, Place, ProdmodeError
from prodmode.io.atomic import atomic_directory
from prodmode.plan.plan import Plan
from prodmode.plan.rows import csv_header, parts
from prodmode.plan.tables import COLUMNS, Kind, frame

if TYPE_CHECKING:
    from os import PathLike

    import pandas as pd

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.large_string(),
    "number": pa.float64(),
    "count": pa.int64(),
    "flag": pa.bool_(),
}

PLAN_FILE = "plan.json"
"""The file that holds the whole plan."""


Container = Literal["csv", "parquet"]
"""What the tables are written as."""


def write_plan(plan: Plan, directory: str | PathLike[str], container: Container = "csv") -> None:
    """Write a plan into a directory; see `Plan.write`."""
    if container not in ("csv", "parquet"):
        raise ProdmodeError(f"there is no container '{container}' for a plan: choose csv or parquet")
    target = Path(directory)
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    stated = plan.stated()
    tables = {name: stated.pop(name) for name in COLUMNS}
    with atomic_directory(target) as folder, (folder / PLAN_FILE).open("wb") as whole:
        whole.write(b"{\n")
        whole.write(",\n".join(f"{encode(name)}: {encode(value)}" for name, value in stated.items()).encode())
        for name, table in tables.items():
            if container == "parquet":
                arrow = pa.Table.from_pandas(table, preserve_index=False)
                parquet.write_table(arrow, folder / f"{name}.parquet", compression="zstd")
                continue
            whole.write(f",\n{encode(name)}: ".encode())
            with (folder / f"{name}.csv").open("wb") as stream:
                _write_table(table, stream, whole)
        whole.write(b"\n}\n")
    for name in COLUMNS:
        (target / f"{name}.{'csv' if container == 'parquet' else 'parquet'}").unlink(missing_ok=True)


def _write_table(table: pd.DataFrame, as_csv: BinaryIO, as_json: BinaryIO) -> None:
    # A row of the table per line of JSON: fit to read. Both are written in pieces, however many there are.
    as_csv.write(csv_header(table))
    as_json.write(b"[")
    for position, part in enumerate(parts(table)):
        as_csv.write(part.csv())
        as_json.write(b",\n" if position else b"\n")
        as_json.write(part.json())
    as_json.write(b"\n]" if len(table) else b"\n\n]")


def read_plan(path: str | PathLike[str]) -> Plan:
    """Read a plan that `Plan.write` wrote.

    Parameters
    ----------
    path : path
        The ``plan.json`` file, which holds everything unless the tables are Parquet files, or the directory,
        whose tables then count.

    Raises
    ------
    InputError
        If the files are missing, damaged or no plan.
    """
    source = Path(path)
    file = source / PLAN_FILE if source.is_dir() else source
    try:
        if source.is_dir():
            data = _head(file)
            as_csv = "assignments" in data
            tables = {name: _read_csv(source / f"{name}.csv", name) for name in COLUMNS} if as_csv else {}
        else:
            data, tables = json.loads(file.read_text(encoding="utf-8")), {}
        if not tables and "assignments" not in data:
            folder = file.parent
            files = {name: folder / f"{name}.parquet" for name in COLUMNS}
            tables = {name: _read_parquet(path) for name, path in files.items() if path.exists()}
        data |= tables
        return _plan(data)
    except OSError as error:
        raise _refused(error.filename or file, f"cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise _refused(file, f"is not a plan: it has no {error}") from error
    except json.JSONDecodeError as error:
        raise _refused(file, "is not a plan: the file is no JSON") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _refused(file, f"is not a plan: {error}") from error


def _plan(data: dict[str, Any]) -> Plan:
    npv = data["npv"]
    return Plan(
        name=str(data["instance"]),
        currency=str(data["currency"]),
        periods=tuple(str(period) for period in data["periods"]),
        scenarios={str(name): float(share) for name, share in data["scenarios"].items()},
        npv=math.nan if npv is None else float(npv),
        kpis=dict(data["kpis"]),
        **{name: frame(name, data[name]) for name in COLUMNS},
    )


def _head(file: Path) -> dict[str, Any]:
    """Return what the file says, where it is laid out as `write_plan` does without the rows of its tables."""
    head: dict[str, Any] = {}
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            entry = line.rstrip(",\n")
            name = entry.removesuffix(": [").strip('"')
            if name in COLUMNS and entry == f'"{name}": [':
                return head | {name: []}
            try:
                head |= json.loads(f"{{{entry}}}") if entry not in "{}" else {}
            except ValueError:
                return dict(json.loads(file.read_text(encoding="utf-8")))
    return head


def _read_csv(file: Path, name: str) -> pd.DataFrame:
    # Types are told: otherwise a line called "007" would be taken for a number.
    kinds = {column: _ARROW[kind] for column, kind in COLUMNS[name].items()}
    options = arrow_csv.ConvertOptions(
        column_types=kinds,
        null_values=[""],
        strings_can_be_null=True,
        true_values=["True", "true", "TRUE"],
        false_values=["False", "false", "FALSE"],
    )
    parsing = arrow_csv.ParseOptions(newlines_in_values=True)
    with file.open("rb") as stream:
        table: pd.DataFrame = arrow_csv.read_csv(
            stream, parse_options=parsing, convert_options=options
        ).to_pandas()
    return table


def _read_parquet(file: Path) -> pd.DataFrame:
    with parquet.ParquetFile(file) as stored:
        table: pd.DataFrame = stored.read().to_pandas()
    return table


def _refused(file: Path | str, message: str) -> InputError:
    hint = f"Give a folder that 'prodmode solve --output' wrote, or the {PLAN_FILE} in it."
    place = Place(file=str(file))
    return InputError(
        [Issue(f"the plan {message.removesuffix('.')}.", None, place, hint, code="unreadable-plan")]
    )
