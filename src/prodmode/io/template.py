"""Blank templates of an instance, made from the field table."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import pyarrow as pa
from pyarrow import parquet

from prodmode.errors import ProdmodeError
from prodmode.instance.fields import TABLES, columns, record_of
from prodmode.io.atomic import atomic_directory, atomic_file
from prodmode.io.folder import SETTINGS_FILES
from prodmode.io.template_workbook import write_workbook_template
from prodmode.io.wording import describe, sentence
from prodmode.io.write_document import json_lines, row_text, scalar_text
from prodmode.io.write_folder import earlier_files
from prodmode.io.writing import container_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from prodmode.io.writing import Container

STARTER_SETTINGS: Mapping[str, Any] = {
    "name": "my portfolio",
    "periods": ["Q1", "Q2", "Q3", "Q4"],
    "months_per_period": 3,
}
"""Settings of a blank template."""

EXAMPLE_SETTINGS: Mapping[str, Any] = {"name": "stools", "periods": ["Q1", "Q2"], "months_per_period": 3}
"""Settings of the example in a workbook, a YAML or a JSON starter."""

EXAMPLE_TABLES: Mapping[str, tuple[Mapping[str, Any], ...]] = {
    "lines": ({"line": "stool", "name": "Oak stool", "price": 60},),
    "demand": (
        {"line": "stool", "period": "Q1", "units": 200},
        {"line": "stool", "period": "Q2", "units": 260},
    ),
    "sites": ({"site": "workshop", "kind": "workshop"}, {"site": "Nordholz", "kind": "supplier"}),
    "options": (
        {"option": "stool-custom", "line": "stool", "mode": "custom", "site": "workshop", "unit_cost": 31},
        {
            "option": "stool-bought",
            "line": "stool",
            "mode": "outsourced",
            "site": "Nordholz",
            "unit_cost": 42,
        },
    ),
    "resources": ({"resource": "joiners", "site": "workshop", "unit": "hours", "capacity": 400},),
    "usage": ({"option": "stool-custom", "resource": "joiners", "per_unit": 1.5},),
}
"""Tables of the example in them: few cells, so that nothing is left when it is overwritten."""

_ARROW_TYPES = {"float": pa.float64(), "int": pa.int64(), "bool": pa.bool_()}


def write_template(path: str | Path, container: Container | None = None, *, replace: bool = False) -> None:
    """Write a blank template of every table and setting, or a starter with a tiny example.

    A folder has the headers of every table, and the settings to fill in. A workbook, a YAML or a JSON file
    holds a tiny example that loads; the workbook has notes, drop-downs and bounds for every column, and the
    YAML explains each.

    Parameters
    ----------
    path : str or Path
        A folder, or a file ending in ``.xlsx``, ``.yaml``, ``.yml`` or ``.json``.
    container : {"csv", "parquet", "xlsx", "yaml", "json"}, optional
        By default what the suffix of `path` says: without one a folder of CSV files.
    replace : bool
        Whether an instance that is there already is replaced.

    Raises
    ------
    ProdmodeError
        If something is there already that would be overwritten, or the path cannot hold the container.
    """
    path = Path(path)
    chosen = container_for(path, container)
    if chosen in ("csv", "parquet"):
        _write_folder(path, chosen, replace=replace)
        return
    if path.exists() and not replace:
        raise ProdmodeError(f"'{path}' exists already: choose another name")
    with atomic_file(path) as staged:
        if chosen == "xlsx":
            write_workbook_template(staged, EXAMPLE_SETTINGS, EXAMPLE_TABLES)
        elif chosen == "yaml":
            staged.write_text("".join(_yaml_lines()), "utf-8")
        else:
            staged.write_text("".join(json_lines(EXAMPLE_SETTINGS, EXAMPLE_TABLES.items())), "utf-8")


def _write_folder(path: Path, kind: Literal["csv", "parquet"], *, replace: bool) -> None:
    old = earlier_files(path)
    if old and not replace:
        raise ProdmodeError(f"'{path}' holds an instance already: choose another folder")
    with atomic_directory(path) as staged:
        (staged / SETTINGS_FILES[0]).write_text("".join(_settings_lines(STARTER_SETTINGS)), "utf-8")
        for table in TABLES:
            file = staged / f"{table}.{kind}"
            if kind == "csv":
                with file.open("w", encoding="utf-8", newline="") as stream:
                    csv.writer(stream, lineterminator="\n").writerow(field.name for field in columns(table))
            else:
                schema = pa.schema(
                    (field.name, _ARROW_TYPES.get(field.type, pa.string())) for field in columns(table)
                )
                parquet.write_table(schema.empty_table(), file)
        new = {file.name for file in staged.iterdir()}
    for file in old:
        if file.name not in new:
            file.unlink(missing_ok=True)


def _settings_lines(settings: Mapping[str, Any]) -> Iterator[str]:
    yield "# Settings of the instance. A line that begins with '#' shows the default.\n"
    for field in columns("settings"):
        given = field.name in settings
        value = settings[field.name] if given else field.default
        yield f"\n# {describe(field, name=False)}\n"
        shown = "" if value is None else f" {scalar_text(value)}"
        yield f"{'' if given else '# '}{field.name}:{shown}\n"


def _yaml_lines() -> Iterator[str]:
    yield "# An instance of prodmode: settings first, then a list of rows for each table.\n"
    yield "# A column left out means its default. This small example loads as it is.\n\n"
    yield from _settings_lines(EXAMPLE_SETTINGS)
    for table in TABLES:
        rows = EXAMPLE_TABLES.get(table)
        yield f"\n\n# {table}: {sentence(record_of(table))}\n"
        for field in columns(table):
            yield f"#   {describe(field)}\n"
        if rows is None:
            keys = ", ".join(f"{field.name}: ..." for field in columns(table) if field.required)
            yield f"# {table}:\n#   - {{{keys}}}\n"
        else:
            yield f"{table}:\n"
            yield from (f"  - {row_text(row)}\n" for row in rows)
