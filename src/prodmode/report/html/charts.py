"""Charts as SVG, drawn by matplotlib where it is installed."""

from __future__ import annotations

import importlib.util
import io
import warnings
from contextlib import contextmanager
from itertools import cycle
from typing import TYPE_CHECKING, Any

from prodmode.document.page import plain
from prodmode.report.html.svg import GRID, INK, PAPER, QUIET, SERIES, inline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MISSING = "The charts are left out: they need matplotlib; try 'pip install prodmode[plot]' or matplotlib."

_HATCHES = ("", "///", "\\\\\\\\\\\\", "---", "xxx", "|||", "+++")
_MOST_TICKS = 16
_LONGEST = 40
_WIDE = 10.6
"""Inches."""

_RC: dict[Any, Any] = {
    "svg.hashsalt": "prodmode",
    "svg.fonttype": "none",
    "font.size": 9.0,
    "hatch.linewidth": 0.8,
    "text.color": INK,
    "axes.labelcolor": INK,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.6,
    "xtick.color": INK,
    "ytick.color": INK,
    "xtick.major.width": 0.6,
    "ytick.major.width": 0.6,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlesize": 9.0,
    "text.parse_math": False,
    "axes.unicode_minus": False,
}


def available() -> bool:
    """Return whether charts can be drawn."""
    return importlib.util.find_spec("matplotlib") is not None


def stacked(
    key: str,
    labels: Sequence[str],
    series: Mapping[str, Sequence[float]],
    unit: str,
    lines: Mapping[str, Sequence[float]] | None = None,
) -> str:
    """Draw stacked bars, amounts below zero downwards, and lines over them.

    Parameters
    ----------
    key : str
        Names the drawing on the page.
    labels : sequence of str
        A label for each bar.
    series : mapping of str to sequence of float
        Amounts of each layer.
    unit : str
        What the amounts are measured in.
    lines : mapping of str to sequence of float, optional
        What is drawn as a line with points.
    """
    if not available():
        return ""
    with _drawing(key, _WIDE, 3.2) as (figure, told):
        axes = figure.subplots()
        above, below = [0.0] * len(labels), [0.0] * len(labels)
        for (word, amounts), colour, hatch in zip(
            series.items(), cycle(SERIES), cycle(_HATCHES), strict=False
        ):
            starts = [above[at] if amount >= 0 else below[at] for at, amount in enumerate(amounts)]
            axes.bar(
                range(len(labels)), amounts, 0.72, bottom=starts, color=colour, edgecolor=PAPER,
                hatch=hatch, linewidth=0.6, label=_text(word),
            )  # fmt: skip
            for at, amount in enumerate(amounts):
                (above if amount >= 0 else below)[at] += amount
        for (word, values), style in zip((lines or {}).items(), cycle(("-", "--")), strict=False):
            axes.plot(
                range(len(labels)), values, style, color=INK, linewidth=1.6, marker="o", markersize=4,
                label=_text(word),
            )  # fmt: skip
        _periods(axes, labels)
        _frame(axes, unit)
        if any(amount < 0 for amounts in series.values() for amount in amounts):
            axes.axhline(0.0, color=QUIET, linewidth=0.8)
        if len(series) + len(lines or {}) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)
    return told[0]


def ranked(key: str, labels: Sequence[str], amounts: Sequence[float], unit: str) -> str:
    """Draw a bar to the side for each label, the first on top; what is below zero is hatched."""
    if not available():
        return ""
    with _drawing(key, _WIDE, 0.9 + 0.26 * len(labels)) as (figure, told):
        axes = figure.subplots()
        hatch = ["///" if amount < 0 else "" for amount in amounts]
        colours = [SERIES[1] if amount < 0 else SERIES[0] for amount in amounts]
        axes.barh(
            range(len(labels)), amounts, 0.7, color=colours, edgecolor=PAPER, hatch=hatch, linewidth=0.6
        )
        axes.set_yticks(range(len(labels)), [_text(label) for label in labels])
        axes.invert_yaxis()
        axes.axvline(0.0, color=QUIET, linewidth=0.8)
        axes.xaxis.set_major_formatter(_short)
        axes.set_xlabel(_text(unit))
        axes.grid(visible=True, axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
    return told[0]


def panels(
    key: str,
    labels: Sequence[str],
    shown: Mapping[str, tuple[Sequence[float], Sequence[float], Sequence[float], str]],
) -> str:
    """Draw a small chart for each resource: use as bars, capacity as steps, the busiest future as points.

    Parameters
    ----------
    key : str
        Names the drawing on the page.
    labels : sequence of str
        The periods.
    shown : mapping of str to tuple
        Of each resource: expected use, capacity and largest use in each period, and its unit.
    """
    if not available() or not shown:
        return ""
    across = min(3, len(shown))
    down = -(-len(shown) // across)
    with _drawing(key, _WIDE if across > 1 else 4.6, 2.1 * down + 0.3) as (figure, told):
        grid = figure.subplots(down, across, squeeze=False).ravel()
        for axes, (word, (used, capacity, most, unit)) in zip(grid, shown.items(), strict=False):
            at = range(len(labels))
            axes.bar(at, used, 0.72, color=SERIES[0], edgecolor=PAPER, linewidth=0.6, label="expected use")
            axes.step(
                [-0.5, *at, len(labels) - 0.5], [capacity[0], *capacity, capacity[-1]], where="mid",
                color=SERIES[5], linewidth=1.8, label="capacity",
            )  # fmt: skip
            if any(high > mean * (1 + 1e-9) for high, mean in zip(most, used, strict=True)):
                axes.plot(at, most, "v", color=INK, markersize=4, label="busiest scenario")
            axes.set_title(_text(word), loc="left")
            _periods(axes, labels, most=6)
            _frame(axes, unit)
        for axes in grid[len(shown) :]:
            axes.set_visible(False)
        handles = {
            label: handle
            for axes in grid
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        figure.legend(handles.values(), handles.keys(), loc="outside lower center", ncols=3, frameon=False)
    return told[0]


def timeline(key: str, periods: Sequence[str], rows: Sequence[tuple[str, int, int]]) -> str:
    """Draw what is bought when, and from when on it is in service.

    Parameters
    ----------
    key : str
        Names the drawing on the page.
    periods : sequence of str
    rows : sequence of tuple
        A label, the position of the period of the purchase, and that of the first period of service.
    """
    if not available():
        return ""
    last = len(periods)
    with _drawing(key, _WIDE, 1.2 + 0.3 * len(rows)) as (figure, told):
        axes = figure.subplots()
        for at, (_, bought, ready) in enumerate(rows):
            if ready > bought:
                axes.barh(
                    at, min(ready, last) - bought, 0.5, left=bought - 0.5, color=PAPER, edgecolor=QUIET,
                    hatch="///", linewidth=0.6, label="on order" if at == 0 else "_",
                )  # fmt: skip
            if ready < last:
                axes.barh(
                    at, last - ready, 0.5, left=ready - 0.5, color=SERIES[2], edgecolor=PAPER,
                    linewidth=0.6, label="in service",
                )  # fmt: skip
            axes.plot([bought - 0.5], [at], "D", color=INK, markersize=6, label="bought")
        axes.set_yticks(range(len(rows)), [_text(label) for label, _, _ in rows])
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_xlim(-0.7, last - 0.5)
        _periods(axes, periods, limits=False)
        axes.grid(visible=True, axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        known = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
        axes.legend(
            known.values(), known.keys(), loc="lower left", bbox_to_anchor=(0.0, 1.0), ncols=3, frameon=False
        )
    return told[0]


@contextmanager
def _drawing(key: str, width: float, height: float) -> Iterator[tuple[Figure, list[str]]]:
    """Yield an empty figure and a list that gets its SVG when all is drawn."""
    from matplotlib import rc_context  # noqa: PLC0415  # slow to import, and an extra
    from matplotlib.figure import Figure  # noqa: PLC0415

    told: list[str] = []
    with rc_context(_RC), warnings.catch_warnings():
        # A name in a script that the font of matplotlib lacks is set in the reader's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        figure = Figure(figsize=(width, height), layout="constrained")
        figure.patch.set_visible(False)
        yield figure, told
        for axes in figure.axes:
            axes.patch.set_visible(False)
        file = io.StringIO()
        figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        told.append(inline(file.getvalue(), f"{key}-"))


def _periods(axes: Axes, labels: Sequence[str], most: int = _MOST_TICKS, *, limits: bool = True) -> None:
    step = -(-len(labels) // most)
    shown = range(0, len(labels), step)
    words = [_text(labels[at], 12) for at in shown]
    axes.set_xticks(list(shown), words)
    if sum(map(len, words)) > 7 * most:
        axes.tick_params(axis="x", labelrotation=35)
    if limits:
        axes.set_xlim(-0.6, len(labels) - 0.4)


def _frame(axes: Axes, unit: str) -> None:
    axes.yaxis.set_major_formatter(_short)
    axes.set_ylabel(_text(unit))
    axes.grid(visible=True, axis="y", color=GRID, linewidth=0.6)
    axes.set_axisbelow(True)


def _short(value: float, _: Any = None) -> str:
    """Return a figure for an axis.

    Examples
    --------
    >>> _short(2_500_000), _short(-40_000), _short(120), _short(0.5)
    ('2.5 M', '-40 k', '120', '0.5')
    """
    for size, letter in ((1e9, " G"), (1e6, " M"), (1e4, " k")):
        if abs(value) >= size:
            return f"{value / (1e3 if letter == ' k' else size):,.4g}{letter}"
    return f"{value:,.5g}"


def _text(word: str, longest: int = _LONGEST) -> str:
    # A name with a leading underscore would be left out of the legend.
    word = plain(word)
    word = f"\u200b{word}" if word.startswith("_") else word
    return word if len(word) <= longest else f"{word[: longest - 1]}…"
