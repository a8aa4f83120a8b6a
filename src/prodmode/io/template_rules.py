"""What a cell of the blank workbook takes: drop-downs, bounds of numbers, and a hint while one types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from prodmode.instance.fields import MODES, columns
from prodmode.io.wording import describe, shown_default
from prodmode.io.workbook_scan import column_letters
from prodmode.io.write_workbook import MAX_ROWS

if TYPE_CHECKING:
    from prodmode.instance.fields import Column

MOST_PERIODS = 120
"""Periods that the drop-downs list."""

PERIODS, LIMIT_PERIODS = "I", "J"
"""Columns of the sheet of settings that hold the labels of periods, and those with the word 'each' before."""

_LONGEST_TITLE, _LONGEST_HINT = 32, 255
_MOST = 1e300
_SPACES = 200


def rule_of(field: Column, table: str) -> dict[str, Any]:
    """Return the rule of the cells of a column, as the writer of workbooks takes it.

    Choices come as a drop-down that takes nothing else; names that stand in another sheet as one that warns,
    because a name may be written before the sheet it belongs to is filled.

    Parameters
    ----------
    field : Column
        The column.
    table : str
        The table it belongs to, or "settings".
    """
    hint = describe(field, name=False)
    default = shown_default(field)
    if not field.required and not default:
        hint += ". May stay blank"
    rule: dict[str, Any] = {
        "validate": "any",
        "input_title": field.name[:_LONGEST_TITLE],
        "input_message": hint if len(hint) <= _LONGEST_HINT else f"{hint[: _LONGEST_HINT - 1]}…",
    }
    choices = ["true", "false"] if field.type == "bool" else list(field.choices or MODES)
    if field.type in ("bool", "choice"):
        rule |= _one_of(choices, "stop")
    elif (table, field.name) == ("limits", "period"):
        rule |= _one_of(_filled("settings", LIMIT_PERIODS, MOST_PERIODS + 1), "warning")
    elif field.references == "periods":
        rule |= _one_of(_filled("settings", PERIODS, MOST_PERIODS), "warning")
    elif field.references:
        rule |= _one_of(_names(field.references), "warning")
    elif field.type in ("float", "int"):
        rule |= _number(field)
    return rule


def period_formula(cell: str, number: int) -> str:
    """Return the formula of the label of a period, made from the cell with the setting `periods`.

    It works in every spreadsheet program, also those that cannot split a text.

    Parameters
    ----------
    cell : str
        The cell, such as "$B$5".
    number : int
        The number of the period, from 1 on.
    """
    text = f'SUBSTITUTE(SUBSTITUTE({cell}&"","""",""),";",",")'
    part = f'MID(SUBSTITUTE({text},",",REPT(" ",{_SPACES})),{(number - 1) * _SPACES + 1},{_SPACES})'
    alone = f'AND(ISERROR(FIND(",",{text})),LEN({cell}&"")<4,NOT(ISERROR(VALUE({cell}&""))))'
    return f'=IF({alone},IF({number}<=VALUE({cell}&""),"{number}",""),TRIM({part}))'


def _one_of(source: list[str] | str, otherwise: str) -> dict[str, Any]:
    return {
        "validate": "list",
        "source": source,
        "error_title": "Not in the list",
        "error_message": "Choose one of the list, or leave the cell blank.",
        "error_type": otherwise,
    }


def _names(reference: str) -> str:
    """Return where the names of another sheet stand, down to its last row in use."""
    table, name = reference.split(".")
    letter = column_letters(1 + [column.name for column in columns(table)].index(name))
    # The first column of each table is filled in every row of it.
    rows = f"COUNTA({table}!$A$2:$A${MAX_ROWS})"
    return f"=OFFSET({table}!${letter}$2,0,0,MAX(1,{rows}),1)"


def _filled(sheet: str, letter: str, most: int) -> str:
    place = f"{sheet}!${letter}$2:${letter}${most + 1}"
    return f'=OFFSET({sheet}!${letter}$2,0,0,MAX(1,SUMPRODUCT(--({place}<>""))),1)'


def _number(field: Column) -> dict[str, Any]:
    low = field.ge if field.ge is not None else field.gt
    high = field.le if field.le is not None else field.lt
    kind = "a whole number" if field.type == "int" else "a number"
    words = [f"{word} {bound:g}" for word, bound in (
        ("at least", field.ge), ("above", field.gt), ("at most", field.le), ("below", field.lt),
    ) if bound is not None]  # fmt: skip
    most = 2.0**31 if field.type == "int" else _MOST
    return {
        "validate": "integer" if field.type == "int" else "decimal",
        "criteria": "between",
        "minimum": low if low is not None else -most,
        "maximum": high if high is not None else most,
        "error_title": "Not a number" if not words else "Out of range",
        "error_message": f"This takes {kind}{' ' if words else ''}{' and '.join(words)}.",
        "error_type": "stop",
    }
