"""Files in and out: a folder of CSV or Parquet tables, an Excel workbook, one YAML or one JSON file."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prodmode.io.reading import ReadResult, load, read, scan
    from prodmode.io.schema import json_schema
    from prodmode.io.template import write_template
    from prodmode.io.writing import save

_HOMES = {
    "ReadResult": "reading",
    "json_schema": "schema",
    "load": "reading",
    "read": "reading",
    "save": "writing",
    "scan": "reading",
    "write_template": "template",
}

__all__ = ["ReadResult", "json_schema", "load", "read", "save", "scan", "write_template"]


def __getattr__(name: str) -> Any:
    if name in _HOMES:
        return getattr(import_module(f"prodmode.io.{_HOMES[name]}"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return __all__
