"""What is written of an instance: the settings and columns that say more than the default."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.instance.fields import TABLES, columns

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.instance.fields import Column
    from prodmode.instance.instance import Instance


def written_settings(instance: Instance) -> dict[str, Any]:
    """Return the settings that are required or differ from their defaults."""
    values = instance.settings.model_dump()
    return {
        field.name: values[field.name]
        for field in columns("settings")
        if field.required or values[field.name] != field.default
    }


def written_tables(instance: Instance) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield the tables that have rows, with the columns that are required or say more than the default."""
    for name in TABLES:
        frame = instance.table(name)
        if len(frame):
            yield name, frame[[field.name for field in columns(name) if _says(field, frame[field.name])]]


def _says(field: Column, values: pd.Series[Any]) -> bool:
    if field.required or field.key:
        return True
    if field.default is None:
        return bool(values.notna().any())
    return not bool((values == field.default).all())


def cells(values: pd.Series[Any]) -> list[str | float | int | bool | None]:
    """Return the values of a column as Python objects, None for blanks; a whole number is an int."""
    if isinstance(values.dtype, pd.CategoricalDtype):
        labels = [str(label) for label in values.cat.categories]
        return [labels[code] if code >= 0 else None for code in values.cat.codes]
    if values.dtype.kind == "f":
        numbers = values.to_numpy(dtype=np.float64)
        return [_number(number) for number in numbers.tolist()]
    if values.dtype.kind in "iub":
        return list(values.tolist())
    return [value if isinstance(value, str) else None for value in values]


def _number(value: float) -> float | int | None:
    if value != value:  # noqa: PLR0124
        return None
    return int(value) if value.is_integer() and abs(value) < 1e15 else value
