"""The picture of a frontier: the best net present value at each level of a limit."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.ticker import FuncFormatter, MaxNLocator

from prodmode.document.page import percent
from prodmode.report.plots.figure import GREY, legend, literal, money_axis, new_axes, say

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from numpy.typing import NDArray

    from prodmode.explain.frontier.answer import Frontier
    from prodmode.explain.frontier.levers import Lever
    from prodmode.plan.plan import Plan

_BLUE = "#0072b2"
_ORANGE = "#d55e00"


def draw(plan: Plan, ax: Axes | None, *, frontier: Frontier) -> FigureBase:
    """Draw on axes, or on a figure of its own; see `prodmode.report.plots.PlanPlots.frontier`."""
    if ax is None:
        ax = new_axes(8.6, 4.6)
    lever, currency = frontier.lever, literal(plan.currency)
    ax.set_title(f"{literal(plan.name, 40)}: profit against {literal(lever.title, 70)}", loc="left")
    known = [point for point in frontier.points if point.value.lower is not None]
    if not known:
        say(ax, "no plan was found at any level")
        return ax.figure
    levels = np.array([point.level for point in known])
    lower = np.array([point.value.lower for point in known], dtype=float)
    upper = np.array([point.value.upper if point.value.upper is not None else np.nan for point in known])
    _shade(ax, lever, levels, lower, upper)
    ax.plot(levels, lower, color=_BLUE, marker="o", linewidth=1.6, label="best plan at a level", zorder=3)
    _plan(ax, frontier)
    _no_plan(ax, frontier, levels)
    ax.grid(visible=True, color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    money_axis(ax.yaxis, float(np.abs(lower).max()), f"{currency} of net present value")
    _levels(ax, lever, plan.currency, float(np.abs(levels).max()))
    legend(ax)
    return ax.figure


def _shade(
    ax: Axes,
    lever: Lever,
    levels: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
) -> None:
    """Shade where the frontier is proven to run: not below the tighter point, not above the looser one."""
    if len(levels) < 2:
        return
    low, high = (lower[:-1], upper[1:]) if lever.sign > 0 else (lower[1:], upper[:-1])
    for number, (left, right) in enumerate(pairwise(levels)):
        ax.fill_between(
            [left, right], low[number], high[number], color=_BLUE, alpha=0.14, linewidth=0, zorder=1,
            label="where it is proven to run" if number == 0 else None,
        )  # fmt: skip


def _plan(ax: Axes, frontier: Frontier) -> None:
    """Mark the plan, and the level in force where that is in sight."""
    if frontier.level is not None and frontier.value.lower is not None:
        ax.plot(
            [frontier.level], [frontier.value.lower], color=_ORANGE, marker="*", markersize=15,
            markeredgecolor="#000000", markeredgewidth=0.6, linestyle="none", label="the plan", zorder=4,
        )  # fmt: skip
    today, (left, right) = frontier.lever.today, ax.get_xlim()
    if today is not None and left <= today <= right:
        ax.axvline(today, color=GREY, linestyle=":", linewidth=1.4, label="in force today", zorder=2)


def _no_plan(ax: Axes, frontier: Frontier, levels: NDArray[np.float64]) -> None:
    """Hatch the levels that are proven to have no plan, as far as they are in sight."""
    impossible = frontier.ends.impossible
    proven = [point.level for point in frontier.points if point.status == "infeasible"]
    if impossible is not None:
        proven.append(impossible)
    if not proven:
        return
    sign = frontier.lever.sign
    nearest = sign * max(sign * level for level in proven)
    width = max(float(np.ptp(levels)), abs(nearest - float(levels[0])), 1e-9)
    end = nearest - sign * 0.08 * width
    edges = ax.get_xlim()
    ax.axvspan(
        min(nearest, end), max(nearest, end), facecolor="none", hatch="///", edgecolor=GREY, linewidth=0.0,
        label="no plan", zorder=1,
    )  # fmt: skip
    # The hatch ends where the picture does: there is no plan beyond it either.
    ax.set_xlim((end, edges[1]) if sign > 0 else (edges[0], end))


def _levels(ax: Axes, lever: Lever, currency: str, most: float) -> None:
    if lever.share:
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: percent(value)))
        unit = "share"
    elif lever.unit == currency:
        money_axis(ax.xaxis, most, literal(currency))
        unit = ax.get_xlabel()
    else:
        ax.xaxis.set_major_formatter("{x:,.10g}")
        unit = literal(lever.unit)
    if lever.whole:
        ax.xaxis.set_major_locator(MaxNLocator(integer=True))
    ax.set_xlabel(f"{'at most' if lever.sign > 0 else 'at least'} ({unit})")
