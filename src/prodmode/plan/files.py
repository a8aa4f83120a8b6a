"""Plans in files: a CSV file per table, and all of it as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from prodmode.errors import InputError, Issue, Place
from prodmode.io.atomic import atomic_directory
from prodmode.plan.plan import Plan
from prodmode.plan.rows import csv_header, parts
from prodmode.plan.tables import COLUMNS, Kind, frame

if TYPE_CHECKING:
    from os import PathLike

_ARROW: dict[Kind, pa.DataType] = {
    "text": pa.large_string(),
    "number": pa.float64(),
    "count": pa.int64(),
    "flag": pa.bool_(),
}

PLAN_FILE = "plan.json"
"""The file that holds the whole plan."""


def write_plan(plan: Plan, directory: str | PathLike[str]) -> None:
    """Write a plan into a directory; see `Plan.write`."""
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    with atomic_directory(Path(directory)) as folder, (folder / PLAN_FILE).open("wb") as whole:
        whole.write(b"{")
        for position, (name, value) in enumerate(plan.stated().items()):
            whole.write(f"{',' * bool(position)}\n{encode(name)}: ".encode())
            if isinstance(value, pd.DataFrame):
                with (folder / f"{name}.csv").open("wb") as table:
                    _write_table(value, table, whole)
            else:
                whole.write(encode(value).encode())
        whole.write(b"\n}\n")


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
        The ``plan.json`` file, which holds everything, or the directory, whose CSV tables then count.

    Raises
    ------
    InputError
        If the files are missing, damaged or no plan.
    """
    source = Path(path)
    file = source / PLAN_FILE if source.is_dir() else source
    try:
        if source.is_dir():
            data = _head(file) | {name: _read_table(source / f"{name}.csv", name) for name in COLUMNS}
        else:
            data = json.loads(file.read_text(encoding="utf-8"))
        return _plan(data)
    except OSError as error:
        raise _refused(error.filename or file, f"cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise _refused(file, f"is not a plan: it has no {error}") from error
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
    """Return what the file says before its tables; all of it where `write_plan` did not lay it out."""
    head: dict[str, Any] = {}
    with file.open(encoding="utf-8") as stream:
        for line in stream:
            entry = line.rstrip(",\n")
            if any(entry == f'"{name}": [' for name in COLUMNS):
                return head
            try:
                head |= json.loads(f"{{{entry}}}") if entry != "{" else {}
            except ValueError:
                break
    return dict(json.loads(file.read_text(encoding="utf-8")))


def _read_table(file: Path, name: str) -> pd.DataFrame:
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


def _refused(file: Path | str, message: str) -> InputError:
    return InputError([Issue(f"the plan {message}", place=Place(file=str(file)), code="unreadable-plan")])
