"""Write an instance as one YAML or JSON file."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from prodmode.io.written import cells, written_settings, written_tables

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import pandas as pd

    from prodmode.instance.instance import Instance

_PLAIN = re.compile(r"[A-Za-z_](?:[A-Za-z0-9_./()-]| (?=[A-Za-z0-9_(]))*")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "nan", "inf", "infinity"})
_PRINTABLE = re.compile(
    r"[^\x20-\x7e\xa0-\u2027\u202a-\ud7ff\ue000-\ufefe\uff00-\ufffd\U00010000-\U0010ffff]"
)
_ESCAPES = {"\n": "\\n", "\t": "\\t", "\r": "\\r"}


def write_yaml(instance: Instance, path: Path) -> None:
    """Write settings and tables; each row is a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.write(settings_text(written_settings(instance)))
        for name, frame in written_tables(instance):
            stream.write(f"\n{name}:\n")
            stream.writelines(f"  - {row_text(row)}\n" for row in _rows(frame))


def write_json(instance: Instance, path: Path) -> None:
    """Write settings and tables; each row is a line."""
    with path.open("w", encoding="utf-8", newline="\n") as stream:
        stream.writelines(
            json_lines(written_settings(instance), ((n, _rows(f)) for n, f in written_tables(instance)))
        )


def json_lines(
    settings: Mapping[str, Any], tables: Iterable[tuple[str, Iterable[Mapping[str, Any]]]]
) -> Iterable[str]:
    """Yield the text of a JSON file of settings and tables, a row a line."""
    yield "{"
    separator = "\n"
    for name, value in settings.items():
        yield f"{separator}  {_json(name)}: {_json(value)}"
        separator = ",\n"
    for name, rows in tables:
        yield f"{separator}  {_json(name)}: ["
        separator = "\n"
        for row in rows:
            yield f"{separator}    {_json(row)}"
            separator = ",\n"
        yield "\n  ]"
    yield "\n}\n"


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)


def _rows(frame: pd.DataFrame) -> Iterable[dict[str, Any]]:
    """Yield the rows as mappings without the blanks."""
    names = list(frame.columns)
    for row in zip(*(cells(frame[name]) for name in names), strict=True):
        yield {name: value for name, value in zip(names, row, strict=True) if value is not None}


def settings_text(settings: Mapping[str, Any]) -> str:
    """Return settings as YAML, one a line."""
    return "".join(f"{name}: {scalar_text(value)}\n" for name, value in settings.items())


def row_text(row: Mapping[str, Any]) -> str:
    """Return a row as a YAML mapping in one line.

    Examples
    --------
    >>> row_text({"line": "oak table", "family": "007", "price": 12.5, "required": False})
    '{line: oak table, family: "007", price: 12.5, required: false}'
    """
    return "{" + ", ".join(f"{name}: {scalar_text(value)}" for name, value in row.items()) + "}"


def scalar_text(value: Any) -> str:
    """Return a value as YAML; text that could be taken for something else is quoted."""
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(value, list | tuple):
        return "[" + ", ".join(scalar_text(item) for item in value) + "]"
    if isinstance(value, int | float):
        whole = isinstance(value, float) and value.is_integer() and abs(value) < 1e15
        return str(int(value)) if whole else repr(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.casefold() not in _WORDS:
        return text
    return '"' + _PRINTABLE.sub(_escape, text.replace("\\", "\\\\").replace('"', '\\"')) + '"'


def _escape(match: re.Match[str]) -> str:
    letter = match.group()
    return _ESCAPES.get(letter) or (f"\\u{ord(letter):04x}")
