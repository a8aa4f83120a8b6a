"""Single figures of an instance that can be turned until a decision flips, and what they change in a plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from prodmode.explain.break_even.slopes import Rates
from prodmode.explain.changes import Edit, apply_edits
from prodmode.instance.scenarios import effective

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.explain.changes.edit import Op
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

PARAMETERS = (
    "lump_sum",
    "unit_cost",
    "price",
    "tooling_capex",
    "investment_capex",
    "unit_cost_now",
    "demand",
    "capacity",
)
"""What a break-even can be asked for, in the order of the answer."""

MOST = 3.0
"""Multiple of today's figure up to which prices, costs, demand and capacity are scanned."""

LOSSES = 4.0
"""Multiple of what is lost up to which grants are looked at."""

SCANNED = (0.25, 0.5, 0.75, 1.0, 1.25, 1.5, 2.0, MOST)
"""Multiples of demand and of capacity at which the decision is looked at first."""


@dataclass(frozen=True, slots=True)
class Lever:
    """A figure and how it is turned.

    Attributes
    ----------
    parameter : str
        One of `PARAMETERS`.
    subject : str
        The option, line, resource or investment whose figure it is.
    head, filters, column, op
        As in `Edit`.
    base : float
        The value today: the figure itself, or 1 for a multiple of it, or 0 for an amount taken off.
    far : float
        End of the range, on the side that favours the option.
    scan : tuple of float
        Values to look at first where the way from one to another is not known to be even; empty for figures
        that act on profit in proportion.
    slope : callable or None
        What a plan's net present value gains for each unit of the lever's value, at a value.
    figure : float or None
        Today's figure in its own units, where the value is a multiple of one.
    """

    parameter: str
    subject: str
    head: str
    filters: tuple[tuple[str, str], ...]
    column: str | None
    op: Op
    base: float
    far: float
    scan: tuple[float, ...] = ()
    slope: Callable[[Plan, float], float] | None = None
    figure: float | None = None

    def edit(self, value: float) -> Edit:
        """Return the change of input that sets the lever to a value."""
        return Edit(self.head, self.filters, self.column, self.op, value)

    def apply(self, instance: Instance, value: float) -> Instance:
        """Return the instance with the lever at a value."""
        return apply_edits(instance, [self.edit(value)])


@dataclass(frozen=True, slots=True)
class Missing:
    """A parameter that has no lever here, and why.

    Attributes
    ----------
    parameter, reason : str
    """

    parameter: str
    reason: str


def levers(
    instance: Instance, plan: Plan, forced: Plan | None, line: str, option: str, parameter: str
) -> list[Lever | Missing]:
    """Return what can be turned in favour of an option.

    Parameters
    ----------
    instance : Instance
    plan : Plan
        The plan under study.
    forced : Plan or None
        The best plan with the option; None where there is none.
    line, option : str
        The line and the option that it might use.
    parameter : str
        One of `PARAMETERS`.
    """
    maker = {
        "lump_sum": _lump_sum,
        "unit_cost": _unit_cost,
        "price": _price,
        "tooling_capex": _tooling,
        "investment_capex": _investment,
        "unit_cost_now": _unit_cost_now,
        "demand": _demand,
        "capacity": _capacity,
    }[parameter]
    return maker(_Desk(instance, plan, forced, line, option))


class _Desk:
    """What levers are made from."""

    def __init__(self, instance: Instance, plan: Plan, forced: Plan | None, line: str, option: str) -> None:
        self.instance, self.plan, self.forced = instance, plan, forced
        self.line, self.option = line, option
        self.effective = effective(instance)

    def cell(self, table: str, key: str, column: str) -> float:
        frame = self.instance.table(table)
        return float(frame.loc[(frame[frame.columns[0]] == key).to_numpy(), column].iloc[0])

    def text(self, table: str, key: str, column: str) -> str | None:
        frame = self.instance.table(table)
        value = frame.loc[(frame[frame.columns[0]] == key).to_numpy(), column].iloc[0]
        return value if isinstance(value, str) else None

    def has_tiers(self, option: str) -> bool:
        return bool((self.instance.tiers["option"] == option).any())

    def main_option(self) -> str | None:
        """Return the option that the line uses most, by units and periods."""
        rows = self.plan.assignments
        rows = rows[(rows["line"] == self.line) & (rows["option"] != self.option)]
        if rows.empty:
            return None
        counts = rows.groupby("option", sort=False).agg(periods=("period", "size"), made=("made", "sum"))
        return str(counts.sort_values(["periods", "made"], kind="stable").index[-1])


def _lump_sum(desk: _Desk) -> list[Lever | Missing]:
    if desk.forced is None:
        return [_no_plan("lump_sum")]
    rates = Rates(desk.effective, desk.instance)
    column, rate = "startup_cost", rates.starts
    if rate(desk.forced, desk.option) <= 0:
        # In force already when the horizon begins: nothing is paid at a start that does not happen.
        column, rate = "fixed_cost", rates.in_force
    lost = desk.plan.npv - desk.forced.npv
    far = float(f"{LOSSES * lost / rate(desk.forced, desk.option):.2g}")
    if far <= 0:
        return [Missing("lump_sum", "nothing is lost")]
    return [
        Lever(
            "lump_sum", desk.option, "options", (("option", desk.option),), column, "-", 0.0, far,
            slope=lambda plan, _: rate(plan, desk.option),
        )
    ]  # fmt: skip


def _unit_cost(desk: _Desk) -> list[Lever | Missing]:
    if desk.forced is None:
        return [_no_plan("unit_cost")]
    return [_cost_lever(desk, "unit_cost", desk.option, lower=True)]


def _unit_cost_now(desk: _Desk) -> list[Lever | Missing]:
    present = desk.main_option()
    if present is None:
        return [Missing("unit_cost_now", f"'{desk.line}' uses no other option in the plan")]
    return [_cost_lever(desk, "unit_cost_now", present, lower=False)]


def _cost_lever(desk: _Desk, parameter: str, option: str, *, lower: bool) -> Lever | Missing:
    rates, filters = Rates(desk.effective, desk.instance), (("option", option),)
    if desk.has_tiers(option):
        return Lever(
            parameter, option, "unit_cost", filters, None, "*", 1.0, 0.0 if lower else MOST,
            slope=lambda plan, value: -rates.spend(plan, option) / value if value else 0.0,
        )  # fmt: skip
    today = desk.cell("options", option, "unit_cost")
    if today <= 0:
        return Missing(parameter, f"'{option}' has no unit cost")
    return Lever(
        parameter, option, "unit_cost", filters, None, "=", today, 0.0 if lower else MOST * today,
        slope=lambda plan, _: -rates.made(plan, option),
    )  # fmt: skip


def _price(desk: _Desk) -> list[Lever | Missing]:
    if desk.forced is None:
        return [_no_plan("price")]
    rates = Rates(desk.effective, desk.instance)
    if rates.revenue(desk.forced, desk.option) <= 0:
        return [Missing("price", f"'{desk.option}' earns no revenue")]
    price = desk.cell("lines", desk.line, "price") * desk.cell("options", desk.option, "price_factor")
    demand = desk.instance.demand
    own = demand["price"][(demand["line"] == desk.line).to_numpy()].notna().any()
    return [
        Lever(
            "price", desk.option, "price", (("option", desk.option),), None, "*", 1.0, MOST,
            slope=lambda plan, value: rates.revenue(plan, desk.option) / value,
            figure=None if own or price <= 0 else price,
        )
    ]  # fmt: skip


def _tooling(desk: _Desk) -> list[Lever | Missing]:
    today = desk.cell("options", desk.option, "tooling_capex")
    if today <= 0:
        return [Missing("tooling_capex", f"'{desk.option}' needs no tooling")]
    rates = Rates(desk.effective, desk.instance)
    return [
        Lever(
            "tooling_capex", desk.option, "options", (("option", desk.option),), "tooling_capex", "=", today,
            0.0, slope=lambda plan, _: -rates.starts(plan, desk.option),
        )
    ]  # fmt: skip


def _investment(desk: _Desk) -> list[Lever | Missing]:
    needed = desk.text("options", desk.option, "requires")
    if needed is None:
        return [Missing("investment_capex", f"'{desk.option}' requires no investment")]
    today = desk.cell("investments", needed, "capex")
    if today <= 0:
        return [Missing("investment_capex", f"'{needed}' costs nothing")]
    rates = Rates(desk.effective, desk.instance)
    kept = desk.cell("investments", needed, "salvage_share")
    return [
        Lever(
            "investment_capex", needed, "investments", (("investment", needed),), "capex", "=", today, 0.0,
            slope=lambda plan, _: -rates.copies(plan, needed, kept),
        )
    ]  # fmt: skip


def _demand(desk: _Desk) -> list[Lever | Missing]:
    demand = desk.instance.demand
    total = float(demand["units"][(demand["line"] == desk.line).to_numpy()].sum())
    if total <= 0:
        return [Missing("demand", f"there is no demand for '{desk.line}'")]
    return [
        Lever(
            "demand", desk.line, "demand", (("line", desk.line),), None, "*", 1.0, MOST, SCANNED, figure=total
        )
    ]


def _capacity(desk: _Desk) -> list[Lever | Missing]:
    usage, options = desk.instance.usage, desk.instance.options
    mine = set(options["option"][(options["line"] == desk.line).to_numpy()])
    mine &= {desk.option, *desk.plan.assignments["option"]}
    used = usage["resource"][usage["option"].isin(mine).to_numpy()].astype(object)
    found: list[Lever | Missing] = []
    for resource in dict.fromkeys(used):
        at = desk.instance.resources["resource"].tolist().index(resource)
        today = desk.effective.capacity[:, at].max()
        if today <= 0:
            found.append(
                Missing(
                    "capacity", f"'{resource}' has no capacity of its own: all of it comes from investments"
                )
            )
            continue
        stated = desk.cell("resources", resource, "capacity")
        own = desk.instance.capacity["resource"] == resource
        found.append(
            Lever(
                "capacity", resource, "capacity", (("resource", resource),), None, "*", 1.0, MOST, SCANNED,
                figure=None if own.any() or stated <= 0 else stated,
            )
        )  # fmt: skip
    return found or [Missing("capacity", f"the options of '{desk.line}' take nothing that is scarce")]


def _no_plan(parameter: str) -> Missing:
    return Missing(parameter, "no plan uses the option throughout, whatever it costs")
