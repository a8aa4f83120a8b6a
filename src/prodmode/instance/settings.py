"""The settings of a raw instance, checked."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from pydantic import ValidationError

from prodmode.instance.cells import label_of, parse
from prodmode.instance.faults import listing, near, show, suggest
from prodmode.instance.fields import TABLES, Column, Settings, columns
from prodmode.instance.periods import parse_periods
from prodmode.instance.sheet import Sheet

if TYPE_CHECKING:
    from collections.abc import Mapping

    from prodmode.errors import Place
    from prodmode.instance.faults import Faults
    from prodmode.instance.raw import Origin, RawInstance


class _SettingOrigin:
    """Gives a setting the place that its container knows, whatever the row."""

    def __init__(self, origin: Origin) -> None:
        self.origin = origin

    def place(self, row: int | None = None, column: str | None = None) -> Place:  # noqa: ARG002
        return self.origin.place(column=column)


def parse_settings(raw: RawInstance, faults: Faults) -> tuple[Settings | None, tuple[str, ...] | None]:
    """Return the settings, and the periods, which may be sound although other settings are faulty.

    Parameters
    ----------
    raw : RawInstance
        The instance as its container states it.
    faults : Faults
        Takes what is wrong.
    """
    sheet = Sheet("settings", _SettingOrigin(raw.settings_origin), np.zeros(1, dtype=np.int64))
    given = _match(raw.settings, sheet, faults)
    values: dict[str, Any] = {}
    periods = None
    sound = True
    for field in columns("settings"):
        value = given.get(field.name)
        if _blank(value):
            if field.required:
                sound = False
                hint = "Give the labels of the periods or their count." if field.name == "periods" else None
                faults.add(
                    "missing-value",
                    "settings",
                    f"the setting '{field.name}' is missing.",
                    sheet.place(),
                    hint=hint,
                )
        elif field.name == "periods":
            periods = parse_periods(value, sheet.place(None, "periods"), faults)
            values["periods"] = periods
        else:
            parsed = _value(field, value, sheet, faults)
            sound &= parsed is not None
            values[field.name] = parsed
    if not sound or periods is None:
        return None, periods
    return _built(values, sheet, faults), periods


def _match(settings: Mapping[str, Any], sheet: Sheet, faults: Faults) -> dict[str, Any]:
    """Return the settings by their names, and report the unknown ones."""
    names = [field.name for field in columns("settings")]
    given = {str(name).strip(): value for name, value in settings.items()}
    for name in [name for name in given if name not in names]:
        close = near(name, names)
        hint = suggest(name, [*names, *TABLES]) or f"The settings are {listing(names, 12)}."
        message = f"there is no setting {show(name)}."
        faults.add("unknown-setting", "settings", message, sheet.place(None, name), hint=hint)
        if close is not None and close not in given:
            # taken for what was probably meant, so that it is not reported as missing too
            sheet.headers[close] = name
            given[close] = given[name]
    return given


def _blank(value: Any) -> bool:
    if isinstance(value, str):
        return not value.strip()
    return value is None or (pd.api.types.is_scalar(value) and bool(pd.isna(value)))


def _value(field: Column, value: Any, sheet: Sheet, faults: Faults) -> Any:
    """Return a setting in its type, None where it is faulty."""
    if field.name == "currency":
        return _currency(value, sheet, faults)
    if field.name == "description" and isinstance(value, str):
        return value.strip()
    cells = parse(field, pd.Series([value], dtype="object"), sheet, faults)
    if cells.bad[0]:
        return None
    if cells.labels is not None:
        return str(cells.labels[cells.data[0]])
    number = float(cells.data[0])
    if field.name == "risk_aversion" and number > 0:
        message = "CVaR is not available in this version."
        faults.add(
            "not-available",
            "settings",
            message,
            sheet.place(None, field.name),
            hint="Set risk_aversion to 0.",
        )
        return None
    return bool(number) if field.type == "bool" else number


def _currency(value: Any, sheet: Sheet, faults: Faults) -> str | None:
    text = label_of(value) or str(value)
    if re.fullmatch("[A-Z]{3}", text):
        return text
    capitals = text.upper()
    hint = (
        f"Maybe you meant '{capitals}'?"
        if re.fullmatch("[A-Z]{3}", capitals)
        else "Write the three capitals of ISO 4217, such as USD or EUR."
    )
    message = f"currency {show(text)} is not a code of three capitals."
    faults.add("invalid-currency", "settings", message, sheet.place(None, "currency"), hint=hint)
    return None


def _built(values: dict[str, Any], sheet: Sheet, faults: Faults) -> Settings | None:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        for part in error.errors():
            name = str(part["loc"][0]) if part["loc"] else None
            faults.add("invalid", "settings", f"{name}: {part['msg']}.", sheet.place(None, name))
        return None
