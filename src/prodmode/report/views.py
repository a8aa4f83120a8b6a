"""What both the workbook and the plots show of a plan: modes, use of capacity, money in and out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from prodmode.errors import InputError, Issue, ProdmodeError, maybe
from prodmode.instance.fields import MODES
from prodmode.plan.tables import COSTS, places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from prodmode.plan.plan import Plan

LETTERS: dict[str, str] = {mode: mode[0].upper() for mode in MODES}
"""The letter that stands for each mode."""

COLOURS: dict[str, str] = dict(zip(MODES, ("#0072b2", "#e69f00", "#009e73"), strict=True))
"""A colour for each mode, from Okabe and Ito: told apart also by the colour-blind, and in grey."""

INK: dict[str, str] = dict(zip(MODES, ("#ffffff", "#000000", "#000000"), strict=True))
"""The colour of text on each of them."""

CAPITAL: tuple[str, ...] = ("capex", "tooling_capex")
"""Costs of investments and tooling."""

OPERATING: tuple[str, ...] = tuple(kind for kind in COSTS if kind not in CAPITAL)
"""Costs of making, buying and selling."""


def modes_in_force(plan: Plan, lines: Sequence[str] | None = None) -> NDArray[np.bool_]:
    """Return which modes each line uses in each period.

    Parameters
    ----------
    plan : Plan
    lines : sequence of str, optional
        The lines to tell of; by default those of `lines_of`.

    Returns
    -------
    ndarray of bool, shape (lines, periods, modes)
        Modes in the order of `MODES`.

    Raises
    ------
    InputError
        If the plan has an unknown mode.
    """
    used = plan.assignments
    names = pd.Index(lines_of(plan) if lines is None else list(lines))
    line = places(used["line"], names)
    period = places(used["period"], pd.Index(plan.periods))
    mode = places(used["mode"], pd.Index(MODES))
    if (mode < 0).any():
        odd = str(used["mode"].iloc[int(np.argmin(mode))])
        message = f"table assignments of the plan has the mode '{odd}', which is none of {', '.join(MODES)}"
        raise InputError([Issue(message, hint=maybe(odd, MODES), code="foreign-plan")])
    found = np.zeros((len(names), len(plan.periods), len(MODES)), dtype=bool)
    shown = (line >= 0) & (period >= 0)
    found[line[shown], period[shown], mode[shown]] = True
    return found


def lines_of(plan: Plan) -> list[str]:
    """Return the lines that a plan makes or buys, and those in demand that it leaves unserved."""
    return list(dict.fromkeys([*plan.assignments["line"].unique(), *plan.unserved["line"].unique()]))


def letters(used: NDArray[np.bool_]) -> str:
    """Return the letters of the modes in force, such as "M+O"; empty where there is none."""
    return "+".join(LETTERS[mode] for mode, on in zip(MODES, used, strict=True) if on)


def use_of_capacity(plan: Plan, scenario: str | None = None) -> pd.DataFrame:
    """Return the utilisation of each resource in each period, the busiest resource first.

    Parameters
    ----------
    plan : Plan
    scenario : str, optional
        The scenario to look at; by default the highest utilisation of all of them.

    Returns
    -------
    DataFrame
        Shares of capacity (overtime is use beyond it), a row per resource and a column per period, NaN where
        there is no capacity; resources without any capacity are left out.

    Raises
    ------
    ProdmodeError
        If there is no such scenario.
    """
    use = plan.resource_use
    if scenario is not None:
        if scenario not in plan.scenarios:
            known = list(plan.scenarios)
            hint = maybe(scenario, known) or f"There are {', '.join(known)}."
            raise ProdmodeError(f"the plan has no scenario '{scenario}'. {hint}")
        use = use[use["scenario"] == scenario]
    table = use.groupby(["resource", "period"], sort=False)["utilisation"].max().unstack("period")  # noqa: PD010
    table = table.reindex(columns=pd.Index(plan.periods, name="period")).dropna(how="all")
    busiest = np.argsort(-table.max(axis=1).to_numpy(), kind="stable")
    return table.iloc[busiest].rename_axis(index="resource")


def money_in_and_out(plan: Plan) -> pd.DataFrame:
    """Return the money of each period, undiscounted and expected, what is paid negative.

    Returns
    -------
    DataFrame
        Index period; columns ``in`` (revenue and salvage), ``operating`` and ``capital`` (both zero or
        negative unless a cost is a grant), ``net`` (their sum) and ``npv_so_far`` (present value of all net
        money up to the period).
    """
    flow: Any = plan.cash_flow.set_index("period")
    return pd.DataFrame(
        {
            "in": flow["revenue"] + flow["salvage"],
            "operating": -flow[list(OPERATING)].sum(axis=1),
            "capital": -flow[list(CAPITAL)].sum(axis=1),
            "net": flow["net"],
            "npv_so_far": flow["present_value"].cumsum(),
        }
    )
