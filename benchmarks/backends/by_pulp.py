"""The core model as a user writes it in PuLP: dictionaries of variables, expressions built one by one."""

from __future__ import annotations

import math
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from prodmode import Instance


def build(instance: Instance) -> Any:  # noqa: C901, PLR0912, PLR0915  # all of it in one place, as a script has it
    """Return a ``pulp.LpProblem`` of a portfolio made by `benchmarks.backends.core.core`.

    Parameters
    ----------
    instance : Instance
        The portfolio; only its tables are used.
    """
    pulp: Any = import_module("pulp")
    settings = instance.settings
    periods = range(len(instance.periods))
    rho = [(1 + settings.discount_rate) ** (-t * settings.months_per_period / 12) for t in periods]
    at = {label: t for t, label in enumerate(instance.periods)}
    lines: dict[str, Any] = {row["line"]: row for row in instance.lines.to_dict("records")}
    options: dict[str, Any] = {row["option"]: row for row in instance.options.to_dict("records")}
    resources: dict[str, Any] = {row["resource"]: row for row in instance.resources.to_dict("records")}
    investments: dict[str, Any] = {row["investment"]: row for row in instance.investments.to_dict("records")}
    usage, expansions = instance.usage.to_dict("records"), instance.expansions.to_dict("records")
    demand = {(line, t): 0.0 for line in lines for t in periods}
    price = {(line, t): row["price"] for line, row in lines.items() for t in periods}
    for row in instance.demand.to_dict("records"):
        demand[row["line"], at[row["period"]]] = row["units"]
        if not math.isnan(row["price"]):
            price[row["line"], at[row["period"]]] = row["price"]
    capacity = {(name, t): row["capacity"] for name, row in resources.items() for t in periods}
    for row in instance.capacity.to_dict("records"):
        capacity[row["resource"], at[row["period"]]] = row["capacity"]
    options_of: dict[str, list[str]] = {line: [] for line in lines}
    for option, row in options.items():
        options_of[row["line"]].append(option)
    current = {row["current_option"] for row in lines.values()}
    with_setup = {row["option"] for row in usage if row["per_setup"] > 0}
    with_setup |= {option for option, row in options.items() if row["setup_cost"] != 0 or row["min_lot"] > 0}

    problem = pulp.LpProblem("portfolio", pulp.LpMaximize)
    x = pulp.LpVariable.dicts("x", (options, periods), cat="Binary")
    start = pulp.LpVariable.dicts("start", (options, periods), 0, 1)
    leave = pulp.LpVariable.dicts("leave", (options, periods), 0, 1)
    made = pulp.LpVariable.dicts("made", (options, periods), 0)
    sold = pulp.LpVariable.dicts("sold", (options, periods), 0)
    setup = pulp.LpVariable.dicts("setup", (sorted(with_setup), periods), cat="Binary")
    overtime = pulp.LpVariable.dicts("overtime", (resources, periods), 0)
    bought = pulp.LpVariable.dicts("bought", (investments, periods), 0, cat="Integer")
    owned = pulp.LpVariable.dicts("owned", (investments, periods), 0)

    for line, row in lines.items():
        for t in periods:
            in_force = pulp.lpSum(x[option][t] for option in options_of[line])
            problem += in_force == 1 if row["required"] else in_force <= 1
        counted = periods if isinstance(row["current_option"], str) else periods[1:]
        problem += (
            pulp.lpSum(start[option][t] for option in options_of[line] for t in counted)
            <= row["max_switches"]
        )
    for option, row in options.items():
        line = row["line"]
        for t in periods:
            before = x[option][t - 1] if t > 0 else int(option in current)
            problem += x[option][t] - before == start[option][t] - leave[option][t]
            market = row["demand_factor"] * demand[line, t]
            most = max(market / row["yield"], row["min_lot"])
            if not math.isnan(row["max_units"]):
                most = min(most, row["max_units"])
            problem += sold[option][t] <= row["yield"] * made[option][t]
            problem += sold[option][t] <= market * x[option][t]
            if lines[line]["min_fill_rate"] > 0:
                problem += sold[option][t] >= lines[line]["min_fill_rate"] * market * x[option][t]
            if option in with_setup:
                problem += made[option][t] <= most * setup[option][t]
                problem += setup[option][t] <= x[option][t]
                if row["min_lot"] > 0:
                    problem += made[option][t] >= row["min_lot"] * setup[option][t]
            else:
                problem += made[option][t] <= most * x[option][t]
            if isinstance(row["requires"], str):
                problem += x[option][t] <= owned[row["requires"]][t]
    for name, row in investments.items():
        for t in periods:
            delivered = [bought[name][s] for s in periods if s <= t - row["lead_time_periods"]]
            problem += owned[name][t] == pulp.lpSum(delivered)
        problem += pulp.lpSum(bought[name][t] for t in periods) <= row["max_copies"]
    users: dict[str, list[dict[Any, Any]]] = {name: [] for name in resources}
    for use in usage:
        users[use["resource"]].append(use)
    for name, row in resources.items():
        for t in periods:
            used = [use["per_unit"] * made[use["option"]][t] for use in users[name]]
            used += [use["per_period"] * x[use["option"]][t] for use in users[name] if use["per_period"]]
            used += [use["per_setup"] * setup[use["option"]][t] for use in users[name] if use["per_setup"]]
            added = [
                grown["capacity_added"] * owned[grown["investment"]][t]
                for grown in expansions
                if grown["resource"] == name
            ]
            problem += pulp.lpSum(used) <= capacity[name, t] + pulp.lpSum(added) + overtime[name][t]
            problem += overtime[name][t] <= row["overtime_max"]

    capex = {
        t: pulp.lpSum(row["tooling_capex"] * start[option][t] for option, row in options.items())
        + pulp.lpSum(row["capex"] * bought[name][t] for name, row in investments.items())
        for t in periods
    }
    allowed = 0.0
    for t, limit in zip(periods, instance.budgets["capex_limit"], strict=True):
        allowed += limit
        problem += pulp.lpSum(capex[s] for s in periods if s <= t) <= allowed

    def spend(option: str, t: int) -> Any:
        row = options[option]
        cost = row["unit_cost"] * made[option][t] + row["fixed_cost"] * x[option][t]
        return cost + row["setup_cost"] * setup[option][t] if option in with_setup else cost

    for limit in instance.limits.to_dict("records"):
        inside = [
            option
            for option, row in options.items()
            if (not isinstance(limit["mode"], str) or row["mode"] == limit["mode"])
            and (not isinstance(limit["site"], str) or row["site"] == limit["site"])
        ]
        if limit["measure"] == "spend":
            total = pulp.lpSum(spend(option, t) for option in options for t in periods)
            own = pulp.lpSum(spend(option, t) for option in inside for t in periods)
            problem += own <= limit["max_share"] * total
        elif limit["measure"] == "emissions":
            for t in periods:
                kilograms = (options[option]["emissions_per_unit"] * made[option][t] for option in inside)
                problem += pulp.lpSum(kilograms) <= limit["max"]
        elif limit["measure"] == "lines":
            for t in periods:
                problem += pulp.lpSum(x[option][t] for option in inside) <= limit["max"]
        else:
            raise ValueError(f"the model has no limits on {limit['measure']}")

    profit = []
    for option, row in options.items():
        line, penalty = row["line"], lines[row["line"]]["lost_sale_penalty"]
        carbon = settings.carbon_price * row["emissions_per_unit"] / 1000
        for t in periods:
            earned = price[line, t] * row["price_factor"] + penalty / row["demand_factor"]
            profit += [
                rho[t] * earned * sold[option][t],
                -rho[t] * (row["unit_cost"] + carbon) * made[option][t],
                -rho[t] * (row["fixed_cost"] + penalty * demand[line, t]) * x[option][t],
                -rho[t] * (row["startup_cost"] + row["tooling_capex"]) * start[option][t],
                -rho[t] * row["exit_cost"] * leave[option][t],
            ]
            if option in with_setup:
                profit.append(-rho[t] * row["setup_cost"] * setup[option][t])
    for name, row in resources.items():
        profit += [-rho[t] * row["overtime_cost"] * overtime[name][t] for t in periods]
    for name, row in investments.items():
        for t in periods:
            salvage = row["salvage_share"] * row["capex"] * rho[-1]
            profit.append((salvage - rho[t] * row["capex"]) * bought[name][t])
            profit.append(-rho[t] * row["upkeep_cost"] * owned[name][t])
    problem.setObjective(pulp.lpSum(profit))
    return problem
