"""Settings and tables of a YAML or JSON file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.errors import Issue, Place
from prodmode.instance.fields import TABLES, columns
from prodmode.instance.raw import RawInstance, RawTable
from prodmode.io.document_tables import TableReader, line_of, shape
from prodmode.io.json_tree import parse_json
from prodmode.io.origins import SettingsOrigin, join_key
from prodmode.io.periods import parse_periods
from prodmode.io.result import ReadResult
from prodmode.io.schema import SCHEMA_KEY
from prodmode.io.text import fault, read_text
from prodmode.io.yaml_tree import parse_yaml

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.io.sniff import Kind

MAX_DOCUMENT = 2**28
"""Largest YAML or JSON file."""


def read_document(path: Path, kind: Kind) -> ReadResult:
    """Read the settings and tables of a YAML or JSON file; nothing but the container is checked.

    Raises
    ------
    InputError
        If it cannot be read at all.
    """
    issues: list[Issue] = []
    root = read_tree(path, kind, issues)
    file = str(path)
    values, places = _top(root, file, issues)
    settings: dict[str, Any] = {}
    tables: dict[str, RawTable] = {}
    reader = TableReader(file, issues, values.get("periods"))
    for key, value in values.items():
        known = key in TABLES
        if known or (isinstance(value, list | dict) and not _is_setting(key)):
            tables[key] = reader.read(key, value, places[key].row)
        else:
            settings[key] = value
    origin = SettingsOrigin(Place(file), places)
    return ReadResult(RawInstance(_settings(settings, origin, issues), tables, origin), tuple(issues))


def read_settings(path: Path, kind: Kind, issues: list[Issue]) -> tuple[dict[str, Any], SettingsOrigin]:
    """Return the settings of a file that holds nothing else, and their origin.

    Raises
    ------
    InputError
        If it cannot be read at all.
    """
    values, places = _top(read_tree(path, kind, issues), str(path), issues)
    origin = SettingsOrigin(Place(str(path)), places)
    for name in [name for name in values if name in TABLES]:
        issues.append(
            Issue(
                f"the table '{name}' stands among the settings.",
                name,
                places[name],
                f"Put it in {name}.csv.",
                code="table-in-settings",
            )
        )
        del values[name]
    return _settings(values, origin, issues), origin


def read_tree(path: Path, kind: Kind, issues: list[Issue]) -> dict[str, Any]:
    """Return the top-level mapping of a YAML or JSON file."""
    text = read_text(path, MAX_DOCUMENT)
    parse = parse_json if kind == "json" else parse_yaml
    root = parse(text, str(path), issues)
    if root is None:
        raise fault(
            "empty-file",
            "the file states nothing.",
            Place(str(path)),
            hint="Give at least 'name' and 'periods'.",
        )
    if not isinstance(root, dict):
        found = "a list" if isinstance(root, list) else "plain text or a number"
        raise fault(
            "wrong-shape",
            f"the file holds {found}, not settings and tables by their names.",
            Place(str(path)),
            hint="Write 'name: ...' and 'periods: ...' and a key for each table.",
        )
    return root


def _is_setting(key: str) -> bool:
    return any(key == field.name for field in columns("settings"))


def _top(root: dict[str, Any], file: str, issues: list[Issue]) -> tuple[dict[str, Any], dict[str, Place]]:
    """Return the top-level values and their places, a mapping 'settings' taken apart."""
    values: dict[str, Any] = {}
    places: dict[str, Place] = {}
    for key, value in root.items():
        if key == SCHEMA_KEY:
            continue  # for editors
        nested = value if key == "settings" and isinstance(value, dict) else None
        for name, item in ({key: value} if nested is None else nested).items():
            path = name if nested is None else join_key("settings", name)
            place = Place(file, row=line_of(root if nested is None else nested, name), key=path)
            if name in values:
                message = f"'{name}' is given twice, also as {places[name].key}."
                issues.append(Issue(message, "settings", place, "Remove one of them.", code="duplicate-key"))
            else:
                values[name], places[name] = item, place
    return values, places


def _settings(values: dict[str, Any], origin: SettingsOrigin, issues: list[Issue]) -> dict[str, Any]:
    settings = {}
    for name, value in values.items():
        if name == "periods":
            settings[name] = parse_periods(list(value) if isinstance(value, list) else value)
        elif isinstance(value, dict | list) and _is_setting(name):
            message = f"the setting '{name}' is {shape(value)}."
            issues.append(
                Issue(message, "settings", origin.place(column=name), "Give one value.", code="wrong-type")
            )
        else:
            settings[name] = value
    return settings
