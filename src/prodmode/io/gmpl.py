"""Write an instance as the data section of the model in GNU MathProg, ``models/production_mode.mod``."""

from __future__ import annotations

import hashlib
import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import pandas as pd

from prodmode.instance.fields import EACH
from prodmode.instance.scenarios import BASE
from prodmode.io.atomic import atomic_file

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from prodmode.instance.instance import Instance

    Cells = list[str]

_BLANK = "."
_LONGEST = 100
"""Bytes that the language allows in a name."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")

_SETTINGS = (
    "months_per_period",
    "discount_rate",
    "carbon_price",
    "budget_carryover",
    "risk_aversion",
    "cvar_level",
)

# Columns of each table with the name of the parameter, where that is not the name of the column. Blank cells
# mean the default of the parameter.
_LINES = {
    "family": "family",
    "price": "price",
    "current_option": "current_option",
    "required": "required",
    "min_fill_rate": "min_fill_rate",
    "lost_sale_penalty": "lost_sale_penalty",
    "initial_stock": "initial_stock",
    "max_options": "max_options",
    "max_switches": "max_switches",
    "first_period": "line_first",
    "last_period": "line_last",
}
_INVESTMENTS = {
    "site": "investment_site",
    "capex": "capex",
    "upkeep_cost": "upkeep_cost",
    "lead_time_periods": "lead_time_periods",
    "max_copies": "max_copies",
    "salvage_share": "salvage_share",
    "first_period": "investment_first",
    "last_period": "investment_last",
}
_OPTIONS = {
    "line": "line",
    "mode": "mode",
    "site": "site",
    "unit_cost": "unit_cost",
    "fixed_cost": "fixed_cost",
    "startup_cost": "startup_cost",
    "tooling_capex": "tooling_capex",
    "exit_cost": "exit_cost",
    "setup_cost": "setup_cost",
    "min_lot": "min_lot",
    "yield": "yield",
    "lead_time_days": "lead_time_days",
    "price_factor": "price_factor",
    "demand_factor": "demand_factor",
    "emissions_per_unit": "emissions_per_unit",
    "requires": "requires",
    "first_period": "option_first",
    "last_period": "option_last",
    "tier_kind": "tier_kind",
}
_RESOURCES = {
    "site": "resource_site",
    "capacity": "capacity",
    "overtime_max": "overtime_max",
    "overtime_cost": "overtime_cost",
}
_LIMITS = {
    "measure": "measure",
    "mode": "limit_mode",
    "site": "limit_site",
    "family": "limit_family",
    "line": "limit_line",
}
_CHANGES = {
    "scenario": "change_scenario",
    "quantity": "quantity",
    "line": "change_line",
    "family": "change_family",
    "mode": "change_mode",
    "site": "change_site",
    "resource": "change_resource",
    "period": "change_period",
    "factor": "factor",
}
# Columns whose blank is not a number: the set of the rows that have one, and the parameter over it.
_OPTIONAL = (
    ("lines", "line", "max_lead_time_days", "HAS_MAX_LEAD_TIME", "max_lead_time_days"),
    ("lines", "line", "min_quality", "HAS_MIN_QUALITY", "min_quality"),
    ("lines", "line", "holding_cost", "HAS_HOLDING_COST", "holding_cost"),
    ("options", "option", "max_units", "HAS_MAX_UNITS", "max_units"),
    ("options", "option", "quality", "HAS_QUALITY", "quality"),
    ("limits", "limit", "min", "HAS_MIN", "limit_min"),
    ("limits", "limit", "max", "HAS_MAX", "limit_max"),
    ("limits", "limit", "min_share", "HAS_MIN_SHARE", "min_share"),
    ("limits", "limit", "max_share", "HAS_MAX_SHARE", "max_share"),
)


def write_gmpl_data(instance: Instance, path: str | Path) -> None:
    """Write the data section that ``models/production_mode.mod`` reads.

    Periods become the numbers 1, 2, ...; their labels are kept. Names stay as they are up to the 100 bytes
    that the language allows; a longer one is shortened and told apart by a digest. So is the name ".", which
    the language takes for a blank even in quotes.

    Parameters
    ----------
    instance : Instance
        The instance.
    path : str or Path
        File to write; replaced atomically.
    """
    with atomic_file(path) as staged, staged.open("w", encoding="utf-8", newline="\n") as stream:
        for statement in _statements(instance):
            stream.write(statement)
        stream.write("end;\n")


def _statements(instance: Instance) -> Iterator[str]:
    yield f"# {_CONTROL.sub(' ', instance.name)}\n\ndata;\n\n"
    yield f"param T := {len(instance.periods)};\n"
    for name in _SETTINGS:
        yield f"param {name} := {_number(getattr(instance.settings, name))};\n"
    labels = {"label": [_quoted(label) for label in instance.periods]}
    positions = [str(position + 1) for position in range(len(instance.periods))]
    yield _table("", [positions], labels)
    yield from _main_tables(instance)
    for table, key, column, owner, parameter in _OPTIONAL:
        frame = instance.table(table)
        frame = frame[frame[column].notna()]
        yield _table(owner, [_cells(frame[key])], {parameter: _cells(frame[column])})
    yield from _tiers(instance)
    yield from _limits(instance)
    yield from _futures(instance)


def _main_tables(instance: Instance) -> Iterator[str]:
    lines, investments = instance.lines, instance.investments
    options, resources = instance.options, instance.resources
    demand, capacity, usage = instance.demand, instance.capacity, instance.usage
    expansions, budgets = instance.expansions, instance.budgets
    yield _table("LINES", [_cells(lines["line"])], _named(lines, _LINES))
    yield _table("", _keys(demand, "line", "period"), _named(demand, {"units": "units", "price": "price_in"}))
    yield _table("INVESTMENTS", _keys(investments, "investment"), _named(investments, _INVESTMENTS))
    yield _table("BUDGETED", _keys(budgets, "period"), _named(budgets, {"capex_limit": "capex_limit"}))
    yield _table("OPTIONS", _keys(options, "option"), _named(options, _OPTIONS))
    yield _table("RESOURCES", _keys(resources, "resource"), _named(resources, _RESOURCES))
    yield _table("", _keys(capacity, "resource", "period"), _named(capacity, {"capacity": "capacity_in"}))
    taken = {name: name for name in ("per_unit", "per_setup", "per_period")}
    yield _table("USAGE", _keys(usage, "option", "resource"), _named(usage, taken))
    added = {"capacity_added": "capacity_added"}
    yield _table("EXPANSIONS", _keys(expansions, "investment", "resource"), _named(expansions, added))


def _tiers(instance: Instance) -> Iterator[str]:
    tiers = instance.tiers
    counts = tiers["option"].astype(object).value_counts(sort=False)
    yield _table("", [[_quoted(name) for name in counts.index]], {"tiers": [str(n) for n in counts]})
    position = (tiers.groupby("option", observed=True).cumcount() + 1).to_list()
    keys = [_cells(tiers["option"]), [str(number) for number in position]]
    yield _table("", keys, _named(tiers, {"from_units": "from_units", "unit_cost": "tier_cost"}))


def _limits(instance: Instance) -> Iterator[str]:
    limits = instance.limits
    position = {label: str(number) for number, label in enumerate(instance.periods, start=1)} | {EACH: _BLANK}
    period = [_BLANK if blank else position[name] for name, blank in _blanks(limits["period"])]
    columns = _named(limits, _LIMITS) | {"limit_period": period}
    yield _table("LIMITS", _keys(limits, "limit"), columns)
    each = _cells(limits.loc[(limits["period"] == EACH).to_numpy(), "limit"])
    if each:
        yield f"set EACH := {' '.join(each)};\n"


def _futures(instance: Instance) -> Iterator[str]:
    scenarios, changes = instance.scenarios, instance.changes
    names = _cells(scenarios["scenario"]) or [_quoted(BASE)]
    probability = _cells(scenarios["probability"]) or ["1"]
    yield _table("SCENARIOS", [names], {"probability": probability})
    numbers = [str(number + 1) for number in range(len(changes))]
    yield _table("CHANGES", [numbers], _named(changes, _CHANGES))


def _table(owner: str, keys: list[Cells], columns: Mapping[str, Cells]) -> str:
    """Return a statement that gives parameters by key, and the set of the keys where it has a name."""
    if not keys[0]:
        return ""
    head = f"param : {owner} : " if owner else "param : "
    rows = "\n".join(map(" ".join, zip(*keys, *columns.values(), strict=True)))
    return f"\n{head}{' '.join(columns)} :=\n{rows}\n;\n"


def _keys(frame: pd.DataFrame, *names: str) -> list[Cells]:
    return [_cells(frame[name]) for name in names]


def _named(frame: pd.DataFrame, columns: Mapping[str, str]) -> dict[str, Cells]:
    return {parameter: _cells(frame[column]) for column, parameter in columns.items()}


def _cells(column: pd.Series[Any]) -> Cells:
    """Return the cells of a column as the language writes them; a period is its position from 1."""
    if str(column.name).endswith("period") and isinstance(column.dtype, pd.CategoricalDtype):
        return [_BLANK if code < 0 else str(code + 1) for code in column.cat.codes.to_list()]
    return [_BLANK if blank else _literal(value) for value, blank in _blanks(column)]


def _blanks(column: pd.Series[Any]) -> Iterator[tuple[Any, bool]]:
    return zip(column.to_list(), column.isna().to_list(), strict=True)


def _literal(value: str | float) -> str:
    return _quoted(value) if isinstance(value, str) else _number(value)


def _number(value: float) -> str:
    # repr keeps every digit; a bool is written as 0 or 1
    return str(int(value)) if isinstance(value, int) else repr(float(value))


@lru_cache(maxsize=1 << 16)
def _quoted(name: str) -> str:
    text = name.encode()
    if len(text) > _LONGEST or name == _BLANK:
        digest = hashlib.sha256(text).hexdigest()[:16]
        name = f"{text[: _LONGEST - len(digest) - 1].decode(errors='ignore')}~{digest}"
    doubled = name.replace("'", "''")
    return f"'{doubled}'"
