"""The periods of an instance: a list of labels, a count, or either in one cell."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.cells import LONGEST_TEXT, has_control, label_of
from prodmode.instance.faults import show
from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from prodmode.errors import Place
    from prodmode.instance.faults import Faults

MOST_PERIODS = 10_000
"""Periods that an instance may have."""

_ADVICE = "Give a list of labels, such as Q1, Q2, Q3, or a count."


def parse_periods(value: Any, place: Place, faults: Faults) -> tuple[str, ...] | None:
    """Return the labels of the periods, None where they are faulty.

    Parameters
    ----------
    value : object
        A list of labels, a whole number, or text: a count, or labels with commas or semicolons between.
    place : Place
        Where the setting stands.
    faults : Faults
        Takes what is wrong.
    """
    cells = _cells_of(value)
    if isinstance(cells, str):
        faults.add("wrong-type", "settings", cells, place, hint=_ADVICE)
        return None
    if isinstance(cells, int):
        if not 1 <= cells <= MOST_PERIODS:
            message = f"periods '{cells}' is out of range: there may be 1 to {MOST_PERIODS:,} periods."
            faults.add("out-of-range", "settings", message, place)
            return None
        return tuple(str(number) for number in range(1, cells + 1))
    return _checked(cells, place, faults)


def _cells_of(value: Any) -> list[Any] | int | str:
    """Return the cells of a list, a count, or what is wrong."""
    if isinstance(value, str):
        text = value.strip()
        if re.fullmatch(r"[+-]?\d{1,9}(\.0*)?", text):
            return int(float(text))
        return [part for part in re.split("[,;\n]" if ";" not in text else "[;\n]", text) if part.strip()]
    if isinstance(value, int | float | np.integer | np.floating) and not isinstance(value, bool):
        if float(value).is_integer():
            return int(value)
        return f"periods '{value}' is not a whole number."
    if isinstance(value, Iterable) and not isinstance(value, dict | bytes):
        return list(value)
    return f"periods {show(value)} is neither a list of labels nor a count."


def _checked(cells: list[Any], place: Place, faults: Faults) -> tuple[str, ...] | None:
    labels: dict[str, int] = {}
    faulty = False

    def report(code: str, message: str, hint: str | None = None) -> None:
        nonlocal faulty
        faulty = True
        faults.add(code, "settings", message, place, hint=hint)

    if not cells:
        report("missing-value", "periods is an empty list.", _ADVICE)
    if len(cells) > MOST_PERIODS:
        report("out-of-range", f"there are {len(cells):,} periods; there may be 1 to {MOST_PERIODS:,}.")
        return None
    for number, cell in enumerate(cells, start=1):
        label = label_of(cell)
        if label is None and not (pd.api.types.is_scalar(cell) and pd.isna(cell)):
            report("wrong-type", f"period {number} of the list, {show(cell)}, is not a label.")
        elif not label:
            report("missing-value", f"period {number} of the list is blank.")
        elif len(label) > LONGEST_TEXT:
            report("oversize-cell", f"period {show(label)} is longer than {LONGEST_TEXT:,} characters.")
        elif has_control(label):
            report(
                "invalid-name", f"period {show(label)} contains a line break or another control character."
            )
        elif label == EACH:
            report("invalid-name", f"a period may not be called '{EACH}': in limits that means every period.")
        elif label in labels:
            report(
                "duplicate-key", f"period '{label}' is listed twice: as number {labels[label]} and {number}."
            )
        labels.setdefault(label or "", number)
    return None if faulty else tuple(labels)
