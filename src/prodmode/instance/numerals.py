"""Numbers that people write, and what to tell them where a program cannot read one."""

from __future__ import annotations

import re
from decimal import Decimal
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from prodmode.instance.fields import Column
    from prodmode.instance.sheet import Floats, Mask

_GROUPED = re.compile(r"([+-]?\d{1,3}(?:[ ,.'\u2019_\u00a0\u202f]\d{3})+)(?:([.,])(\d+))?")
_COMMA = re.compile(r"([+-]?\d*),(\d+)")
_AFFIX = re.compile(r"[^\d+.,-]{1,6}?([+-]?\d+(?:\.\d+)?)|([+-]?\d+(?:\.\d+)?)\s*[^\d.,\s][^\d]{0,11}")
_NOTHING = {"-", "--", "\u2013", "\u2014", "n/a", "na", "#n/a", "none", "null", "nil", "?", "tbd", "x"}


def to_floats(values: Sequence[Any]) -> tuple[Floats, Mask]:
    """Read distinct cells as numbers.

    Returns
    -------
    floats : array of float
        The numbers, NaN where a cell is none.
    wrong : array of bool
        Which cells are no numbers; the text "nan" is one.
    """
    if all(type(value) is str for value in values):
        try:
            return np.array(values, dtype=object).astype(np.float64), np.zeros(len(values), dtype=bool)
        except ValueError:
            pass  # one at a time finds which
    floats = np.full(len(values), np.nan)
    wrong = np.zeros(len(values), dtype=bool)
    for number, value in enumerate(values):
        try:
            if isinstance(value, bool | np.bool_) or not isinstance(value, str | Real | Decimal):
                wrong[number] = True
            else:
                floats[number] = float(value)
        except OverflowError:
            floats[number] = np.inf
        except ValueError:
            wrong[number] = True
    return floats, wrong


def bounds_of(field: Column, values: Floats) -> tuple[Mask, str]:
    """Return which numbers are outside the bounds of a column, and the bounds as a phrase.

    Examples
    --------
    >>> from prodmode.instance.fields import columns
    >>> share = next(column for column in columns("options") if column.name == "yield")
    >>> bounds_of(share, np.array([0.0, 0.5, 1.5, np.nan]))
    (array([ True, False,  True, False]), 'above 0 and at most 1')
    """
    outside: Mask = np.zeros(len(values), dtype=bool)
    phrases = []
    for bound, phrase, breaks in (
        (field.ge, "at least", np.less),
        (field.gt, "above", np.less_equal),
        (field.le, "at most", np.greater),
        (field.lt, "below", np.greater_equal),
    ):
        if bound is not None:
            outside |= breaks(values, bound)
            phrases.append(f"{phrase} {bound:g}")
    return outside, " and ".join(phrases)


def number_hint(value: object) -> str | None:
    """Return how to write the number that a cell seems to mean.

    Examples
    --------
    >>> number_hint("1,5")
    'Maybe you meant 1.5? Write a decimal point in every language.'
    >>> number_hint("1.234,5")
    'Maybe you meant 1234.5? Write a decimal point and no thousands separators.'
    >>> number_hint("12 %")
    'Maybe you meant 0.12? Write a share as a number, without the percent sign.'
    """
    if isinstance(value, bool | np.bool_):
        return "Write a number."
    if not isinstance(value, str):
        return None
    text = value.strip()
    if text.casefold() in _NOTHING:
        return "Leave the cell blank where there is no value."
    if text.startswith(("#", "=")):
        return "Mend the formula, or write the number itself."
    if text.endswith("%"):
        return _percent(text[:-1].strip())
    return _separators(text) or _affix(text)


def _percent(text: str) -> str:
    advice = "Write a share as a number, without the percent sign."
    try:
        return f"Maybe you meant {float(text.replace(',', '.')) / 100:g}? {advice}"
    except ValueError:
        return advice


def _separators(text: str) -> str | None:
    if grouped := _GROUPED.fullmatch(text):
        whole = re.sub(r"[^\d+-]", "", grouped[1])
        number = f"{whole}.{grouped[3]}" if grouped[3] else whole
        if grouped[3] and grouped[2] == ",":
            return f"Maybe you meant {number}? Write a decimal point and no thousands separators."
        if _COMMA.fullmatch(text):
            point = text.replace(",", ".")
            return f"Maybe you meant {number} or {point}? Write a decimal point and no thousands separators."
        return f"Maybe you meant {number}? Write no thousands separators."
    if comma := _COMMA.fullmatch(text):
        return f"Maybe you meant {comma[1] or '0'}.{comma[2]}? Write a decimal point in every language."
    return None


def _affix(text: str) -> str | None:
    if affix := _AFFIX.fullmatch(text):
        return f"Maybe you meant {affix[1] or affix[2]}? Write the number alone, without a unit or currency."
    return None
