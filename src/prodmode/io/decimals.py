"""Decimal commas, as European spreadsheet programs write them into semicolon-separated files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prodmode.instance.fields import TABLES, WIDE_TABLES, columns

if TYPE_CHECKING:
    import pandas as pd

_NUMBER = r"\s*[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?\s*"
_CERTAIN = r"\s*[+-]?(?:\d+,(?:\d{1,2}|\d{4,})|(?:0\d*|\d{4,}),\d+)(?:[eE][+-]?\d+)?\s*"


def decimal_points(frame: pd.DataFrame, table: str) -> pd.DataFrame:
    """Return a table with points for decimal commas, if it certainly has decimal commas.

    It has where some number reads as nothing else (``12,5``), and no number of the table has a point. Where
    every comma could part thousands (``1,234``) the cells stay, to be rejected as no numbers.
    """
    names = [name for name in frame.columns if name in _numeric(frame, table)]
    commas = [name for name in names if frame[name].str.contains(",", regex=False, na=False).any()]
    if not commas or any(frame[name].str.contains(".", regex=False, na=False).any() for name in names):
        return frame
    if not any(frame[name].str.fullmatch(_CERTAIN, na=False).any() for name in commas):
        return frame
    changed = {
        name: frame[name].where(
            ~frame[name].str.fullmatch(_NUMBER, na=False), frame[name].str.replace(",", ".", regex=False)
        )
        for name in commas
    }
    return frame.assign(**changed)


def _numeric(frame: pd.DataFrame, table: str) -> set[str]:
    if table not in TABLES:
        return set()
    fields = columns(table)
    found = {field.name for field in fields if field.type in ("float", "int")}
    if table in WIDE_TABLES and "period" not in frame.columns:
        found |= set(frame.columns) - {field.name for field in fields}
    return found
