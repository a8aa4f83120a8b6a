"""Why an option cannot serve its line, as far as plain arithmetic tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.document.page import count, money, percent
from prodmode.explain.interval import interval_of
from prodmode.explain.words import amount, quantity, span, stretches
from prodmode.formulation.constants import codes
from prodmode.instance.windows import on_market, purchasable

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.explain.lines.alternatives import Found
    from prodmode.explain.study import Study
    from prodmode.formulation.constants import Constants
    from prodmode.instance.instance import Instance

ENOUGH = 1 + 1e-9
"""Share of what is needed up to which rounding is all that is missing."""


def reasons(study: Study, line: str, found: Found) -> tuple[str, ...]:
    """Return why an option is not eligible, is impossible, or cannot be used earlier; sentences.

    Parameters
    ----------
    study : Study
        What the plan is.
    line : str
        The line.
    found : Found
        What came of asking for one of its options.
    """
    option = found.option
    if option is None:
        return _kept(found)
    instance = study.instance
    if not found.allowed:
        table = instance.ineligible
        return (f"It may not be chosen: {table.loc[table['option'] == option, 'reason'].iloc[0]}.",)
    if not found.periods:
        return (_never(instance, line, option),)
    if not (found.impossible or found.since):
        return ()
    told = [*_required(instance, option, found), *_reach(study.formulation.constants, line, option, found)]
    if not told:
        before = f" before {found.since}" if found.since else ""
        told = [f"What it shares with other lines leaves no room for it{before}."]
        told += [found.allowed_if] if found.allowed_if else []
    return (*told, *_as_far(study, line, found))


def is_unexplained(study: Study, line: str, found: Found) -> bool:
    """Return whether an option cannot be used, or not earlier, and arithmetic does not tell why."""
    if (
        found.option is None
        or not found.allowed
        or not found.periods
        or not (found.impossible or found.since)
    ):
        return False
    instance = study.instance
    required = _required(instance, found.option, found)
    return not required and not _reach(study.formulation.constants, line, found.option, found)


def _kept(found: Found) -> tuple[str, ...]:
    if not found.impossible:
        return ()
    return ("The rules ask for this line: without it no plan keeps them.",)


def _never(instance: Instance, line: str, option: str) -> str:
    rows = instance.options
    row = rows.loc[rows["option"] == option].iloc[0]
    if not on_market(instance)[(instance.lines["line"] == line).to_numpy()].any():
        return f"'{line}' is not on the market in any period."
    if isinstance(row["requires"], str):
        return f"It requires '{row['requires']}', which cannot be in service while the option could be used."
    return f"The periods in which it can be used are not those in which '{line}' is on the market."


def _required(instance: Instance, option: str, found: Found) -> list[str]:
    """Tell when the budget and the delivery time allow for what an option requires."""
    rows = instance.options
    required = rows.loc[rows["option"] == option, "requires"].iloc[0]
    if not isinstance(required, str) or not len(instance.budgets):
        return []
    number = instance.investments["investment"].tolist().index(required)
    row = instance.investments.iloc[number]
    money_left = instance.budgets["capex_limit"].to_numpy()
    if instance.settings.budget_carryover:
        money_left = np.cumsum(money_left)
    can = purchasable(instance)[number] & (money_left >= row["capex"])
    price = money(float(row["capex"]), instance.currency)
    if not can.any():
        return [f"It requires '{required}', which costs {price}: more than the budget ever allows."]
    bought = int(can.argmax())
    ready = bought + int(row["lead_time_periods"])
    periods = instance.periods
    first = periods.index(found.periods[0])
    if ready <= first:
        return []
    if ready >= len(periods):
        when = "too late to be in service within the horizon"
    elif row["lead_time_periods"]:
        when = f"so it is in service from {periods[ready]} on"
    else:
        when = "not before"
    allowed = f"the budget allows that in {periods[bought]}"
    return [f"It requires '{required}', which costs {price}: {allowed}, {when}."]


def _reach(constants: Constants, line: str, option: str, found: Found) -> list[str]:
    """Tell where an option delivers too little even with all capacity to itself, in the worst scenario."""
    instance = constants.instance
    number = instance.options["option"].tolist().index(option)
    own = instance.lines["line"].tolist().index(line)
    fill = float(instance.lines["min_fill_rate"].iloc[own])
    periods = [instance.periods.index(period) for period in found.periods]
    if found.since is not None:
        # The latest start that is impossible; what was made before it was made by others.
        periods = periods[max(found.periods.index(found.since) - 1, 0) :]
    if not periods or not fill:
        return []
    needed = fill * constants.market[:, number, periods]
    makes = np.where(constants.can_make, _most(constants, number), 0.0)[:, number, periods]
    delivers = makes * constants.effective.yield_[:, number, periods]
    stocks = bool(constants.stockable[number])
    if stocks:
        needed, delivers = np.cumsum(needed, axis=1), np.cumsum(delivers, axis=1)
        delivers = delivers + constants.initial_stock[number]
    short = needed > delivers * ENOUGH
    if not short.any():
        return []
    missing = np.where(short, needed - delivers, -np.inf)
    scenario, at = np.unravel_index(int(missing.argmax()), missing.shape)
    period, because = periods[int(at)], _because(constants, number, int(scenario), periods[int(at)])
    when = (
        span(instance.periods[periods[0]], instance.periods[period])
        if stocks
        else f"in {instance.periods[period]}"
    )
    scenarios = constants.effective.scenarios
    where = f" in scenario '{scenarios[scenario]}'" if len(scenarios) > 1 else ""
    text = (
        f"{because} it could deliver at most {amount(float(delivers[scenario, at]))} of the "
        f"{amount(float(needed[scenario, at]))} units that must be served {when}{where} "
        f"(a fill rate of {percent(fill)})."
    )
    others = [instance.periods[periods[k]] for k in np.flatnonzero(short.any(axis=0))]
    if not stocks and len(others) > 1:
        text += f" It falls short in {stretches(instance.periods, others)}."
    return [text]


def _most(constants: Constants, number: int) -> NDArray[np.float64]:
    most_units = constants.option("max_units")[number]
    most: NDArray[np.float64] = np.minimum(
        constants.most_by_capacity, np.inf if np.isnan(most_units) else most_units
    )
    return most


def _because(constants: Constants, number: int, scenario: int, period: int) -> str:
    """Return what holds an option back: its minimum lot, its own limit, or a resource."""
    instance = constants.instance
    lot = float(constants.option("min_lot")[number])
    most = float(_most(constants, number)[scenario, number, period])
    if lot and lot > most:
        return f"Its minimum lot of {amount(lot)} is above the {amount(most)} units that it could make, so"
    limit = float(constants.option("max_units")[number])
    if limit <= most * ENOUGH:
        return f"With at most {amount(limit)} units a period"
    usage = instance.usage
    rows = np.flatnonzero((codes(usage["option"]) == number) & (usage["per_unit"].to_numpy() > 0))
    left = []
    for row in rows:
        resource = int(codes(usage["resource"])[row])
        fixed = usage["per_period"].to_numpy()[row] + usage["per_setup"].to_numpy()[row]
        room = float(constants.capacity_ceiling[scenario, resource, period]) - fixed
        left.append((max(room, 0.0) / usage["per_unit"].to_numpy()[row], resource))
    if not left:
        return "So"
    resource = min(left)[1]
    table = instance.resources.iloc[resource]
    room = float(constants.capacity_ceiling[scenario, resource, period])
    whole = f"all {quantity(room, table['unit'])} of '{table['resource']}'"
    overtime = " (overtime included)" if table["overtime_max"] else ""
    return f"Even with {whole}{overtime} to itself"


def _as_far(study: Study, line: str, found: Found) -> list[str]:
    """Tell how much of the demand an option could serve if the least fill rate were dropped."""
    result = found.unserved
    if result is None or not result.verified:
        return []
    table = result.plan.unserved
    mine = table[table["line"] == line]
    weight = mine["scenario"].map(dict(result.plan.scenarios)).astype("float64")
    demand, served = float((weight * mine["demand"]).sum()), float((weight * mine["served"]).sum())
    fill = float(study.instance.lines.loc[study.instance.lines["line"] == line, "min_fill_rate"].iloc[0])
    share = percent(served / demand if demand else 1.0)
    text = (
        f"If the least fill rate of {percent(fill)} were dropped, the best plan with it would serve "
        f"{amount(served)} of the {count(round(demand), 'unit')} asked for ({share})"
    )
    loss = study.value - interval_of(result)
    if loss.lower is not None and loss.lower > 0:
        return [f"{text} and earn {loss.words(study.instance.currency)} less than the plan."]
    return [f"{text}."]
