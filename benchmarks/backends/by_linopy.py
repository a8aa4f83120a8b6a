"""The core model as a user writes it in linopy: labelled arrays, a family of rows at a time."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from prodmode import Instance


def build(instance: Instance) -> Any:  # noqa: C901, PLR0915  # all of it in one place, as a script has it
    """Return a ``linopy.Model`` of a portfolio made by `benchmarks.backends.core.core`.

    Parameters
    ----------
    instance : Instance
        The portfolio; only its tables are used. Each option uses one resource, as in all generated ones.
    """
    linopy: Any = import_module("linopy")
    array: Any = import_module("xarray").DataArray
    settings, count = instance.settings, len(instance.periods)
    when = pd.RangeIndex(count, name="period")
    rho = array((1 + settings.discount_rate) ** (-when * settings.months_per_period / 12), [when])
    options = instance.options.set_index("option")
    option = pd.Index(options.index, name="option")
    lines = instance.lines.set_index("line")
    line_of = pd.Series(options["line"].astype(str).to_numpy(), index=option, name="line")
    line = pd.Index(np.unique(line_of), name="line")
    usage = instance.usage.set_index("option").loc[option]
    resource_of = pd.Series(usage["resource"].astype(str).to_numpy(), index=option, name="resource")
    resource = pd.Index(np.unique(resource_of), name="resource")
    resources = instance.resources.set_index("resource").loc[resource]
    investments = instance.investments.set_index("investment")
    investment = pd.Index(investments.index, name="investment")

    def of(frame: pd.DataFrame, column: str, index: Any) -> Any:
        return array(frame[column].to_numpy(dtype=float), [index])

    def wide(frame: pd.DataFrame, key: str, column: str, index: Any) -> Any:
        table = frame.astype({key: str, "period": str}).pivot_table(
            index=key, columns="period", values=column
        )
        return table.reindex(index=index, columns=list(instance.periods)).to_numpy(dtype=float)

    demand_of_line = pd.DataFrame(wide(instance.demand, "line", "units", line), line).fillna(0.0)
    demand = array(demand_of_line.loc[line_of].to_numpy(), [option, when])
    price = array(
        np.repeat(lines.loc[line_of, "price"].to_numpy(dtype=float)[:, None], count, 1), [option, when]
    )
    if instance.demand["price"].notna().any():
        own = pd.DataFrame(wide(instance.demand, "line", "price", line), line).loc[line_of]
        price = array(np.where(own.isna(), price, own), [option, when])
    capacity = np.repeat(resources["capacity"].to_numpy(dtype=float)[:, None], count, 1)
    if len(instance.capacity):
        own_capacity = wide(instance.capacity, "resource", "capacity", resource)
        capacity = np.where(np.isnan(own_capacity), capacity, own_capacity)
    market = of(options, "demand_factor", option) * demand
    good, min_lot = of(options, "yield", option), of(options, "min_lot", option)
    max_units = of(options, "max_units", option).fillna(np.inf)
    most = np.minimum(np.maximum(market / good, min_lot), max_units)
    per_setup = of(usage, "per_setup", option)
    has_setup = (of(options, "setup_cost", option) != 0) | (min_lot > 0) | (per_setup > 0)
    has_setup = has_setup & array(np.ones(count, dtype=bool), [when])
    current = lines["current_option"].dropna().astype(str)
    was = np.zeros((len(option), count))
    was[option.isin(current), 0] = 1.0

    model = linopy.Model()
    by_option, by_investment = [option, when], [investment, when]
    x = model.add_variables(coords=by_option, binary=True, name="x")
    start = model.add_variables(0, 1, coords=by_option, name="start")
    leave = model.add_variables(0, 1, coords=by_option, name="leave")
    made = model.add_variables(0, coords=by_option, name="made")
    sold = model.add_variables(0, coords=by_option, name="sold")
    setup = model.add_variables(coords=by_option, binary=True, mask=has_setup, name="setup").fillna(0)
    extra = of(resources, "overtime_max", resource) * array(np.ones(count), [when])
    overtime = model.add_variables(0, extra, name="overtime")
    bought = model.add_variables(0, coords=by_investment, integer=True, name="bought")
    owned = model.add_variables(0, coords=by_investment, name="owned")

    in_force = x.groupby(line_of).sum()
    required = array(lines.loc[line, "required"].to_numpy(dtype=float), [line])
    model.add_constraints(in_force <= 1, name="at most one")
    model.add_constraints(in_force >= required, name="required")
    model.add_constraints(
        x - x.shift(period=1).fillna(0) - start + leave == array(was, by_option), name="switching"
    )
    counts = np.ones((len(option), count))
    counts[lines.loc[line_of, "current_option"].isna().to_numpy(), 0] = 0.0
    switches = (start * array(counts, by_option)).groupby(line_of).sum().sum("period")
    model.add_constraints(switches <= of(lines.loc[line], "max_switches", line), name="switches")
    model.add_constraints(sold - good * made <= 0, name="balance")
    model.add_constraints(sold - market * x <= 0, name="market")
    fill = array(lines.loc[line_of, "min_fill_rate"].to_numpy(dtype=float), [option])
    model.add_constraints(sold - fill * market * x >= 0, mask=fill * market > 0, name="fill rate")
    model.add_constraints(made - most * setup <= 0, mask=has_setup, name="made after setup")
    model.add_constraints(made - most * x <= 0, mask=~has_setup, name="made in force")
    model.add_constraints(setup - x <= 0, mask=has_setup, name="setup in force")
    lots = has_setup & (min_lot > 0)
    model.add_constraints(made - min_lot * setup >= 0, mask=lots, name="lots")

    lead = investments["lead_time_periods"].to_numpy()[:, None, None]
    ordered = pd.RangeIndex(count, name="ordered")
    arrived = (np.arange(count)[None, None, :] <= np.arange(count)[None, :, None] - lead).astype(float)
    delivered = bought.rename(period="ordered") * array(arrived, [investment, when, ordered])
    model.add_constraints(owned - delivered.sum("ordered") == 0, name="service")
    copies = of(investments, "max_copies", investment)
    model.add_constraints(bought.sum("period") <= copies, name="copies")
    for key in investment:
        locked = option[(options["requires"].astype(str) == key).to_numpy()]
        if len(locked):
            in_service = owned.sel(investment=key, drop=True)
            model.add_constraints(x.sel(option=locked) - in_service <= 0, name=f"unlocking {key}")
    used = of(usage, "per_unit", option) * made + of(usage, "per_period", option) * x + per_setup * setup
    grown = instance.expansions.astype({"investment": str, "resource": str}).pivot_table(
        index="investment", columns="resource", values="capacity_added", aggfunc="sum", fill_value=0.0
    )
    added = grown.reindex(index=investment, columns=resource, fill_value=0.0).to_numpy(dtype=float)
    room = (owned * array(added, [investment, resource])).sum("investment")
    model.add_constraints(
        used.groupby(resource_of).sum() - room - overtime <= array(capacity, [resource, when]),
        name="capacity",
    )
    capex = of(investments, "capex", investment)
    tooling = of(options, "tooling_capex", option)
    allowed = instance.budgets["capex_limit"].to_numpy(dtype=float).cumsum()
    for t in range(count):
        past = slice(0, t)
        spent = (tooling * start.sel(period=past)).sum() + (capex * bought.sel(period=past)).sum()
        model.add_constraints(spent <= allowed[t], name=f"budget {t}")

    unit_cost, fixed = of(options, "unit_cost", option), of(options, "fixed_cost", option)
    setup_cost, emissions = of(options, "setup_cost", option), of(options, "emissions_per_unit", option)
    spend = unit_cost * made + fixed * x + setup_cost * setup
    for limit in instance.limits.to_dict("records"):
        inside = np.ones(len(option), dtype=bool)
        for name in ("mode", "site"):
            if isinstance(limit[name], str):
                inside &= (options[name].astype(str) == limit[name]).to_numpy()
        if limit["measure"] == "spend":
            weight = array(inside - limit["max_share"], [option])
            model.add_constraints((spend * weight).sum() <= 0, name=limit["limit"])
        elif limit["measure"] == "emissions":
            model.add_constraints((emissions * made).sum("option") <= limit["max"], name=limit["limit"])
        elif limit["measure"] == "lines":
            model.add_constraints(
                x.sel(option=option[inside]).sum("option") <= limit["max"], name=limit["limit"]
            )
        else:
            raise ValueError(f"the model has no limits on {limit['measure']}")

    penalty = array(lines.loc[line_of, "lost_sale_penalty"].to_numpy(dtype=float), [option])
    earned = price * of(options, "price_factor", option) + penalty / of(options, "demand_factor", option)
    starting = of(options, "startup_cost", option) + tooling
    salvage = of(investments, "salvage_share", investment) * capex * float(rho[-1])
    profit = (
        (rho * earned * sold).sum()
        - (rho * (unit_cost + emissions * settings.carbon_price / 1000) * made).sum()
        - (rho * (fixed + penalty * demand) * x).sum()
        - (rho * setup_cost * setup).sum()
        - (rho * starting * start).sum()
        - (rho * of(options, "exit_cost", option) * leave).sum()
        - (rho * of(resources, "overtime_cost", resource) * overtime).sum()
        - ((rho * capex - salvage) * bought).sum()
        - (rho * of(investments, "upkeep_cost", investment) * owned).sum()
    )
    model.add_objective(profit, sense="max")
    return model
