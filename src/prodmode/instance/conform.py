"""Turn a raw instance into canonical tables, and gather everything that is wrong with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from pydantic import ValidationError

from prodmode.errors import Issue
from prodmode.instance.fields import TABLES, WIDE_TABLES, Column, Settings, columns

if TYPE_CHECKING:
    from prodmode.instance.raw import RawInstance

SORTED = ("demand", "tiers", "capacity", "usage", "expansions", "budgets")
_TRUTH = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


@dataclass(frozen=True, slots=True)
class Conformed:
    """What `conform` makes of a raw instance.

    Attributes
    ----------
    settings : Settings or None
        The settings, None where they are faulty.
    frames : dict of str to pandas.DataFrame
        Every table in canonical form.
    issues : list of Issue
        Faults and suspicions, in the order of the tables.
    """

    settings: Settings | None
    frames: dict[str, pd.DataFrame]
    issues: list[Issue]


def conform(raw: RawInstance) -> Conformed:
    """Check a raw instance and give its tables in canonical form."""
    given = {name: value for name, value in raw.settings.items() if value is not None and value != ""}
    periods = given.get("periods")
    if isinstance(periods, str):
        given["periods"] = (
            int(periods) if periods.strip().isdigit() else [p.strip() for p in periods.split(",")]
        )
    elif isinstance(periods, float):
        given["periods"] = int(periods)
    try:
        settings = Settings.model_validate(given)
    except ValidationError as error:
        issues = [Issue(part["msg"], "settings") for part in error.errors()]
        return Conformed(None, {}, issues)
    texts = {name: _texts(name, raw, settings.periods) for name in TABLES}
    frames = {name: _frame(name, texts, settings.periods) for name in TABLES}
    return Conformed(settings, frames, [])


def _label(value: Any) -> Any:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return str(value).strip() or None


def _labels(values: pd.Series[Any]) -> pd.Series[Any]:
    codes, uniques = pd.factorize(values)
    texts = pd.array([_label(value) for value in uniques], dtype="str")
    return pd.Series(texts.take(codes, allow_fill=True))


def _texts(name: str, raw: RawInstance, periods: tuple[str, ...]) -> pd.DataFrame:
    fields = columns(name)
    if name not in raw.tables:
        return pd.DataFrame({field.name: pd.Series([], dtype="object") for field in fields})
    frame = raw.tables[name].frame.reset_index(drop=True)
    frame.columns = pd.Index([_label(header) for header in frame.columns])
    if name in WIDE_TABLES and "period" not in frame.columns:
        frame = frame.melt(id_vars=[fields[0].name], var_name="period", value_name=WIDE_TABLES[name])
        frame = frame[frame[WIDE_TABLES[name]].notna() & (frame[WIDE_TABLES[name]] != "")].reset_index(
            drop=True
        )
    return frame.reindex(columns=[field.name for field in fields])


def _frame(name: str, texts: dict[str, pd.DataFrame], periods: tuple[str, ...]) -> pd.DataFrame:
    frame = pd.DataFrame({field.name: _column(field, texts[name], texts, periods) for field in columns(name)})
    if name == "options":
        tiered = frame["tier_kind"].notna()
        frame["unit_cost"] = frame["unit_cost"].mask(tiered)
    if name in SORTED:
        frame = frame.sort_values([field.name for field in columns(name) if field.key]).reset_index(drop=True)
    return frame


def _column(
    field: Column, table: pd.DataFrame, texts: dict[str, pd.DataFrame], periods: tuple[str, ...]
) -> pd.Series[Any]:
    labels = _labels(table[field.name])
    if field.type == "float":
        values = labels.astype("object").astype("float64")
        return values if field.default is None else values.fillna(field.default)
    if field.type == "int":
        return labels.astype("object").astype("float64").fillna(field.default).astype("int64")
    if field.type == "bool":
        return labels.str.lower().map(_TRUTH).astype("object").fillna(field.default).astype("bool")
    if field.type == "choice":
        return labels.astype(pd.CategoricalDtype(pd.Index(field.choices, dtype="str")))
    if field.references == "periods":
        return labels.astype(pd.CategoricalDtype(pd.Index(periods, dtype="str")))
    if field.references is None or field.references == "lines.family":
        return labels
    target, key = field.references.split(".")
    return labels.astype(pd.CategoricalDtype(pd.Index(_labels(texts[target][key]), dtype="str")))
