"""The picture of capacity: how much of it each resource uses in each period."""

from __future__ import annotations

from math import isfinite
from typing import TYPE_CHECKING

import numpy as np
from matplotlib import colormaps
from matplotlib.patches import Rectangle

from prodmode.report.plots.figure import GREY, WIDEST, literal, name_periods, new_axes, say, title
from prodmode.report.views import use_of_capacity

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from numpy.typing import NDArray

    from prodmode.plan.plan import Plan

MOST_RESOURCES = 40
"""Resources shown, the busiest first."""

MOST_FIGURES = 24
"""Periods up to which a cell is wide enough for a figure."""

_FULL = 1.0 - 1e-9
_PALE = 0.18
"""Luminance of a cell up to which white text stands out more than black."""


def draw(plan: Plan, ax: Axes | None, *, scenario: str | None = None) -> FigureBase:
    """Draw on axes, or on a figure of its own; see `prodmode.report.plots.PlanPlots.capacity`."""
    table = use_of_capacity(plan, scenario)
    shown = table.head(MOST_RESOURCES)
    if ax is None:
        width = 3.0 + min(max(0.75 * len(plan.periods), 4.0), 12.0)
        ax = new_axes(width, 1.4 + 0.34 * max(len(shown), 3))
    told = "" if len(plan.scenarios) == 1 else f", {_which(plan, scenario)}"
    cut = f", {len(shown):,} busiest of {len(table):,} resources" if len(shown) < len(table) else ""
    title(ax, plan.name, f"use of capacity (%{told}{cut})")
    if shown.empty:
        say(ax, "no resource with a capacity")
        return ax.figure
    values = shown.to_numpy(dtype=float)
    # Full is the darkest: what is beyond it is overtime, which the frame and the figure tell.
    colours = colormaps["Blues"](np.clip(np.nan_to_num(values), 0.0, 1.0) * 0.9)
    for row, column in np.ndindex(values.shape):
        value = float(values[row, column])
        known = isfinite(value)
        full = known and value >= _FULL
        patch = Rectangle(
            (column, row), 1, 1, facecolor=colours[row, column] if known else "#f4f4f4",
            edgecolor="#ffffff", linewidth=1.0,
        )  # fmt: skip
        patch.set_gid(f"use-{row}-{column}")
        ax.add_patch(patch)
        if full:
            frame = (column + 0.03, row + 0.06)
            ax.add_patch(Rectangle(frame, 0.94, 0.88, fill=False, edgecolor="#d55e00", linewidth=1.8))
        if values.shape[1] <= MOST_FIGURES:
            ink = GREY if not known else _ink(colours[row, column])
            text = _figure(value) if known else "–"  # noqa: RUF001
            weight = "bold" if full else "normal"
            ax.text(
                column + 0.5, row + 0.5, text, ha="center", va="center", fontsize=9, color=ink, weight=weight
            )
    ax.set_xlim(0, values.shape[1])
    ax.set_ylim(values.shape[0], 0)
    ax.set_yticks(np.arange(len(shown)) + 0.5, [literal(str(name), WIDEST) for name in shown.index])
    ax.tick_params(length=0)
    name_periods(ax, plan.periods, centre=0.5)
    if (values >= _FULL).any():
        ax.set_xlabel("framed: used up, or beyond capacity with overtime", loc="left", fontsize=9)
    return ax.figure


def _figure(value: float) -> str:
    # What is not full never reads 100.
    return f"{min(100 * value, 99.0) if value < _FULL else 100 * value:.0f}"


def _ink(colour: NDArray[np.float64]) -> str:
    linear = np.where(colour[:3] <= 0.04045, colour[:3] / 12.92, ((colour[:3] + 0.055) / 1.055) ** 2.4)
    return "#ffffff" if float(linear @ (0.2126, 0.7152, 0.0722)) <= _PALE else "#000000"


def _which(plan: Plan, scenario: str | None) -> str:
    if scenario is not None:
        return f"scenario {literal(scenario, WIDEST)}"
    return f"highest of {len(plan.scenarios):,} scenarios"
