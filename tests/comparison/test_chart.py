"""The chart of incumbent and bound over time."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import prodmode as pm
from prodmode.comparison import chart
from prodmode.comparison.trace import Point
from prodmode.report.comparison_files import write_charts
from tests.comparison.made import OPTIMAL, TIME_LIMIT, comparison, entry, failed, usual

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("matplotlib", reason="matplotlib is not installed")


@pytest.fixture(autouse=True)
def _without_a_display(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MPLBACKEND", "agg")


def test_plot_draws_on_the_axes_given_and_shows_nothing() -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415  # only where it is installed

    ax = Figure().subplots()
    assert usual().plot(ax) is ax
    handles = ax.get_lines()
    assert ax.get_legend_handles_labels()[1] == [
        "scip, incumbent",
        "scip, bound",
        "cbc, incumbent",
        "cbc, bound",
    ]
    assert [handle.get_linestyle() for handle in handles] == ["-", "--", "-", "--"]
    assert [handle.get_drawstyle() for handle in handles] == ["steps-post"] * 4
    assert handles[0].get_color() == handles[1].get_color() != handles[2].get_color()
    assert np.asarray(handles[0].get_xdata()).tolist() == [2.0, 4.0]
    assert ax.get_ylabel() == "net present value (EUR)"
    assert ax.get_xlabel() == "time in the solver (s)"


def test_plot_makes_a_figure_of_its_own() -> None:
    from matplotlib import pyplot as plt  # noqa: PLC0415

    ax = usual().plot()
    try:
        assert ax.get_title(loc="left").startswith("stools: ")
    finally:
        plt.close("all")


def test_a_wild_first_bound_does_not_squash_the_rest() -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415

    points = (Point(0.01, -1e9, 1e12), Point(2.0, 100.0, 110.0), Point(3.0, 100.0, 105.0))
    ax = comparison(entry("scip", TIME_LIMIT, 100.0, 105.0, points=points)).plot(Figure().subplots())
    low, high = ax.get_ylim()
    assert 70 < low < 100
    assert 105 < high < 130
    assert ax.get_xscale() == "log"


def test_repeats_share_a_colour_and_a_label() -> None:
    from matplotlib.figure import Figure  # noqa: PLC0415

    made = comparison(*(entry("scip", OPTIMAL, 100.0, 100.0, repeat=number) for number in (1, 2)))
    ax = made.plot(Figure().subplots())
    assert ax.get_legend_handles_labels()[1] == ["scip, incumbent", "scip, bound"]
    assert len({line.get_color() for line in ax.get_lines()}) == 1


@pytest.mark.parametrize("name", ["stools", "a $5 stool, $6 chair", "x < & > \u6905"])
def test_svg_is_xml_with_both_series_and_the_same_each_time(tmp_path: Path, name: str) -> None:
    made = comparison(*usual().entries, name=name)
    chart.save(made, [tmp_path / "one.svg"])
    chart.save(made, [tmp_path / "two.svg"])
    data = (tmp_path / "one.svg").read_bytes()
    assert data == (tmp_path / "two.svg").read_bytes()
    root = ET.fromstring(data)  # noqa: S314
    groups = {group.get("id") for group in root.iter("{http://www.w3.org/2000/svg}g")}
    assert groups >= {"scip-1-incumbent", "scip-1-bound", "cbc-1-incumbent", "cbc-1-bound"}
    words = {"".join(text.itertext()) for text in root.iter("{http://www.w3.org/2000/svg}text")}
    assert words >= {"scip, incumbent", "cbc, bound", "net present value (EUR)"}
    assert b"<dc:date>" not in data


def test_png_and_svg_are_written(tmp_path: Path) -> None:
    write_charts(usual(), tmp_path / "out")
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["chart.png", "chart.svg"]
    assert (tmp_path / "out" / "chart.png").read_bytes().startswith(b"\x89PNG")


def test_where_there_is_nothing_to_draw_the_chart_says_so(tmp_path: Path) -> None:
    chart.save(comparison(failed("odd", "crashed", "gone")), [tmp_path / "chart.svg"])
    assert "no plan and no bound" in (tmp_path / "chart.svg").read_text(encoding="utf-8")


def test_without_matplotlib_the_message_tells_the_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for module in [name for name in sys.modules if name.split(".")[0] == "matplotlib"]:
        monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, "matplotlib", None)
    with pytest.raises(pm.ProdmodeError, match="pip install matplotlib"):
        usual().plot()
    with pytest.raises(pm.ProdmodeError, match="pip install matplotlib"):
        chart.save(usual(), [tmp_path / "chart.svg"])
