"""The picture of how lines are made: line by period, or lines counted by mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.patches import Patch, Rectangle

from prodmode.errors import ProdmodeError, maybe
from prodmode.instance.fields import MODES
from prodmode.report.plots.figure import GREY, WIDEST, legend, literal, name_periods, new_axes, say, title
from prodmode.report.views import COLOURS, INK, LETTERS, lines_of, modes_in_force

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase
    from numpy.typing import NDArray

    from prodmode.plan.plan import Plan

MOST_LINES = 60
"""Lines shown one by one; of more, the lines are counted by mode."""

MOST_LETTERS = 24
"""Periods up to which a cell is wide enough for a letter."""

HATCHES: dict[str, str] = dict(zip(MODES, ("", "///", "..."), strict=True))
"""A hatch for each mode: what is told apart without colour."""


def draw(plan: Plan, ax: Axes | None, *, lines: Sequence[str] | None = None) -> FigureBase:
    """Draw on axes, or on a figure of its own; see `prodmode.report.plots.PlanPlots.modes`."""
    names = lines_of(plan) if lines is None else _known(plan, lines)
    used = modes_in_force(plan, names)
    if ax is None:
        rows = len(names) if len(names) <= MOST_LINES else 12
        width = 3.5 + min(max(0.6 * len(plan.periods), 3.5), 11.0)
        ax = new_axes(width, 1.4 + 0.32 * max(rows, 3))
    if not names:
        title(ax, plan.name, "modes by period")
        say(ax, "the plan makes and buys nothing")
    elif len(names) <= MOST_LINES:
        _grid(ax, plan, names, used)
    else:
        _counts(ax, plan, used)
    return ax.figure


def _known(plan: Plan, lines: Sequence[str]) -> list[str]:
    known = lines_of(plan)
    for line in lines:
        if line not in known:
            hint = maybe(line, known) or "Lines without demand that are not offered are not in a plan."
            raise ProdmodeError(f"the plan has no line '{line}'. {hint}")
    return list(dict.fromkeys(lines))


def _grid(ax: Axes, plan: Plan, names: list[str], used: NDArray[np.bool_]) -> None:
    lettered = len(plan.periods) <= MOST_LETTERS
    for row, column in np.ndindex(used.shape[:2]):
        found = [mode for mode, on in zip(MODES, used[row, column], strict=True) if on]
        for position, mode in enumerate(found):
            left = column + position / len(found)
            _cell(ax, mode, left, row, 1 / len(found))
            if lettered:
                ax.text(
                    left + 0.5 / len(found), row + 0.5, LETTERS[mode], color=INK[mode], fontsize=9,
                    fontweight="bold", ha="center", va="center", zorder=4,
                    bbox={"boxstyle": "round,pad=0.12", "facecolor": COLOURS[mode], "edgecolor": "none"},
                )  # fmt: skip
        if not found:
            ax.text(column + 0.5, row + 0.5, "–", color=GREY, ha="center", va="center")  # noqa: RUF001
    ax.set_xlim(0, len(plan.periods))
    ax.set_ylim(len(names), 0)
    ax.set_yticks(np.arange(len(names)) + 0.5, [literal(name, WIDEST) for name in names])
    ax.tick_params(length=0)
    ax.set_facecolor("#f4f4f4")
    name_periods(ax, plan.periods, centre=0.5)
    title(ax, plan.name, "mode of each line by period")
    handles = [_key(mode) for number, mode in enumerate(MODES) if used[:, :, number].any()]
    if not used.any(axis=2).all():
        handles.append(Patch(facecolor="#f4f4f4", edgecolor=GREY, label="–  not offered"))  # noqa: RUF001
    legend(ax, handles=handles)


def _cell(ax: Axes, mode: str, left: float, row: int, width: float) -> None:
    patch = Rectangle(
        (left, row), width, 1, facecolor=COLOURS[mode], hatch=HATCHES[mode], edgecolor="#ffffff",
        linewidth=1.0, zorder=2,
    )  # fmt: skip
    patch.set_gid(f"{LETTERS[mode]}-{row}-{left:g}")
    ax.add_patch(patch)


def _counts(ax: Axes, plan: Plan, used: NDArray[np.bool_]) -> None:
    """Draw how many lines use each mode; those of several modes count once, as mixed."""
    several = used.sum(axis=2) > 1
    series = [(mode, used[:, :, number] & ~several) for number, mode in enumerate(MODES)]
    where = np.arange(len(plan.periods))
    floor = np.zeros(len(where))
    for mode, cells in series:
        number = cells.sum(axis=0).astype(float)
        if number.any():
            label = f"{LETTERS[mode]}  {mode}"
            ax.bar(
                where, number, 0.85, floor, color=COLOURS[mode], hatch=HATCHES[mode], edgecolor="#ffffff",
                linewidth=0.6, label=label,
            )  # fmt: skip
            floor += number
    for cells, label, colour, hatch in (
        (several, "several modes", "#cc79a7", "xx"),
        (~used.any(axis=2), "not offered", "#e4e4e4", ""),
    ):
        number = cells.sum(axis=0).astype(float)
        if number.any():
            ax.bar(
                where, number, 0.85, floor, color=colour, hatch=hatch, edgecolor="#ffffff", linewidth=0.6,
                label=label,
            )  # fmt: skip
            floor += number
    name_periods(ax, plan.periods)
    ax.set_ylim(0, len(used))
    ax.set_ylabel("lines")
    ax.yaxis.set_major_formatter("{x:,.0f}")
    title(ax, plan.name, f"{len(used):,} lines by mode and period")
    legend(ax, reverse=True)


def _key(mode: str) -> Patch:
    label = f"{LETTERS[mode]}  {mode}"
    return Patch(facecolor=COLOURS[mode], hatch=HATCHES[mode], edgecolor="#ffffff", label=label)
