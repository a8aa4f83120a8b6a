"""The reference of tables and settings, from the field table."""

from __future__ import annotations

import inspect
from html import escape

from prodmode.instance.fields import (
    REQUIRED_TABLES,
    TABLES,
    WIDE_TABLES,
    Column,
    Settings,
    columns,
    record_of,
)
from prodmode.io.wording import sentence, shown_default

INTRODUCTION = """\
# Tables and settings

Every table, column and setting of an instance. The same tables are the files of a folder (`lines.csv`), the
sheets of a workbook (`lines`), the keys of a YAML or JSON file (`lines:`) and the record classes of Python
(`pm.Line`). A table you do not need is left out, and a blank cell means the default. A column in **bold**
must be filled in. No two rows of a table may share their *key*.

[State a portfolio](../how-to/write-an-instance.md) shows the containers,
[Say your business in tables](../how-to/say-it-in-tables.md) what to write where.
"""

_HEAD = "| column | type | blank means | meaning |\n|---|---|---|---|"
_TYPES = {"str": "text", "float": "number", "int": "whole number", "bool": "true or false"}


def page() -> str:
    """Return the page as Markdown."""
    parts = [INTRODUCTION, "## settings", _settings_words(), _table("settings", key=False)]
    for table in TABLES:
        parts += [f"## {table}", _words(table), _table(table)]
    return "\n\n".join(parts) + "\n"


def _settings_words() -> str:
    what = (inspect.getdoc(Settings) or "").partition("\n")[0]
    return (
        f"{what} In a folder they are the keys of `instance.yaml`, in a workbook the rows of the sheet "
        "`settings`, in YAML and JSON keys at the top. In Python: `pm.Settings`."
    )


def _words(table: str) -> str:
    record = record_of(table)
    words = [sentence(record)]
    if table in REQUIRED_TABLES:
        words.append("An instance must have this table.")
    if table in WIDE_TABLES:
        words.append(
            f"It may also be written wide: a column for each period, whose cells are `{WIDE_TABLES[table]}`."
        )
    words.append(f"In Python: `pm.{record.__name__}`.")
    return " ".join(words)


def _table(table: str, *, key: bool = True) -> str:
    rows = [_HEAD]
    for column in columns(table):
        name = f"**{column.name}**" if column.required else column.name
        cells = (
            f"{name} (*key*)" if key and column.key else name,
            ", ".join(part for part in (_type(table, column), _range(column)) if part),
            "" if column.required else f"`{default}`" if (default := shown_default(column)) else "no value",
            _escaped(f"{column.meaning} ({column.unit})" if column.unit else column.meaning),
        )
        rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def _type(table: str, column: Column) -> str:
    if column.choices:
        return ", ".join(f"`{choice}`" for choice in column.choices)
    if column.references == "periods":
        return "a period"
    if column.references:
        to = column.references.partition(".")[0]
        return f"a name of [{column.references}](#{to})"
    return "list or whole number" if (table, column.name) == ("settings", "periods") else _TYPES[column.type]


def _range(column: Column) -> str:
    lower = None if column.ge is None else f"≥ {column.ge:g}"
    above = None if column.gt is None else f"> {column.gt:g}"
    upper = None if column.le is None else f"≤ {column.le:g}"
    below = None if column.lt is None else f"< {column.lt:g}"
    return ", ".join(part for part in (lower, above, upper, below) if part)


def _escaped(text: str) -> str:
    return escape(text, quote=False).replace("|", "\\|")
