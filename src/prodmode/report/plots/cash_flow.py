"""The picture of money: in and out by period, what is left, and the present value so far."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.report.plots.figure import legend, literal, money_axis, name_periods, new_axes, title
from prodmode.report.views import money_in_and_out

if TYPE_CHECKING:
    from collections.abc import Callable

    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from numpy.typing import NDArray

    from prodmode.plan.plan import Plan

SERIES: tuple[tuple[str, str, str, str], ...] = (
    ("in", "revenue and salvage", "#56b4e9", ""),
    ("operating", "operating costs", "#e69f00", "///"),
    ("capital", "investments and tooling", "#009e73", "xx"),
)
"""Columns of `money_in_and_out` that are bars, with their words, colours and hatches."""

_ROOM = 2.0
"""Times the highest bar up to which the present value is drawn on the same axis."""


def draw(plan: Plan, ax: Axes | None) -> FigureBase:
    """Draw on axes, or on a figure of its own; see `prodmode.report.plots.PlanPlots.cash_flow`."""
    table = money_in_and_out(plan)
    if ax is None:
        ax = new_axes(4.0 + min(max(0.8 * len(plan.periods), 4.5), 10.0), 4.6)
    where = np.arange(len(table))
    above, below = np.zeros(len(table)), np.zeros(len(table))
    for column, words, colour, hatch in SERIES:
        amount = table[column].to_numpy(dtype=float)
        if not amount.any():
            continue
        # A grant among the costs goes up, not down.
        floor = np.where(amount >= 0, above, below)
        ax.bar(
            where, amount, 0.72, floor, color=colour, hatch=hatch, edgecolor="#ffffff", linewidth=0.6,
            label=words,
        )  # fmt: skip
        above += np.maximum(amount, 0.0)
        below += np.minimum(amount, 0.0)
    net, so_far = table["net"].to_numpy(dtype=float), table["npv_so_far"].to_numpy(dtype=float)
    ax.plot(where, net, color="#000000", marker="o", linewidth=1.8, label="net")
    factor = _factor(so_far, float(np.max([above, -below, np.abs(net)], initial=0.0)))
    ax.plot(
        where, so_far / factor, color="#d55e00", marker="s", linewidth=1.8, linestyle="--",
        markerfacecolor="#ffffff",
        label="present value so far" if factor == 1 else "present value so far (right)",
    )  # fmt: skip
    ax.axhline(0.0, color="#000000", linewidth=0.8)
    currency = literal(plan.currency)
    money_axis(ax.yaxis, float(np.max(np.abs([above, below, so_far / factor, net]), initial=0.0)), currency)
    if factor > 1:
        # Both axes have their zero at the same height: one is a multiple of the other.
        right = ax.secondary_yaxis("right", functions=(_times(factor), _times(1.0 / factor)))
        money_axis(right.yaxis, float(np.max(np.abs(so_far))), currency)
        right.tick_params(axis="y", colors="#a84a00")
    expected = ", expected" if len(plan.scenarios) > 1 else ""
    title(ax, plan.name, f"cash flow by period ({currency}{expected})")
    ax.grid(visible=True, axis="y", color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    name_periods(ax, plan.periods)
    # Bars that end where others begin would otherwise hold the frame at their ends.
    ax.use_sticky_edges = False
    ax.margins(y=0.06)
    legend(ax, away=6.0 if factor == 1 else 58.0)
    return ax.figure


def _factor(so_far: NDArray[np.float64], bars: float) -> float:
    """Return how many times larger the axis of the present value is, so that it leaves the bars room."""
    most = float(np.max(np.abs(so_far), initial=0.0))
    if not bars or most <= _ROOM * bars:
        return 1.0
    decade = 10.0 ** np.floor(np.log10(most / bars))
    return float(next(step * decade for step in (1, 2, 5, 10) if step * decade * bars >= most))


def _times(factor: float) -> Callable[[Any], Any]:
    return lambda value: np.asarray(value) * factor
