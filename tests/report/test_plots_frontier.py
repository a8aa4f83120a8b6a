"""The picture of a frontier: what it draws, and where."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

if TYPE_CHECKING:
    from prodmode.explain.frontier.answer import Frontier
    from prodmode.result import Result


@pytest.fixture(scope="module")
def emissions(workshop: Result) -> Frontier:
    return pm.frontier(workshop, "emissions", levels=[300, 450, 500, 777.5], backend="highs", processes=1)


def labelled(axes: Any) -> dict[str, Any]:
    return dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))


def test_points_plan_and_what_is_proven_are_drawn(workshop: Result, emissions: Frontier) -> None:
    figure: Any = workshop.plan.plot.frontier(emissions)
    (axes,) = figure.axes
    known = labelled(axes)
    line = known["best plan at a level"]
    assert line.get_xdata() == pytest.approx([point.level for point in emissions.points])
    assert line.get_ydata() == pytest.approx([point.value.lower for point in emissions.points])
    star = known["the plan"]
    assert (star.get_xdata()[0], star.get_ydata()[0]) == pytest.approx((emissions.level, workshop.objective))
    shades = [area.get_paths()[0].get_extents() for area in axes.collections]
    for shade, (low, high) in zip(shades, pairwise(emissions.points), strict=True):
        assert (shade.x0, shade.x1) == pytest.approx((low.level, high.level))
        assert (shade.y0, shade.y1) == pytest.approx((low.value.lower, high.value.upper))
    assert axes.get_title(loc="left") == "workshop: profit against limit 'cap' (emissions)"
    assert axes.get_xlabel() == "at most (kg CO2e)"
    assert axes.get_ylabel() == "USD of net present value"
    assert "in force today" not in known, "the level in force is far out of sight"


def test_levels_without_a_plan_are_hatched(workshop: Result, emissions: Frontier) -> None:
    ends = replace(emissions.ends, impossible=emissions.points[0].level - 10)
    figure: Any = workshop.plan.plot.frontier(replace(emissions, ends=ends))
    area = labelled(figure.axes[0])["no plan"]
    assert area.get_hatch() == "///"
    assert area.get_x() + area.get_width() == pytest.approx(ends.impossible)
    assert figure.axes[0].get_xlim()[0] == pytest.approx(area.get_x())


def test_drawing_on_given_axes_and_names_as_they_stand(workshop: Result, emissions: Frontier) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 (only where it is installed)

    odd = replace(emissions, lever=replace(emissions.lever, title="limit '$x^$'"))
    left, right = Figure().subplots(1, 2)
    assert workshop.plan.plot.frontier(odd, ax=right) is right.figure
    assert right.get_title(loc="left") == r"workshop: profit against limit '\$x^\$'"
    assert not left.has_data()
    host: Any = right.figure
    host.draw_without_rendering()


def test_without_any_plan_the_picture_says_so(workshop: Result, emissions: Frontier) -> None:
    figure: Any = workshop.plan.plot.frontier(replace(emissions, points=()))
    assert [text.get_text() for text in figure.axes[0].texts] == ["no plan was found at any level"]


def test_the_frontier_of_another_instance_is_refused(workshop: Result, emissions: Frontier) -> None:
    with pytest.raises(pm.ProdmodeError, match="the frontier is of 'other'"):
        workshop.plan.plot.frontier(replace(emissions, instance="other"))


def test_the_picture_has_room_for_long_titles(workshop: Result, emissions: Frontier) -> None:
    lever = replace(emissions.lever, title=f"limit '{'x' * 200}'")
    figure: Any = workshop.plan.plot.frontier(replace(emissions, lever=lever))
    assert len(figure.axes[0].get_title(loc="left")) < 140
    assert np.isfinite(figure.axes[0].get_xlim()).all()
