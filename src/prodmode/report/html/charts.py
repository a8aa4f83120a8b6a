"""Charts as SVG, drawn by matplotlib where it is installed."""

from __future__ import annotations

import importlib.util
import io
import warnings
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import cycle
from typing import TYPE_CHECKING, Any

from prodmode.document.page import plain
from prodmode.report.html.svg import GRID, INK, PAPER, QUIET, SERIES, inline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.patches import Patch

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


@dataclass(slots=True)
class _Drawing:
    """A figure being drawn, what is told of its bars, and its SVG once it is done."""

    figure: Figure
    tips: dict[str, str] = field(default_factory=dict)
    svg: str = ""

    def tell(self, bar: Patch, text: str) -> None:
        """Tell something of a bar while a pointer is on it."""
        key = f"tip{len(self.tips)}"
        bar.set_gid(key)
        self.tips[key] = text


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
    with _drawing(key, _WIDE, 3.2) as drawing:
        axes = drawing.figure.subplots()
        above, below = [0.0] * len(labels), [0.0] * len(labels)
        for (word, amounts), colour, hatch in zip(
            series.items(), cycle(SERIES), cycle(_HATCHES), strict=False
        ):
            starts = [above[at] if amount >= 0 else below[at] for at, amount in enumerate(amounts)]
            bars = axes.bar(
                range(len(labels)), amounts, 0.72, bottom=starts, color=colour, edgecolor=PAPER,
                hatch=hatch, linewidth=0.6, label=_text(word),
            )  # fmt: skip
            for at, (bar, amount) in enumerate(zip(bars, amounts, strict=True)):
                (above if amount >= 0 else below)[at] += amount
                drawing.tell(bar, f"{plain(labels[at])}, {plain(word)}: {amount + 0.0:,.0f} {plain(unit)}")
        for (word, values), style in zip((lines or {}).items(), cycle(("-", "--")), strict=False):
            axes.plot(
                range(len(labels)), values, style, color=INK, linewidth=1.6, marker="o", markersize=4,
                label=_text(word), path_effects=_halo(1.6),
            )  # fmt: skip
        _periods(axes, labels)
        _frame(axes, unit)
        if any(amount < 0 for amounts in series.values() for amount in amounts):
            axes.axhline(0.0, color=QUIET, linewidth=0.8)
        if len(series) + len(lines or {}) > 1:
            axes.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0), borderaxespad=0.0, frameon=False)
    return drawing.svg


def waterfall(key: str, labels: Sequence[str], amounts: Sequence[float], total: str, unit: str) -> str:
    """Draw how amounts add up, each from where the one above ends; what is below zero is hatched.

    Parameters
    ----------
    key : str
        Names the drawing on the page.
    labels : sequence of str
        A label for each amount, the first on top.
    amounts : sequence of float
    total : str
        Label of their sum, at the foot.
    unit : str
        What the amounts are measured in.
    """
    if not available():
        return ""
    starts = [sum(amounts[:at]) for at in range(len(amounts))] + [0.0]
    words, sizes = [*labels, total], [*amounts, sum(amounts)]
    with _drawing(key, _WIDE, 0.9 + 0.26 * len(words)) as drawing:
        axes = drawing.figure.subplots()
        hatch = ["///" if size < 0 else "" for size in sizes]
        colours = [SERIES[1] if size < 0 else SERIES[0] for size in sizes[:-1]] + [SERIES[2]]
        bars = axes.barh(
            range(len(words)), sizes, 0.7, left=starts, color=colours, edgecolor=PAPER, hatch=hatch,
            linewidth=0.6,
        )  # fmt: skip
        for at, (bar, word, size) in enumerate(zip(bars, words, sizes, strict=True)):
            drawing.tell(bar, f"{plain(word)}: {size + 0.0:,.0f} {plain(unit)}")
            end = max(starts[at], starts[at] + size)
            axes.annotate(
                f"{size + 0.0:,.0f}", (end, at), (4, 0), textcoords="offset points", va="center", color=INK
            )
        axes.margins(x=0.08, y=0.02)
        axes.set_yticks(range(len(words)), [_text(word) for word in words])
        axes.invert_yaxis()
        axes.axvline(0.0, color=QUIET, linewidth=0.8)
        axes.xaxis.set_major_formatter(_short)
        axes.set_xlabel(_text(unit))
        axes.grid(visible=True, axis="x", color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
    return drawing.svg


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
    with _drawing(key, _WIDE if across > 1 else 4.6, 2.1 * down + 0.3) as drawing:
        grid = drawing.figure.subplots(down, across, squeeze=False).ravel()
        for axes, (word, (used, capacity, most, unit)) in zip(grid, shown.items(), strict=False):
            at = range(len(labels))
            bars = axes.bar(
                at, used, 0.72, color=SERIES[0], edgecolor=PAPER, linewidth=0.6, label="expected use"
            )
            for bar, label, use, room in zip(bars, labels, used, capacity, strict=True):
                told = f"{plain(word)} in {plain(label)}: {use:,.0f} of {room:,.0f} {plain(unit)}"
                drawing.tell(bar, told)
            axes.step(
                [-0.5, *at, len(labels) - 0.5], [capacity[0], *capacity, capacity[-1]], where="mid",
                color=SERIES[5], linewidth=1.8, label="capacity", path_effects=_halo(1.8),
            )  # fmt: skip
            if any(high > mean * (1 + 1e-9) for high, mean in zip(most, used, strict=True)):
                axes.plot(
                    at, most, "v", color=INK, markeredgecolor=PAPER, markersize=6, label="busiest scenario"
                )
            axes.set_title(_text(word), loc="left")
            _periods(axes, labels, most=max(2, min(6, 36 // (2 + max(map(len, labels))))))
            _frame(axes, unit)
        for axes in grid[len(shown) :]:
            axes.set_visible(False)
        handles = {
            label: handle
            for axes in grid
            for handle, label in zip(*axes.get_legend_handles_labels(), strict=True)
        }
        drawing.figure.legend(
            handles.values(), handles.keys(), loc="outside lower center", ncols=3, frameon=False
        )
    return drawing.svg


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
    with _drawing(key, _WIDE, 1.2 + 0.3 * len(rows)) as drawing:
        axes = drawing.figure.subplots()
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
    return drawing.svg


@contextmanager
def _drawing(key: str, width: float, height: float) -> Iterator[_Drawing]:
    """Yield a drawing with an empty figure; it has its SVG when all is drawn."""
    from matplotlib import rc_context  # noqa: PLC0415  # slow to import, and an extra
    from matplotlib.figure import Figure  # noqa: PLC0415

    with rc_context(_RC), warnings.catch_warnings():
        # A name in a script that the font of matplotlib lacks is set in the reader's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        warnings.filterwarnings("ignore", message="Matplotlib currently does not support")
        drawing = _Drawing(Figure(figsize=(width, height), layout="constrained"))
        drawing.figure.patch.set_visible(False)
        yield drawing
        for axes in drawing.figure.axes:
            axes.patch.set_visible(False)
        file = io.StringIO()
        drawing.figure.savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        drawing.svg = inline(file.getvalue(), f"{key}-", drawing.tips)


def _halo(width: float) -> list[Any]:
    """Return an edge in the colour of the page, so that a line stands out from the bars it crosses."""
    from matplotlib.patheffects import withStroke  # noqa: PLC0415  # slow to import, and an extra

    return [withStroke(linewidth=width + 2.0, foreground=PAPER)]


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
