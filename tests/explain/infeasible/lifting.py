"""Rules lifted by changing the tables of an instance: an account that shares nothing with the code tested."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.backends import highs
from prodmode.backends.contract import Options, Status
from prodmode.formulation import formulate

if TYPE_CHECKING:
    from collections.abc import Iterable

    import prodmode as pm
    from prodmode.explain.infeasible import Rule

PLENTY = 1e6

FREE: dict[str, tuple[str, str, str, Any]] = {
    "fill_rate": ("lines", "line", "min_fill_rate", 0.0),
    "required": ("lines", "line", "required", False),
    "max_options": ("lines", "line", "max_options", 99),
    "max_switches": ("lines", "line", "max_switches", 99),
    "lead_time": ("lines", "line", "max_lead_time_days", np.nan),
    "quality": ("lines", "line", "min_quality", np.nan),
    "max_units": ("options", "option", "max_units", np.nan),
    "min_lot": ("options", "option", "min_lot", 1e-3),
    "first_period": ("options", "option", "first_period", None),
    "last_period": ("options", "option", "last_period", None),
    "max_copies": ("investments", "investment", "max_copies", 99),
    "delivery": ("investments", "investment", "lead_time_periods", 0),
    "purchase_from": ("investments", "investment", "first_period", None),
    "purchase_until": ("investments", "investment", "last_period", None),
    "budget": ("budgets", "period", "capex_limit", PLENTY),
}


def lifted(instance: pm.Instance, rules: Iterable[Rule]) -> pm.Instance:
    names = ("lines", "options", "investments", "budgets", "limits")
    tables = {name: instance.table(name).astype(object) for name in names}
    capacity: dict[tuple[str, str | None], float] = {
        (r, t): c for r, t, c in instance.capacity.itertuples(index=False)
    }
    value: Any
    for rule in rules:
        if rule.kind == "capacity":
            capacity[rule.name, rule.period] = PLENTY
            continue
        if rule.kind == "limit":
            table, key, column, value = "limits", "limit", str(rule.side), np.nan
        else:
            table, key, column, value = FREE[rule.kind]
        tables[table].loc[tables[table][key] == rule.name, column] = value
    sides = ["min", "max", "min_share", "max_share"]
    limits = tables["limits"][tables["limits"][sides].notna().any(axis=1)]
    rows = [{"resource": r, "period": t, "capacity": c} for (r, t), c in capacity.items()]
    changes: dict[str, object] = {name: frame for name, frame in tables.items() if len(frame)}
    changes["limits"] = limits if len(limits) else instance.limits.iloc[:0]
    return instance.replace(**changes, **({"capacity": rows} if rows else {}))


def has_plan(instance: pm.Instance) -> bool:
    mip = formulate(instance).mip
    if not mip.shape[1]:
        return bool((mip.row_lower <= 0).all() and (mip.row_upper >= 0).all())
    answer = highs.solve(replace(mip, cost=np.zeros_like(mip.cost), offset=0.0), Options(time_limit=60))
    if answer.status is Status.INFEASIBLE:
        return False
    assert answer.x is not None
    assert mip.violation(answer.x) < 1e-6
    return True
