"""Raw cells to typed values: every distinct cell is read once, whatever the number of rows."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from numbers import Integral, Real
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from prodmode.instance.faults import listing, show, suggest
from prodmode.instance.numerals import bounds_of, number_hint, to_floats
from prodmode.instance.sheet import Cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from prodmode.instance.faults import Faults
    from prodmode.instance.fields import Column
    from prodmode.instance.sheet import Codes, Floats, Mask, Sheet, Texts

LONGEST_TEXT = 32_767
"""Characters that a cell may hold: what a workbook cell holds."""

_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_WHOLE = float(2**53)
_TRUTH = {"true": 1.0, "yes": 1.0, "1": 1.0, "false": 0.0, "no": 0.0, "0": 0.0}


def parse(field: Column, series: pd.Series[Any], sheet: Sheet, faults: Faults) -> Cells:
    """Read the cells of a column, and report those that cannot be what the field table asks for.

    Parameters
    ----------
    field : Column
        What the cells should be.
    series : pandas.Series
        The raw cells, one for each row of the sheet.
    sheet : Sheet
        The table that they are in; its key columns should have been read before.
    faults : Faults
        Takes what is wrong.
    """
    reader = _Reader(field, series, sheet, faults)
    if field.type in {"float", "int"}:
        return reader.numbers()
    if field.type == "bool":
        return reader.flags()
    labels = reader.labels()
    return choose(field, labels, field.choices, sheet, faults) if field.type == "choice" else labels


def choose(field: Column, cells: Cells, choices: Sequence[str], sheet: Sheet, faults: Faults) -> Cells:
    """Turn labels into codes of the choices, and report the labels that are none of them."""
    found, wrong = recode(cells, choices)

    def describe(row: int) -> tuple[str, str | None]:
        text = text_of(cells, row)
        return f"{field.name} {show(text)} is none of {listing(choices, 12)}.", suggest(text, choices)

    faults.add_rows("unknown-choice", sheet, field.name, wrong, describe)
    found.bad[wrong] = True
    return found


def recode(cells: Cells, known: Sequence[str] | Texts) -> tuple[Cells, npt.NDArray[Any]]:
    """Return label cells as codes of known labels, and the rows whose label is not known."""
    target = np.asarray(known, dtype=object)
    labels = cells.labels if cells.labels is not None else np.zeros(0, dtype=object)
    if len(labels) == len(target) and bool((labels == target).all()):
        return Cells(cells.data, cells.bad, target), np.zeros(0, dtype=np.int64)
    position = pd.Index(target, dtype="object").get_indexer(pd.Index(labels, dtype="object"))
    values = np.append(position, -1)[cells.data]
    wrong = (
        np.flatnonzero((values < 0) & (cells.data >= 0))
        if (position < 0).any()
        else np.zeros(0, dtype=np.int64)
    )
    return Cells(values, cells.bad.copy(), target), wrong


def text_of(cells: Cells, row: int) -> str:
    """Return the label of a cell, "" where it has none."""
    code = int(cells.data[row])
    return str(cells.labels[code]) if cells.labels is not None and code >= 0 else ""


def label_of(value: object) -> str | None:
    """Return a value as a label, None where it cannot be one.

    Examples
    --------
    >>> label_of(" oak "), label_of(1.0), label_of(0.5), label_of(True)
    ('oak', '1', '0.5', None)
    """
    if isinstance(value, str):
        return value.strip()
    if isinstance(value, bool | np.bool_):
        return None
    if isinstance(value, Real | Decimal):
        return _number_label(value)
    if isinstance(value, dt.datetime):
        midnight = value.time() == dt.time() and value.tzinfo is None
        return value.date().isoformat() if midnight else value.isoformat()
    return str(value) if isinstance(value, dt.date | dt.time | pd.Period) else None


def _number_label(value: Real | Decimal) -> str | None:
    if isinstance(value, Integral):
        return str(int(value))
    number = float(value)
    if not np.isfinite(number):
        return None
    return str(int(number)) if number.is_integer() else repr(number)


def has_control(text: str) -> bool:
    """Return whether a text contains a line break or another control character."""
    return _CONTROL.search(text) is not None


def distinct(series: pd.Series[Any]) -> tuple[Codes, list[Any]]:
    """Return the distinct values of a column and the code of each row, -1 for a blank one."""
    if isinstance(series.dtype, pd.CategoricalDtype):
        codes: Codes = series.cat.codes.to_numpy().astype(np.int64)
        values = np.asarray(series.cat.categories, dtype=object).tolist()
    elif pd.api.types.infer_dtype(series, skipna=True).startswith("mixed"):
        # 1, True and 1.0 are equal, and lists have no hash: tell them apart by type and text
        cells = list(series)
        codes, first = _factorize_mixed(cells)
        values = [cells[row] for row in first]
    else:
        found, uniques = pd.factorize(series)
        codes, values = found.astype(np.int64), np.asarray(uniques, dtype=object).tolist()
    if _all_text(values):
        values = list(map(str.strip, values))
        blank = [] if all(values) else [not value for value in values]
    else:
        blank = [isinstance(value, str) and not value.strip() for value in values]
    if any(blank):
        codes = np.append(np.where(blank, -1, np.arange(len(values))), -1)[codes]
    return codes, values


def _all_text(values: list[Any]) -> bool:
    return set(map(type, values)) <= {str}


def _factorize_mixed(cells: list[Any]) -> tuple[Codes, list[int]]:
    seen: dict[tuple[str, str], int] = {}
    first: list[int] = []
    codes = np.full(len(cells), -1, dtype=np.int64)
    for row, cell in enumerate(cells):
        if cell is None or (pd.api.types.is_scalar(cell) and pd.isna(cell)):
            continue
        key = (type(cell).__name__, cell if isinstance(cell, str) else repr(cell))
        if key not in seen:
            seen[key] = len(first)
            first.append(row)
        codes[row] = seen[key]
    return codes, first


class _Reader:
    """Reads the cells of one column."""

    def __init__(self, field: Column, series: pd.Series[Any], sheet: Sheet, faults: Faults) -> None:
        self.field, self.series, self.sheet, self.faults = field, series, sheet, faults
        self.bad: Mask = np.zeros(len(series), dtype=bool)

    def numbers(self) -> Cells:
        kind = self.series.dtype
        if pd.api.types.is_numeric_dtype(kind) and kind.kind in "iuf":
            values: Floats = self.series.to_numpy(dtype="float64", na_value=np.nan, copy=True)
            infinite = np.isinf(values)
        else:
            codes, uniques = self.distinct()
            found, wrong = to_floats(uniques)
            wrong = np.append(wrong, False)[codes]
            values = np.append(found, np.nan)[codes]
            infinite = ~np.isfinite(values) & (codes >= 0) & ~wrong
            self.report("wrong-type", wrong, "is not a number", number_hint)
        self.report(
            "not-finite", infinite, "is not a finite number", "Leave the cell blank where there is no value."
        )
        values[self.bad] = np.nan
        if self.field.type == "int":
            self.report(
                "wrong-type", (values != np.floor(values)) & ~np.isnan(values), "is not a whole number"
            )
            self.report("out-of-range", np.abs(values) > _WHOLE, "is too large for a whole number")
        outside, range_ = bounds_of(self.field, values)
        self.report("out-of-range", outside & ~self.bad, f"is out of range: it must be {range_}")
        values[self.bad] = np.nan
        return Cells(values, self.bad)

    def flags(self) -> Cells:
        codes, uniques = self.distinct()
        found = [
            _TRUTH.get((label_of(int(u) if isinstance(u, bool | np.bool_) else u) or "").casefold())
            for u in uniques
        ]
        wrong = np.append([truth is None for truth in found], False).astype(bool)[codes]
        values = np.array([np.nan if truth is None else truth for truth in (*found, None)])[codes]
        self.report("wrong-type", wrong, "is neither true nor false", "Write true or false.")
        return Cells(values, self.bad)

    def labels(self) -> Cells:
        codes, uniques = self.distinct()
        texts: list[str | None] = uniques if _all_text(uniques) else [label_of(unique) for unique in uniques]
        if None in texts:
            wrong = np.append([text is None for text in texts], False)[codes]
            self.report("wrong-type", wrong, "is not text", _text_hint)
            codes = np.where(wrong, -1, codes)
        if has_control("".join(filter(None, texts))):
            texts = [None if has_control(text or "") else text for text in texts]
            odd = np.append([text is None for text in texts], False)[codes]
            self.report(
                "invalid-name", odd, "contains a line break or another control character", "Take it out."
            )
            codes = np.where(odd, -1, codes)
        position, labels = pd.factorize(np.array(texts, dtype=object))
        if len(labels) < len(texts):
            codes = np.append(position, -1)[codes]
        return Cells(codes.astype(np.int64), self.bad, np.asarray(labels, dtype=object))

    def distinct(self) -> tuple[Codes, list[Any]]:
        codes, uniques = distinct(self.series)
        if _all_text(uniques) and max(map(len, uniques), default=0) <= LONGEST_TEXT:
            return codes, uniques
        long = [isinstance(unique, str) and len(unique) > LONGEST_TEXT for unique in uniques]
        if any(long):
            mask = np.append(long, False)[codes]
            self.report(
                "oversize-cell", mask, f"is longer than the {LONGEST_TEXT:,} characters a cell may hold"
            )
            codes = np.where(mask, -1, codes)
        return codes, uniques

    def report(
        self, code: str, mask: Mask, says: str, hint: str | Callable[[object], str | None] | None = None
    ) -> None:
        rows = np.flatnonzero(mask)

        def describe(row: int) -> tuple[str, str | None]:
            raw, who = self.series.iloc[row], self.sheet.who(row, self.field.name)
            message = f"{self.field.name} {show(raw)}{f' of {who}' if who else ''} {says}."
            return message, hint(raw) if callable(hint) else hint

        self.faults.add_rows(code, self.sheet, self.field.name, rows, describe)
        self.bad[rows] = True


def _text_hint(raw: object) -> str | None:
    return "Put it in quotes to make it text." if isinstance(raw, bool | np.bool_) else None
