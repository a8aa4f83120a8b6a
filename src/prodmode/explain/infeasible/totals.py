"""How large things can get in a loosened program: totals that shares refer to, copies ever needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from prodmode.formulation.constants import codes
from prodmode.formulation.measures import terms_of
from prodmode.instance.fields import EACH

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.formulation.context import Context
    from prodmode.formulation.measures import Terms


def totals_of(context: Context, upper: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the most that the unfiltered measure of each limit can come to in a row of it, shape (limits,).

    Parameters
    ----------
    context : Context
        Columns and constants.
    upper : ndarray
        Bounds of the columns.
    """
    limits = len(context.constants.tables["limits"])
    found = [totals_at(context, position, upper, most=True).max(initial=0.0) for position in range(limits)]
    return np.array(found, dtype=np.float64)


def totals_at(
    context: Context, limit: int, x: NDArray[np.float64], *, most: bool = False
) -> NDArray[np.float64]:
    """Return the unfiltered measure of a limit at a point, by scenario and group of periods; shape (W, G).

    A group is a period, or all of them where the limit is for the whole horizon.

    Parameters
    ----------
    context : Context
        Columns and constants.
    limit : int
        Position of the limit.
    x : ndarray
        A point.
    most : bool
        Leave out what is negative.
    """
    row = context.constants.tables["limits"].iloc[limit]
    terms = terms_of(context, row["measure"])
    labels, period = context.constants.instance.periods, row["period"]
    each = period == EACH or (not isinstance(period, str) and row["measure"] == "lines")
    if each:
        group = np.arange(len(labels))
    elif isinstance(period, str):
        group = np.where(np.array(labels) == period, 0, -1)
    else:
        group = np.zeros(len(labels), dtype=np.int64)
    amounts = terms.value * x[terms.column]
    return _sums(context, terms, group, np.maximum(amounts, 0.0) if most else amounts)


def _sums(
    context: Context, terms: Terms, group: NDArray[np.int64], amounts: NDArray[np.float64]
) -> NDArray[np.float64]:
    scenarios = context.constants.shape[0]
    sums = np.zeros((scenarios, int(group.max(initial=0)) + 1))
    of = group[terms.period]
    for scenario in range(scenarios):
        mine = ((terms.scenario < 0) | (terms.scenario == scenario)) & (of >= 0)
        np.add.at(sums[scenario], of[mine], amounts[mine])
    return sums


def most_copies(context: Context) -> NDArray[np.float64]:
    """Return copies of each investment beyond which no more can be of use, shape (K,)."""
    constants = context.constants
    tables, usage = constants.tables, constants.tables["usage"]
    option, resource = codes(usage["option"]), codes(usage["resource"])
    used = np.zeros(constants.effective.capacity.shape)
    most = (
        constants.most_made[:, option] * usage["per_unit"].to_numpy()[:, None]
        + (usage["per_setup"].to_numpy() + usage["per_period"].to_numpy())[:, None]
    )
    np.add.at(used.swapaxes(0, 1), resource, most.swapaxes(0, 1))
    needed = np.ones(len(tables["investments"]))
    added = tables["expansions"]["capacity_added"].to_numpy()
    some = added > 0
    copies = np.ceil(
        used.max(axis=(0, 2), initial=0.0)[codes(tables["expansions"]["resource"])[some]] / added[some]
    )
    np.maximum.at(needed, codes(tables["expansions"]["investment"])[some], copies)
    limits, capex = tables["limits"], tables["investments"]["capex"].to_numpy()
    asked = limits.loc[limits["measure"] == "capex", "min"].max() if len(limits) else np.nan
    if asked > 0:
        needed = np.maximum(
            needed, np.ceil(np.divide(asked, capex, out=np.zeros(len(capex)), where=capex > 0))
        )
    return needed
