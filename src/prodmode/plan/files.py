"""Plans in files: a CSV file per table, and all of it as JSON."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.errors import InputError, Issue, Place
from prodmode.io.atomic import atomic_directory
from prodmode.plan.plan import Plan
from prodmode.plan.tables import COLUMNS, DTYPES, frame

if TYPE_CHECKING:
    from os import PathLike

PLAN_FILE = "plan.json"
"""The file that holds the whole plan."""


def write_plan(plan: Plan, directory: str | PathLike[str]) -> None:
    """Write a plan into a directory; see `Plan.write`."""
    with atomic_directory(Path(directory)) as folder:
        for name, table in plan.tables().items():
            table.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", encoding="utf-8")
        (folder / PLAN_FILE).write_text(_json(plan.to_dict()), encoding="utf-8", newline="\n")


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
        data = json.loads(file.read_text(encoding="utf-8"))
        if source.is_dir():
            data |= {name: _read_table(source / f"{name}.csv", name) for name in COLUMNS}
        return _plan(data)
    except OSError as error:
        raise _refused(error.filename or file, f"cannot be read: {error.strerror}") from error
    except KeyError as error:
        raise _refused(file, f"is not a plan: it has no {error}") from error
    except (TypeError, ValueError, AttributeError) as error:
        raise _refused(file, f"is not a plan: {error}") from error


def _json(data: dict[str, Any]) -> str:
    # A row of a table per line: fit to read, and many times faster to write than with json's own indent.
    encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode
    parts = []
    for name, value in data.items():
        rows = ",\n".join(map(encode, value)) if name in COLUMNS else encode(value)
        parts.append(f"{encode(name)}: " + (f"[\n{rows}\n]" if name in COLUMNS else rows))
    return "{\n" + ",\n".join(parts) + "\n}\n"


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


def _read_table(file: Path, name: str) -> pd.DataFrame:
    # Types are told: pandas would take a line called "NA" for a blank and one called "007" for a number.
    # Numbers are read as text first, as pandas does not promise to read them to the last bit.
    types: dict[str, Any] = {column: DTYPES[kind] for column, kind in COLUMNS[name].items()}
    types |= {column: "str" for column, kind in COLUMNS[name].items() if kind == "number"}
    return pd.read_csv(file, dtype=types, keep_default_na=False, na_values=[""], encoding="utf-8")


def _refused(file: Path | str, message: str) -> InputError:
    return InputError([Issue(f"the plan {message}", place=Place(file=str(file)), code="unreadable-plan")])
