"""The setting `periods` in one cell or scalar."""

from __future__ import annotations

import csv
import io
from typing import Any


def parse_periods(value: Any) -> Any:
    """Return the labels or the count that a text states: labels are parted by commas or semicolons.

    Examples
    --------
    >>> parse_periods("Q1, Q2"), parse_periods("4"), parse_periods('"4"')
    (['Q1', 'Q2'], 4, ['4'])
    """
    if not isinstance(value, str) or not value.strip():
        return value
    text = value.strip()
    if text.isascii() and text.isdecimal() and len(text) < 10:
        return int(text)
    delimiter = ";" if ";" in text and "," not in text and '"' not in text else ","
    try:
        labels = next(
            csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True)
        )
    except csv.Error:
        labels = text.split(delimiter)
    return [label.strip() for label in labels]


def write_periods(labels: tuple[str, ...]) -> str:
    """Return the text of which `parse_periods` makes the labels again.

    Examples
    --------
    >>> write_periods(("Q1", "Q2")), write_periods(("4",))
    ('Q1, Q2', '"4"')
    """
    alone = len(labels) == 1 and labels[0].isdecimal()
    return ", ".join(
        '"' + label.replace('"', '""') + '"'
        if alone or any(letter in label for letter in ',;"\r\n')
        else label
        for label in labels
    )
