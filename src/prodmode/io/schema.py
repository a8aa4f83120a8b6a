"""The JSON schema of a YAML or JSON file, made from the field table: with it editors complete and check."""

from __future__ import annotations

from typing import Any

from prodmode.instance.fields import REQUIRED_TABLES, TABLES, WIDE_TABLES, Column, columns, record_of
from prodmode.instance.periods import MOST_PERIODS
from prodmode.io.wording import describe, sentence

DIALECT = "http://json-schema.org/draft-07/schema#"
"""The dialect that editors of YAML and JSON understand best."""

SCHEMA_KEY = "$schema"
"""The key of a JSON file that names its schema; it says nothing about the portfolio."""

_TYPES = {"str": ["string", "number"], "float": ["number"], "int": ["integer"], "bool": ["boolean"]}
_BOUNDS = {"ge": "minimum", "gt": "exclusiveMinimum", "le": "maximum", "lt": "exclusiveMaximum"}


def json_schema() -> dict[str, Any]:
    """Return the JSON schema of an instance as one YAML or JSON file.

    Every setting and table is in it with its meaning, unit, default, choices and bounds; objects are closed,
    so that a misspelled name is seen. What spans rows, such as references and sums, only the loader checks.

    Returns
    -------
    dict
        A schema of draft 7.

    Examples
    --------
    >>> schema = json_schema()
    >>> schema["required"], schema["definitions"]["options"]["required"]
    (['lines', 'demand', 'options'], ['option', 'line', 'mode'])
    """
    settings = {field.name: _setting(field) for field in columns("settings")}
    required = [field.name for field in columns("settings") if field.required]
    nested = {
        "type": "object",
        "description": "The settings, which may also stand at the top.",
        "properties": settings,
        "additionalProperties": False,
    }
    tables = {table: _table(table) for table in TABLES}
    return {
        "$schema": DIALECT,
        "title": "prodmode instance",
        "description": "A portfolio of product lines: settings, and a list of rows for each table.",
        "type": "object",
        "properties": {SCHEMA_KEY: {"type": "string"}, **settings, "settings": nested, **tables},
        "required": list(REQUIRED_TABLES),
        # Each required setting stands at the top or among the settings.
        "allOf": [
            {
                "anyOf": [
                    {"required": [name]},
                    {"required": ["settings"], "properties": {"settings": {"required": [name]}}},
                ]
            }
            for name in required
        ],
        "additionalProperties": False,
        "definitions": {table: _row(table) for table in TABLES},
    }


def _setting(field: Column) -> dict[str, Any]:
    if field.name == "periods":
        label: dict[str, Any] = {"type": ["string", "number"]}
        return {
            "title": field.name,
            "description": describe(field, name=False),
            "anyOf": [
                {
                    "type": "array",
                    "items": label,
                    "minItems": 1,
                    "maxItems": MOST_PERIODS,
                    "uniqueItems": True,
                },
                {"type": "integer", "minimum": 1, "maximum": MOST_PERIODS},
                {"type": "string", "minLength": 1},
            ],
        }
    schema = _value(field)
    return schema | {"pattern": "^[A-Z]{3}$"} if field.name == "currency" else schema


def _table(table: str) -> dict[str, Any]:
    rows: dict[str, Any] = {"type": "array", "items": {"$ref": f"#/definitions/{table}"}}
    text = sentence(record_of(table))
    if table in REQUIRED_TABLES:
        rows["minItems"] = 1
    if table in WIDE_TABLES:
        rows["items"] = {"anyOf": [rows["items"], _wide_row(table)]}
        return {"title": table, "description": text, "anyOf": [rows, _by_label(table), *_absent(table)]}
    if table in REQUIRED_TABLES:
        return {"title": table, "description": text, **rows}
    return {"title": table, "description": text, "anyOf": [rows, *_absent(table)]}


def _absent(table: str) -> list[dict[str, Any]]:
    return [] if table in REQUIRED_TABLES else [{"type": "null"}]


def _row(table: str) -> dict[str, Any]:
    return {
        "type": "object",
        "title": table,
        "description": sentence(record_of(table)),
        "properties": {field.name: _value(field) for field in columns(table)},
        "required": [field.name for field in columns(table) if field.required],
        "additionalProperties": False,
    }


def _wide_row(table: str) -> dict[str, Any]:
    """Return the schema of a row with a key for each period."""
    key, period, value = columns(table)[:3]
    long = [{"required": [field.name]} for field in columns(table)[1:]]
    return {
        "type": "object",
        "title": f"{table}, a key for each period",
        "properties": {key.name: _value(key)},
        "required": [key.name],
        "additionalProperties": _amount(value),
        "description": f"The {value.name} of each {period.name}.",
        "minProperties": 2,
        "not": {"anyOf": long},
    }


def _by_label(table: str) -> dict[str, Any]:
    """Return the schema of a table as a mapping of labels to a value for each period."""
    amount = _amount(columns(table)[2])
    return {
        "type": "object",
        "title": f"{table} by {columns(table)[0].name}",
        "additionalProperties": {
            "anyOf": [
                {"type": "array", "items": amount},
                {"type": "object", "additionalProperties": amount},
            ]
        },
    }


def _amount(field: Column) -> dict[str, Any]:
    schema = _value(field)
    return {"type": ["number", "null"], **{name: schema[name] for name in _BOUNDS.values() if name in schema}}


def _value(field: Column) -> dict[str, Any]:
    """Return the schema of a cell; a blank one may be given where the field has a default."""
    title = f"{field.name} ({field.unit})" if field.unit else field.name
    schema: dict[str, Any] = {"title": title, "description": describe(field, name=False)}
    blank = [] if field.required else [None]
    if field.choices:
        schema["enum"] = [*field.choices, *blank]
    else:
        schema["type"] = [*_TYPES[field.type], *("null" for _ in blank)]
        if field.type == "str" and field.required:
            schema["minLength"] = 1
    for name, word in _BOUNDS.items():
        if (bound := getattr(field, name)) is not None:
            schema[word] = bound
    if field.default is not None:
        schema["default"] = field.default
    return schema
