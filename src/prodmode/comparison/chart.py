"""A chart of incumbent and bound over time."""

from __future__ import annotations

import math
import warnings
from itertools import cycle
from typing import TYPE_CHECKING

from prodmode.errors import ProdmodeError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from matplotlib.axes import Axes

    from prodmode.comparison.compare import Comparison
    from prodmode.comparison.entry import Entry

MISSING = "a chart needs matplotlib; try 'pip install matplotlib'"

_COLOURS = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9", "#e69f00", "#000000")
"""Those of Okabe and Ito, told apart also by the colour-blind; yellow is left out, too pale on white."""

_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "*")
_NEAR = 0.1
"""How far from the best value, relatively, an early incumbent or bound still widens the frame."""

_WIDE = 50.0
"""Ratio of the longest run to the first event from which on the time axis is logarithmic."""


def draw(comparison: Comparison, ax: Axes | None = None) -> Axes:
    """Draw incumbents as solid lines and bounds as dashed ones.

    Parameters
    ----------
    comparison : Comparison
        What to draw.
    ax : matplotlib axes, optional
        Where; by default on a new figure of pyplot, which is not shown.

    Raises
    ------
    ProdmodeError
        If matplotlib is not installed.
    """
    try:
        from matplotlib.ticker import FuncFormatter  # noqa: PLC0415  # slow to import, and an extra
    except ImportError as error:
        raise ProdmodeError(MISSING) from error
    if ax is None:
        from matplotlib import pyplot as plt  # noqa: PLC0415

        _, ax = plt.subplots(figsize=(9, 5), layout="constrained")
    instance = comparison.instance
    backends = list(dict.fromkeys(entry.backend for entry in comparison.entries))
    looks = dict(zip(backends, zip(cycle(_COLOURS), cycle(_MARKERS)), strict=False))
    for entry in comparison.entries:
        _draw_run(ax, entry, *looks[entry.backend])
    ax.set_xlabel("time in the solver (s)")
    ax.set_ylabel(f"net present value ({_literal(instance.currency)})")
    ax.set_title(f"{_literal(instance.name)}: incumbent and bound over time", loc="left")
    ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.10g}"))
    ax.grid(visible=True, color="#dddddd", linewidth=0.6)
    ax.set_axisbelow(True)
    _frame(ax, comparison)
    if ax.get_legend_handles_labels()[0]:
        ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)
    else:
        ax.text(0.5, 0.5, "no plan and no bound", transform=ax.transAxes, ha="center", va="center")
    return ax


def save(comparison: Comparison, paths: Iterable[Path]) -> None:
    """Write the chart into files of the formats that their suffixes name; the same chart, the same SVG.

    Raises
    ------
    ProdmodeError
        If matplotlib is not installed.
    """
    try:
        from matplotlib import rc_context  # noqa: PLC0415  # slow to import, and an extra
        from matplotlib.figure import Figure  # noqa: PLC0415
    except ImportError as error:
        raise ProdmodeError(MISSING) from error
    with rc_context({"svg.hashsalt": "prodmode", "svg.fonttype": "none"}), warnings.catch_warnings():
        # A name in a script that the font lacks is drawn as boxes in the PNG; nobody can act on a warning.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        figure = Figure(figsize=(9, 5), layout="constrained")
        draw(comparison, figure.subplots())
        for path in paths:
            said = (
                {"Date": None, "Creator": "prodmode"} if path.suffix == ".svg" else {"Software": "prodmode"}
            )
            figure.savefig(path, dpi=150, metadata=said)


def _draw_run(ax: Axes, entry: Entry, colour: str, marker: str) -> None:
    end = entry.solve_seconds
    series = {
        "incumbent": ("-", [(point.seconds, point.incumbent) for point in entry.points]),
        "bound": ("--", [(point.seconds, point.bound) for point in entry.points]),
    }
    for word, (line, told) in series.items():
        times, values = _steps(told, end)
        if not times:
            continue
        label = f"{_literal(entry.backend)}, {word}"
        lines = ax.step(
            times, values, where="post", color=colour, linestyle=line, linewidth=1.6, marker=marker,
            markersize=4, markerfacecolor=colour if word == "incumbent" else "white",
            label=label if entry.repeat == 1 else "_" + label,
        )  # fmt: skip
        lines[0].set_gid(f"{entry.backend}-{entry.repeat}-{word}")


def _steps(told: Sequence[tuple[float, float | None]], end: float) -> tuple[list[float], list[float]]:
    """Return times and values where the value changed, and the last one at the end of the run."""
    times: list[float] = []
    values: list[float] = []
    for time, value in told:
        if value is not None and (not values or value != values[-1]):
            times.append(time)
            values.append(value)
    if times and end > times[-1]:
        times.append(end)
        values.append(values[-1])
    return times, values


def _frame(ax: Axes, comparison: Comparison) -> None:
    """Keep the picture where something happens: wild first incumbents and bounds may leave it."""
    last: list[float] = []
    early: list[float] = []
    for entry in comparison.entries:
        for values in ([p.incumbent for p in entry.points], [p.bound for p in entry.points]):
            known = [value for value in values if value is not None]
            last += known[-1:]
            early += known[:-1]
    if last:
        middle = comparison.known.best if comparison.known.best is not None else last[0]
        reach = _NEAR * abs(middle)
        near = [value for value in early if abs(value - middle) <= reach]
        low, high = min(last + near), max(last + near)
        margin = 0.05 * (high - low) or 0.05 * max(abs(high), 1.0)
        ax.set_ylim(low - margin, high + margin)
    events = [point.seconds for entry in comparison.entries for point in entry.points if point.seconds > 0]
    if events and comparison.horizon > _WIDE * min(events):
        ax.set_xscale("log")
        ax.set_xlim(min(events) / 2, comparison.horizon * 1.1)
        ax.xaxis.set_major_formatter("{x:g}")
    elif math.isfinite(comparison.horizon) and comparison.horizon > 0:
        ax.set_xlim(0.0, comparison.horizon * 1.05)


def _literal(text: str) -> str:
    """Return a name as matplotlib takes it without looking for a formula."""
    return text.replace("$", r"\$")
