"""Sheets to the canonical tables of an instance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.fields import Column, columns

if TYPE_CHECKING:
    from prodmode.instance.sheet import Sheet, Texts


def build_frames(sheets: dict[str, Sheet], periods: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    """Return the table of each sheet: every column, defaults filled in, references as categories."""
    builder = _Builder(sheets, periods)
    return {table: builder.frame(table) for table in sheets}


class _Builder:
    def __init__(self, sheets: dict[str, Sheet], periods: tuple[str, ...]) -> None:
        self.sheets = sheets
        self.dtypes: dict[str, pd.CategoricalDtype] = {
            "periods": _categories(np.array(periods, dtype=object))
        }

    def frame(self, table: str) -> pd.DataFrame:
        sheet = self.sheets[table]
        data = {field.name: self.column(sheet, field) for field in columns(table)}
        if table == "options" and len(sheet):
            # a tiered option has its unit cost from the tiers; 0 is what a record says for "not given"
            cost, tiered = data["unit_cost"], data["tier_kind"].codes >= 0
            data["unit_cost"] = np.where(tiered & (cost == 0), np.nan, cost)
        return pd.DataFrame(data, index=pd.RangeIndex(len(sheet)), copy=False)

    def column(self, sheet: Sheet, field: Column) -> Any:
        cells = sheet.cells.get(field.name)
        if field.type in {"float", "int", "bool"}:
            values = np.full(len(sheet), np.nan) if cells is None else cells.data
            if field.default is not None and np.isnan(values).any():
                values = np.where(np.isnan(values), field.default, values)
            if field.type == "float":
                return values
            return values.astype(np.int64 if field.type == "int" else np.bool_)
        codes = np.full(len(sheet), -1) if cells is None else cells.data
        if field.type == "choice":
            return pd.Categorical.from_codes(codes, dtype=_categories(np.array(field.choices, dtype=object)))
        if field.references is not None and field.references != "lines.family":
            return pd.Categorical.from_codes(codes, dtype=self.dtype(field.references))
        labels = np.zeros(0, dtype=object) if cells is None or cells.labels is None else cells.labels
        if not len(labels):
            return pd.array(np.full(len(sheet), np.nan), dtype="str")
        return pd.array(labels, dtype="str").take(codes, allow_fill=True)

    def dtype(self, target: str) -> pd.CategoricalDtype:
        if target not in self.dtypes:
            table, key = target.split(".")
            cells = self.sheets[table].cells.get(key)
            labels = cells.labels if cells is not None and len(self.sheets[table]) else None
            self.dtypes[target] = _categories(np.zeros(0, dtype=object) if labels is None else labels)
        return self.dtypes[target]


def _categories(labels: Texts) -> pd.CategoricalDtype:
    return pd.CategoricalDtype(pd.Index(labels, dtype="str"))
