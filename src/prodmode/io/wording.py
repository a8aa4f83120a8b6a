"""The field table in words, for templates."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from prodmode.instance.fields import Column, Record


def sentence(record: type[Record]) -> str:
    """Return what a row of a table is, from the first line of its record's docstring."""
    return (inspect.getdoc(record) or "").partition("\n")[0]


def describe(field: Column, *, name: bool = True) -> str:
    """Return what a column means, with its unit, default, choices and bounds.

    Examples
    --------
    >>> from prodmode.instance.fields import columns
    >>> describe(columns("options")[2])
    'mode (required): mass, custom or outsourced'
    >>> describe(columns("resources")[4])
    'overtime_max: most that overtime adds in a period, in resource unit/period; default 0; at least 0'
    """
    meaning = field.meaning + (f", in {field.unit}" if field.unit else "")
    parts = [meaning]
    if field.choices and not all(choice in field.meaning for choice in field.choices):
        parts.append(f"one of {', '.join(field.choices)}")
    if field.references:
        parts.append("one of the periods" if field.references == "periods" else f"one of {field.references}")
    if not field.required and field.default is not None:
        parts.append(f"default {shown_default(field)}")
    bounds = (("at least", field.ge), ("above", field.gt), ("at most", field.le), ("below", field.lt))
    parts += [f"{word} {bound:g}" for word, bound in bounds if bound is not None]
    text = "; ".join(parts)
    if not name:
        return f"{'Required: ' if field.required else ''}{text}"
    return f"{field.name}{' (required)' if field.required else ''}: {text}"


def shown_default(field: Column) -> str:
    """Return the default as one writes it in a cell; empty where a blank stays blank."""
    if field.default is None:
        return ""
    if isinstance(field.default, bool):
        return "true" if field.default else "false"
    return f"{field.default:g}" if isinstance(field.default, float) else str(field.default)
