"""Small portfolios that questions are asked about."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import prodmode as pm

if TYPE_CHECKING:
    from prodmode.explain.answer import Answer

INSTANCES = Path(__file__).parents[2] / "instances"


def workshop() -> pm.Instance:
    """Two lines that share a press for one year in two halves; a second press can be bought.

    Both lines are best pressed, but 100 hours of press are enough for one: stools gain 20 an hour there
    over buying, benches 15.
    """
    return pm.Instance.from_records(
        pm.Settings(name="workshop", periods=("H1", "H2"), currency="EUR"),
        [
            pm.Line(line="stool", family="seats", price=50),
            pm.Line(line="bench", family="seats", price=90),
            *(pm.Demand(line="stool", period=half, units=100) for half in ("H1", "H2")),
            *(pm.Demand(line="bench", period=half, units=50) for half in ("H1", "H2")),
            pm.Site(site="shop", kind="workshop"),
            pm.Site(site="mill", kind="supplier"),
            pm.Resource(resource="press", site="shop", unit="h", capacity=100),
            pm.Option(option="stool-pressed", line="stool", mode="mass", site="shop", unit_cost=10),
            pm.Option(option="stool-bought", line="stool", mode="outsourced", site="mill", unit_cost=30),
            pm.Option(option="bench-pressed", line="bench", mode="mass", site="shop", unit_cost=30),
            pm.Option(option="bench-bought", line="bench", mode="outsourced", site="mill", unit_cost=60),
            pm.Usage(option="stool-pressed", resource="press", per_unit=1),
            pm.Usage(option="bench-pressed", resource="press", per_unit=2),
            pm.Investment(investment="second-press", site="shop", capex=5000),
            pm.Expansion(investment="second-press", resource="press", capacity_added=100),
        ],
    )


def read(answer: Answer) -> str:
    """Return the text of an answer as one line, as it is before it is broken at the width of a page."""
    return " ".join(str(answer).split())
