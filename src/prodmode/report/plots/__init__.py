"""Pictures of a plan, drawn by matplotlib: what `Plan.plot` opens."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

from prodmode.errors import ProdmodeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

    from prodmode.explain.frontier.answer import Frontier
    from prodmode.plan.plan import Plan

MISSING = "a plot needs matplotlib; try 'pip install matplotlib', or 'pip install .[plot]' in a clone"


class PlanPlots:
    """Draws a plan: ``plan.plot.modes()``, ``.capacity()``, ``.cash_flow()``, ``.frontier(...)``.

    Each draws on ``ax`` where it is given and on a figure of its own otherwise, which is never shown and
    never registered with pyplot: notebooks display it, and ``figure.savefig("plan.svg")`` writes it.

    Parameters
    ----------
    plan : Plan
        What to draw.
    """

    __slots__ = ("_plan",)

    def __init__(self, plan: Plan) -> None:
        self._plan = plan

    def modes(self, ax: Axes | None = None, *, lines: Sequence[str] | None = None) -> FigureBase:
        """Draw how each line is made in each period.

        Every cell has the colour, the hatch and the letter of its mode; a cell of several modes is divided.
        For more than `prodmode.report.plots.modes.MOST_LINES` lines the picture is the number of lines by
        mode.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.
        lines : sequence of str, optional
            The lines to show, from top to bottom; by default all of the plan.

        Returns
        -------
        matplotlib figure
            That of the axes.

        Raises
        ------
        ProdmodeError
            If matplotlib is not installed, or the plan has no such line.
        """
        return self._draw("modes", ax, lines=lines)

    def capacity(self, ax: Axes | None = None, *, scenario: str | None = None) -> FigureBase:
        """Draw how much of its capacity each resource uses in each period, in percent.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.
        scenario : str, optional
            The scenario to show; by default the highest use of all scenarios.

        Returns
        -------
        matplotlib figure
            That of the axes.

        Raises
        ------
        ProdmodeError
            If matplotlib is not installed, or there is no such scenario.
        """
        return self._draw("capacity", ax, scenario=scenario)

    def cash_flow(self, ax: Axes | None = None) -> FigureBase:
        """Draw money in and out by period, what is left, and the present value of it all so far.

        Parameters
        ----------
        ax : matplotlib axes, optional
            Where to draw.

        Returns
        -------
        matplotlib figure
            That of the axes.

        Raises
        ------
        ProdmodeError
            If matplotlib is not installed.
        """
        return self._draw("cash_flow", ax)

    def frontier(self, frontier: Frontier, ax: Axes | None = None) -> FigureBase:
        """Draw the best net present value at each level of a limit, and where the plan is.

        What is proven is shaded: the frontier runs through the shade. Levels without any plan are hatched.

        Parameters
        ----------
        frontier : Frontier
            What `prodmode.frontier` found out about this plan, such as ``pm.frontier(result, "budget")``;
            its solves are done there.
        ax : matplotlib axes, optional
            Where to draw.

        Returns
        -------
        matplotlib figure
            That of the axes.

        Raises
        ------
        ProdmodeError
            If matplotlib is not installed, or the frontier is that of another instance.
        """
        if (frontier.instance, frontier.currency) != (self._plan.name, self._plan.currency):
            raise ProdmodeError(
                f"the frontier is of '{frontier.instance}' in {frontier.currency}, the plan of "
                f"'{self._plan.name}' in {self._plan.currency}; ask for it with pm.frontier(result, ...)"
            )
        return self._draw("frontier", ax, frontier=frontier)

    def _draw(self, name: str, ax: Axes | None, **choices: Any) -> FigureBase:
        try:
            import matplotlib as _  # noqa: F401, ICN001, PLC0415 (an extra, and slow to import)
        except ImportError as error:
            raise ProdmodeError(MISSING) from error
        drawing: FigureBase = import_module(f"{__name__}.{name}").draw(self._plan, ax, **choices)
        return drawing

    def __repr__(self) -> str:
        return f"<plots of the plan for '{self._plan.name}': modes(), capacity(), cash_flow(), frontier()>"
