"""Resources, investments and budgets whose sizes do not fit what they are for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.oddities.facts import times

if TYPE_CHECKING:
    import numpy.typing as npt

    from prodmode.instance.oddities.facts import Facts

    Floats = npt.NDArray[np.float64]

_FAR = 50.0
"""How many times the largest possible use a capacity is that is told."""


def check_shared(facts: Facts) -> None:
    """Report odd resources, investments and budgets."""
    _check_capacity(facts)
    _check_investments(facts)
    _check_budget(facts)


def _capacity(facts: Facts) -> Floats:
    """Return the capacity of each resource by period, without expansions; shape (R, T)."""
    draft = facts.draft
    capacity = np.repeat(facts.number("resources", "capacity")[:, None], facts.periods, axis=1)
    where = draft.codes("capacity", "resource"), draft.codes("capacity", "period")
    capacity[where] = facts.number("capacity", "capacity")
    return capacity


def _check_capacity(facts: Facts) -> None:
    if not facts.size("resources") or not facts.size("usage"):
        return
    draft, capacity = facts.draft, _capacity(facts)
    option, resource = draft.codes("usage", "option"), draft.codes("usage", "resource")
    added = facts.number("expansions", "capacity_added")
    copies = facts.number("investments", "max_copies")[draft.codes("expansions", "investment")]
    room = facts.number("resources", "overtime_max") + np.bincount(
        draft.codes("expansions", "resource"), added * copies, minlength=len(capacity)
    )
    most = capacity.max(axis=1) + room
    per_unit, per_setup, per_period = (
        facts.number("usage", f"per_{what}") for what in ("unit", "setup", "period")
    )
    none = (most == 0) & (np.bincount(resource, per_unit + per_setup + per_period, minlength=len(most)) > 0)

    def without(row: int) -> tuple[str, str | None]:
        message = f"{facts.who('resources', row)} has no capacity in any period: what uses it makes nothing."
        return message, "Give its capacity, or an expansion that adds some."

    facts.warn("no-capacity", ("resources", "capacity"), none, without)
    least = per_period + per_setup + per_unit * facts.number("options", "min_lot")[option]

    def above(row: int) -> tuple[str, str | None]:
        line = draft.sheets["usage"]
        message = (
            f"{facts.who('usage', row)}: it takes {least[row]:g} at least, more than there ever is,"
            f" {most[resource[row]]:g}."
        )
        return message, f"Check the usage, the min_lot and the capacity of '{line.text(row, 'resource')}'."

    over = (least > most[resource] * (1 + 1e-9)) & ~none[resource]
    facts.warn("usage-above-capacity", ("usage", "resource"), over, above)
    use = _largest_use(facts)
    far = (use > 0) & (capacity.min(axis=1) >= _FAR * use)

    def beyond(row: int) -> tuple[str, str | None]:
        level = capacity[row].min()
        message = (
            f"{facts.who('resources', row)}: capacity {level:g} is {times(level / use[row])} what all demand"
            f" could take, {use[row]:g}."
        )
        return message, "Maybe the capacity and the usage are in different units?"

    facts.warn("capacity-beyond-use", ("resources", "capacity"), far, beyond)


def _largest_use(facts: Facts) -> Floats:
    """Return the most that all demand could take of each resource in a period; shape (R,)."""
    draft, resources = facts.draft, facts.size("resources")
    option, resource = draft.codes("usage", "option"), draft.codes("usage", "resource")
    amount = (
        facts.number("usage", "per_unit") * facts.need[option]
        + facts.number("usage", "per_setup")
        + facts.number("usage", "per_period")
    )
    cell = facts.line[option] * resources + resource
    order = np.lexsort((amount, cell))
    last = np.append(np.diff(cell[order]) != 0, True)
    # Of the options of a line the one that takes most: the others are not in force then.
    largest = order[last]
    return np.bincount(resource[largest], amount[largest], minlength=resources).astype(np.float64)


def _check_investments(facts: Facts) -> None:
    draft = facts.draft
    first, _ = facts.window("investments")
    lead, copies = facts.number("investments", "lead_time_periods"), facts.number("investments", "max_copies")
    required = np.zeros(facts.size("investments") + 1, dtype=bool)
    required[draft.codes("options", "requires")] = True
    late = (first + lead >= facts.periods) & (copies > 0) & ~required[:-1]

    def too_late(row: int) -> tuple[str, str | None]:
        message = f"{facts.who('investments', row)} cannot be in service before the horizon ends."
        return message, "Check its first_period and lead_time_periods."

    facts.warn("investment-too-late", ("investments", "lead_time_periods"), late, too_late)
    added = facts.number("expansions", "capacity_added")

    def nothing(row: int) -> tuple[str, str | None]:
        return f"{facts.who('expansions', row)}: capacity_added 0 adds nothing.", "Give what a copy adds."

    facts.warn("adds-nothing", ("expansions", "capacity_added"), added == 0, nothing)
    capex, total = facts.number("investments", "capex"), float(facts.revenue.sum())

    def too_dear(row: int) -> tuple[str, str | None]:
        message = (
            f"{facts.who('investments', row)}: capex {capex[row]:g} is above all that all lines could sell"
            f" over the horizon, {total:g}."
        )
        return message, "Maybe it is in another unit than the prices?"

    facts.warn("capex-above-revenue", ("investments", "capex"), facts.priced & (capex > total), too_dear)


def _check_budget(facts: Facts) -> None:
    """Report purchases and tooling that no period's budget can pay."""
    if not facts.size("budgets") or facts.draft.settings is None:
        return
    limit = np.zeros(facts.periods)
    limit[facts.draft.codes("budgets", "period")] = facts.number("budgets", "capex_limit")
    if not limit.any():
        return  # a freeze, which is meant
    carried = facts.draft.settings.budget_carryover
    for table, column in (("investments", "capex"), ("options", "tooling_capex")):
        first, last = facts.window(table)
        within = (np.arange(facts.periods) >= first[:, None]) & (np.arange(facts.periods) <= last[:, None])
        money = np.cumsum(limit)[last] if carried else np.where(within, limit, 0.0).max(axis=1, initial=0.0)
        price = facts.number(table, column)
        over = price > money * (1 + 1e-9)
        if table == "options":
            current = np.zeros(len(over) + 1, dtype=bool)
            current[facts.draft.codes("lines", "current_option")] = True
            over &= ~current[:-1]

        def describe(
            row: int, table: str = table, column: str = column, price: Floats = price, money: Floats = money
        ) -> tuple[str, str | None]:
            when = "up to its last period" if carried else "in any of its periods"
            asked = f"{facts.who(table, row)}: {column} {price[row]:g}"
            message = f"{asked} is above the budget {when}, {money[row]:g}."
            return message, "Raise the capex_limit, or check the amount."

        facts.warn("over-budget", (table, column), over, describe)
