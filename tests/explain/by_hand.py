"""Changed instances built from their tables alone, for values that do not come from the explainer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import prodmode as pm

if TYPE_CHECKING:
    import pandas as pd

TOLERANCE = 0.01
"""Money by which two solves of the same plan may differ, plus `RELATIVE` of the value."""

RELATIVE = 2e-6


def tables(instance: pm.Instance) -> dict[str, pd.DataFrame]:
    """Return the tables of an instance that have rows, to change."""
    names = (
        "lines", "demand", "sites", "options", "tiers", "resources", "capacity", "usage", "investments",
        "expansions", "budgets", "limits", "scenarios", "changes",
    )  # fmt: skip
    return {name: instance.table(name) for name in names if len(instance.table(name))}


def with_option_alone(instance: pm.Instance, line: str, option: str) -> pm.Instance:
    """Return the instance in which a line has one option and must use it."""
    changed = tables(instance)
    options = changed["options"]
    gone = set(options["option"][(options["line"] == line) & (options["option"] != option)])
    for name in ("options", "usage", "tiers"):
        if name in changed:
            changed[name] = changed[name][~changed[name]["option"].isin(gone)]
    changed["lines"].loc[changed["lines"]["line"] == line, "required"] = True
    return pm.Instance.from_tables(instance.settings, changed)


def without_line(instance: pm.Instance, line: str) -> pm.Instance:
    """Return the instance without a line."""
    changed = tables(instance)
    options = changed["options"]
    gone = set(options["option"][options["line"] == line])
    for name in ("usage", "tiers"):
        if name in changed:
            changed[name] = changed[name][~changed[name]["option"].isin(gone)]
    for name in ("lines", "demand", "options"):
        changed[name] = changed[name][changed[name]["line"] != line]
    return pm.Instance.from_tables(instance.settings, changed)


def value(instance: pm.Instance) -> float | None:
    """Return the best net present value, None where there is no plan."""
    result = pm.solve(instance, gap=1e-6)
    assert result.verified or result.status == "infeasible"
    return result.objective


def close(value: float) -> float:
    """Return by how much a value may be off."""
    return TOLERANCE + RELATIVE * abs(value)
