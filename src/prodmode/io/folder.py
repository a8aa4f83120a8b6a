"""Read a folder: a CSV or Parquet file per table, and the settings in instance.yaml."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.errors import InputError, Issue, Place, maybe
from prodmode.instance.fields import TABLES
from prodmode.instance.raw import RawInstance, RawTable
from prodmode.io.csv_table import read_csv
from prodmode.io.document import read_settings
from prodmode.io.origins import SettingsOrigin
from prodmode.io.parquet_table import read_parquet
from prodmode.io.result import ReadResult
from prodmode.io.text import fault

if TYPE_CHECKING:
    from pathlib import Path

SETTINGS_FILES = ("instance.yaml", "instance.yml", "instance.json")
"""Names of the file of settings."""

TABLE_SUFFIXES = (".csv", ".csv.gz", ".csv.zst", ".tsv", ".tsv.gz", ".tsv.zst", ".parquet")
"""Suffixes of the files of tables."""

_OTHER_FORMATS = (
    ".xlsx",
    ".xls",
    ".ods",
    ".json",
    ".yaml",
    ".yml",
    ".txt",
    ".feather",
    ".gz",
    ".zst",
    ".zip",
)
_HINT = "Settings stand in instance.yaml; 'name' and 'periods' are needed."


def read_folder(path: Path) -> ReadResult:
    """Read the settings and tables of a folder; nothing but the container is checked.

    Raises
    ------
    InputError
        If the folder cannot be read, or holds nothing of an instance.
    """
    issues: list[Issue] = []
    files = _files(path)
    sources, settings_file = _sort(files, issues)
    if not sources and settings_file is None:
        issues.insert(
            0,
            Issue(
                "the folder holds no tables.",
                None,
                Place(str(path)),
                "Put lines.csv, demand.csv and options.csv and the settings in instance.yaml there.",
                code="no-tables",
            ),
        )
        raise InputError(issues)
    unreadable: set[str] = set()
    settings: dict[str, Any] = {}
    origin = SettingsOrigin(Place(str(path)))
    try:
        if settings_file is None:
            raise _no_settings(path, files)
        settings, origin = read_settings(
            settings_file, "json" if settings_file.suffix == ".json" else "yaml", issues
        )
    except InputError as error:
        issues.extend(error.issues)
        unreadable.add("settings")
    tables: dict[str, RawTable] = {}
    for name, file in sources.items():
        try:
            read = read_parquet if file.suffix.casefold() == ".parquet" else read_csv
            tables[name] = read(file, name, issues)
        except InputError as error:
            issues.extend(error.issues)
            unreadable.add(name)
    return ReadResult(RawInstance(settings, tables, origin), tuple(issues), frozenset(unreadable))


def table_name(file_name: str) -> str | None:
    """Return the table that a file of this name holds, or None where it is no file of a table.

    Examples
    --------
    >>> table_name("demand.csv.gz"), table_name("README.md")
    ('demand', None)
    """
    folded = file_name.casefold()
    for suffix in TABLE_SUFFIXES:
        if folded.endswith(suffix):
            return file_name[: -len(suffix)]
    return None


def _files(path: Path) -> list[Path]:
    try:
        return sorted(file for file in path.iterdir() if not file.name.startswith((".", "~")))
    except PermissionError:
        raise fault("permission", "the folder may not be read.", Place(str(path))) from None
    except OSError as error:
        raise fault("unreadable", f"the folder cannot be read: {error}.", Place(str(path))) from None


def _sort(files: list[Path], issues: list[Issue]) -> tuple[dict[str, Path], Path | None]:
    """Return the file of each table and the file of settings; what cannot be read is reported."""
    sources: dict[str, Path] = {}
    by_name = {file.name: file for file in files}
    settings_files = [by_name[name] for name in SETTINGS_FILES if name in by_name]
    issues.extend(_twice("settings", settings_files[0], file) for file in settings_files[1:])
    for file in files:
        name = table_name(file.name)
        if file in settings_files:
            continue
        if name is None:
            stem = file.name.partition(".")[0]
            if stem in TABLES and file.suffix.casefold() in _OTHER_FORMATS:
                message = f"the table '{stem}' is in a format that is not read in a folder."
                hint = f"Save it as {stem}.csv or {stem}.parquet."
                issues.append(Issue(message, stem, Place(str(file)), hint, code="foreign-file"))
        elif name in ("settings", "instance"):
            message = "settings are not read from a table."
            issues.append(Issue(message, "settings", Place(str(file)), _HINT, code="foreign-file"))
        elif name in sources:
            issues.append(_twice(name, sources[name], file))
        else:
            sources[name] = file
    return sources, settings_files[0] if settings_files else None


def _twice(name: str, first: Path, second: Path) -> Issue:
    what = "the settings are" if name == "settings" else f"the table '{name}' is"
    message = f"{what} given twice, also in {first.name}."
    return Issue(message, name, Place(str(second)), "Remove one of the files.", code="duplicate-table")


def _no_settings(path: Path, files: list[Path]) -> InputError:
    others = [file.name for file in files if table_name(file.name) is None]
    near = next((hint for name in others if (hint := maybe(name, SETTINGS_FILES[:1]))), None)
    hint = f"{near} {_HINT}" if near else _HINT
    if any(file.name == "plan.json" for file in files):
        hint = "It holds a plan: give the input that the plan was made from."
    return fault(
        "missing-settings", "the folder has no instance.yaml.", Place(str(path)), hint=hint, table="settings"
    )
