"""Pictures of a plan: what they draw, and where."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.plan.tables import COSTS, frame
from prodmode.report.views import COLOURS, LETTERS

pytest.importorskip("matplotlib", reason="matplotlib is not installed")

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes


def axes_of(figure: Any) -> Axes:
    """Return the only axes of a figure."""
    axes: list[Axes] = figure.axes
    assert len(axes) == 1
    return axes[0]


def bars_of(axes: Axes) -> dict[str, list[Any]]:
    containers: list[Any] = list(axes.containers)
    return {str(bars.get_label()): list(bars.patches) for bars in containers}


def texts_of(axes: Axes) -> list[str]:
    return [text.get_text() for text in axes.texts]


def hexed(colour: Any) -> str:
    from matplotlib.colors import to_hex  # noqa: PLC0415 (only where it is installed)

    return to_hex(colour)


def cells_of(axes: Axes, prefix: tuple[str, ...]) -> dict[str, Any]:
    return {str(patch.get_gid()): patch for patch in axes.patches if str(patch.get_gid()).startswith(prefix)}


def with_lines(plan: pm.Plan, names: list[str]) -> pm.Plan:
    rows = [
        {"line": name, "period": period, "option": name, "mode": mode, "site": None, "started": False,
         "made": 1.0, "sold": 1.0}
        for number, name in enumerate(names)
        for period in plan.periods
        for mode in (("mass", "custom", "outsourced")[number % 3],)
    ]  # fmt: skip
    return plan.replace(assignments=frame("assignments", rows), unserved=frame("unserved"))


def test_modes_are_those_of_the_plan_by_colour_hatch_and_letter(plan: pm.Plan) -> None:
    axes = axes_of(plan.plot.modes())
    lines = [label.get_text() for label in axes.get_yticklabels()]
    assert lines == ["table", "chair", "lamp", "desk"]
    assert [label.get_text() for label in axes.get_xticklabels()] == list(plan.periods)
    drawn = cells_of(axes, tuple(f"{letter}-" for letter in LETTERS.values()))
    expected = {(row.line, row.period, row.mode) for row in plan.assignments.itertuples()}
    found = set()
    hatches = {}
    for name, patch in drawn.items():
        mode = next(mode for mode, letter in LETTERS.items() if name.startswith(f"{letter}-"))
        line, period = lines[int(patch.get_y())], plan.periods[int(patch.get_x())]
        found.add((line, period, mode))
        assert hexed(patch.get_facecolor()) == COLOURS[mode]
        hatches[mode] = patch.get_hatch()
    assert found == expected
    assert len(set(hatches.values())) == len(hatches) == 3
    assert {"M", "C", "O"} <= set(texts_of(axes))
    both = [patch for patch in drawn.values() if patch.get_width() == 0.5]
    assert len(both) == 2, "a cell of two modes is divided"
    assert axes.get_title(loc="left") == "furniture: mode of each line by period"


def test_modes_of_chosen_lines(plan: pm.Plan) -> None:
    axes = axes_of(plan.plot.modes(lines=["lamp", "table"]))
    assert [label.get_text() for label in axes.get_yticklabels()] == ["lamp", "table"]
    with pytest.raises(pm.ProdmodeError, match=r"no line 'tabel'. Maybe you meant 'table'\?"):
        plan.plot.modes(lines=["tabel"])


def test_many_lines_are_counted(plan: pm.Plan) -> None:
    axes = axes_of(with_lines(plan, [f"line {number}" for number in range(100)]).plot.modes())
    counts = {name: [round(bar.get_height()) for bar in bars] for name, bars in bars_of(axes).items()}
    assert counts == {"M  mass": [34] * 4, "C  custom": [33] * 4, "O  outsourced": [33] * 4}
    assert axes.get_ylabel() == "lines"
    assert len({patch.get_hatch() for patch in axes.patches}) == 3


def test_capacity_shows_the_highest_use_in_percent(plan: pm.Plan) -> None:
    axes = axes_of(plan.plot.capacity())
    use = plan.resource_use.groupby(["resource", "period"])["utilisation"].max()
    resources = [label.get_text() for label in axes.get_yticklabels()]
    assert resources == ["hours", "skill"]
    expected = [f"{100 * use[name, period]:.0f}" for name in resources for period in plan.periods]
    assert texts_of(axes) == expected
    assert "%" in axes.get_title(loc="left")
    assert "highest of 2 scenarios" in axes.get_title(loc="left")
    full = [patch for patch in axes.patches if not patch.get_fill()]
    assert len(full) == int((use >= 1).sum()) > 0, "what is used up is framed"


def test_capacity_of_one_scenario(plan: pm.Plan) -> None:
    axes = axes_of(plan.plot.capacity(scenario="base"))
    use = plan.resource_use[plan.resource_use["scenario"] == "base"]
    rows = use[use["resource"] == "hours"]
    assert texts_of(axes)[:4] == [f"{100 * share:.0f}" for share in rows["utilisation"]]
    with pytest.raises(pm.ProdmodeError, match=r"no scenario 'bas'. Maybe you meant 'base'\?"):
        plan.plot.capacity(scenario="bas")


def test_what_is_nearly_full_does_not_read_full_and_nothing_known_is_a_dash(plan: pm.Plan) -> None:
    use = plan.resource_use.copy()
    use.loc[use["resource"] == "hours", "utilisation"] = [0.999, 1.0, 1.234, float("nan")] * 2
    axes = axes_of(plan.replace(resource_use=use).plot.capacity())
    assert texts_of(axes)[:4] == ["99", "100", "123", "–"]  # noqa: RUF001


def test_capacity_without_resources_says_so(plan: pm.Plan) -> None:
    axes = axes_of(plan.replace(resource_use=frame("resource_use")).plot.capacity())
    assert texts_of(axes) == ["no resource with a capacity"]


def test_cash_flow_adds_up(plan: pm.Plan) -> None:
    axes = axes_of(plan.plot.cash_flow())
    flow = plan.cash_flow
    bars = {name: np.array([bar.get_height() for bar in drawn]) for name, drawn in bars_of(axes).items()}
    assert bars["revenue and salvage"] == pytest.approx((flow["revenue"] + flow["salvage"]).to_numpy())
    paid = bars["operating costs"] + bars["investments and tooling"]
    assert paid == pytest.approx(-flow[list(COSTS)].sum(axis=1).to_numpy())
    lines = {str(line.get_label()): np.asarray(line.get_ydata()) for line in axes.get_lines()}
    assert lines["net"] == pytest.approx(flow["net"].to_numpy())
    (so_far,) = (values for label, values in lines.items() if label.startswith("present value so far"))
    assert so_far[-1] == pytest.approx(plan.npv)
    assert axes.get_title(loc="left") == "furniture: cash flow by period (EUR, expected)"
    assert axes.get_ylabel().endswith("EUR")
    floors = [bar.get_y() for bar in bars_of(axes)["revenue and salvage"]]
    assert floors == [0.0] * 4


def test_a_scale_is_named_on_the_axis(plan: pm.Plan) -> None:
    flow = plan.cash_flow.copy()
    flow[["revenue", "net", "present_value"]] *= 1e6
    axes = axes_of(plan.replace(cash_flow=flow).plot.cash_flow())
    assert axes.get_ylabel() in {"million EUR", "billion EUR"}
    assert "," not in axes.yaxis.get_major_formatter()(2e7, 0)


def test_a_large_present_value_has_an_axis_of_its_own_with_the_same_zero(plan: pm.Plan) -> None:
    flow = plan.cash_flow.copy()
    flow["present_value"] *= 40
    axes = axes_of(plan.replace(cash_flow=flow).plot.cash_flow())
    axes.figure.draw_without_rendering()  # type: ignore[union-attr]
    (right,) = axes.child_axes
    (drawn,) = (line for line in axes.get_lines() if str(line.get_label()).endswith("(right)"))
    ratio = flow["present_value"].sum() / np.asarray(drawn.get_ydata())[-1]
    assert np.array(right.get_ylim()) == pytest.approx(np.array(axes.get_ylim()) * ratio)
    assert ratio > 2


@pytest.mark.parametrize("name", ["modes", "capacity", "cash_flow"])
def test_drawing_on_given_axes_touches_nothing_else(plan: pm.Plan, name: str) -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415 (only where it is installed)

    left, right = Figure().subplots(1, 2)
    assert getattr(plan.plot, name)(ax=right) is right.figure
    assert right.has_data() or right.patches
    assert not left.has_data()


def test_figures_are_shown_by_notebooks_and_unknown_to_pyplot(plan: pm.Plan) -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415 (only where it is installed)

    figure: Any = plan.plot.cash_flow()
    assert plt.get_fignums() == []
    assert figure._repr_png_().startswith(b"\x89PNG")


def test_hostile_names_are_drawn_as_they_stand(plan: pm.Plan, tmp_path: Path) -> None:
    odd = with_lines(plan, ["$x^$", "a $5 stool, $6 chair", "椅子", "\x1b[31m", "x" * 500, r"\frac"])
    axes = axes_of(odd.replace(name="$\\alpha$ & <b>", currency="$").plot.modes())
    labels = [label.get_text() for label in axes.get_yticklabels()]
    assert labels[:2] == [r"\$x^\$", r"a \$5 stool, \$6 chair"]
    assert labels[3] == "?[31m"
    assert len(labels[4]) == 28
    figures: list[Any] = [axes.figure, odd.plot.cash_flow()]
    figures[0].savefig(tmp_path / "plan.png")
    figures[1].savefig(tmp_path / "flow.svg")
    assert (tmp_path / "plan.png").stat().st_size > 1000


def test_without_matplotlib_the_way_out_is_told(plan: pm.Plan, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    assert repr(plan.plot).startswith("<plots of the plan")
    with pytest.raises(pm.ProdmodeError, match="pip install matplotlib"):
        plan.plot.modes()
