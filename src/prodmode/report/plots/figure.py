"""Figures of our own, and what all plots share."""

from __future__ import annotations

import io
import warnings
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter
from matplotlib.transforms import ScaledTranslation

from prodmode.document.page import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

GREY = "#8a8a8a"
WIDEST = 28
"""Characters of a name on an axis."""

_SCALES = ((1e9, "billion "), (1e6, "million "), (1e3, "thousand "), (1.0, ""))
_FROM = 10.0
"""Units of a scale that the largest amount has at least."""

_TICKS = 16
"""Periods that are named on an axis; of more, every other or third one."""


class PlanFigure(Figure):
    """A figure outside pyplot that a notebook displays all the same."""

    def savefig(self, *args: Any, **options: Any) -> None:
        """Write the figure as matplotlib does; a letter that the font lacks is drawn as a box, in silence."""
        with _quiet():
            super().savefig(*args, **options)

    def _repr_png_(self) -> bytes:
        stream = io.BytesIO()
        self.savefig(stream, format="png", dpi=110)
        return stream.getvalue()


def new_axes(width: float, height: float) -> Axes:
    """Return axes on a figure of its own, of so many inches."""
    return PlanFigure(figsize=(width, height), layout="constrained").subplots()


def literal(text: str, most: int | None = None) -> str:
    """Return text as matplotlib draws it without looking for a formula; a long one is cut in the middle.

    Long names often begin alike, and differ at their ends.
    """
    text = plain(text)
    if most is not None and len(text) > most:
        tail = (most - 1) // 2
        text = f"{text[: most - 1 - tail]}…{text[-tail:]}"
    return text.replace("$", r"\$")


def name_periods(ax: Axes, periods: Sequence[str], *, centre: float = 0.0) -> None:
    """Name the periods under an axis whose positions count them."""
    step = -(-len(periods) // _TICKS)
    shown = range(0, len(periods), step)
    labels = [literal(periods[position], WIDEST) for position in shown]
    ax.set_xticks([position + centre for position in shown], labels)
    if len(labels) * max(map(len, labels), default=0) > 72:
        ax.tick_params(axis="x", labelrotation=45)
        for label in ax.get_xticklabels():
            label.set_horizontalalignment("right")
            label.set_rotation_mode("anchor")


def title(ax: Axes, name: str, text: str) -> None:
    """Set the title: the name of the plan, and what is shown with its unit."""
    ax.set_title(f"{literal(name, 40)}: {text}", loc="left")


def say(ax: Axes, text: str) -> None:
    """Say in empty axes why they are empty."""
    ax.text(0.5, 0.5, text, transform=ax.transAxes, ha="center", va="center")
    ax.set_xticks([])
    ax.set_yticks([])


def legend(ax: Axes, *, away: float = 6.0, **options: Any) -> None:
    """Set the legend right of the axes, so many points away, where it covers nothing."""
    right = ax.transAxes + ScaledTranslation(away / 72, 0.0, ax.figure.dpi_scale_trans)
    ax.legend(
        loc="upper left", bbox_to_anchor=(1.0, 1.0), bbox_transform=right, borderaxespad=0.0, frameon=False,
        **options,
    )  # fmt: skip


def money_axis(axis: Axis, most: float, currency: str) -> None:
    """Set the scale of an axis with money, the largest of so much, and name it with its unit."""
    scale, word = next((pair for pair in _SCALES if most >= _FROM * pair[0]), _SCALES[-1])
    axis.set_label_text(f"{word}{currency}")
    axis.set_major_formatter(FuncFormatter(lambda value, _: f"{value / scale:,.10g}"))


@contextmanager
def _quiet() -> Iterator[None]:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", message="Glyph .* missing from", category=UserWarning)
        yield
