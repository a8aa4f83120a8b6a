"""Comparisons made by hand."""

from __future__ import annotations

from typing import Any

import prodmode as pm
from prodmode.backends.contract import Status, relative_gap
from prodmode.comparison.entry import Entry
from prodmode.comparison.trace import Point

OPTIMAL, TIME_LIMIT, ERROR = Status.OPTIMAL, Status.TIME_LIMIT, Status.ERROR


def stools(**settings: Any) -> pm.Instance:
    """Return an instance whose best plan earns 4,000 and whose worst earns 0."""
    facts: dict[str, Any] = {"name": "stools", "periods": 2, "currency": "EUR"}
    return pm.Instance.from_records(
        pm.Settings(**facts | settings),
        [
            pm.Line(line="stool", price=40),
            pm.Demand(line="stool", period="1", units=100),
            pm.Demand(line="stool", period="2", units=120),
            pm.Option(option="stool-bought", line="stool", mode="outsourced", unit_cost=25),
            pm.Option(option="stool-made", line="stool", mode="mass", unit_cost=15, tooling_capex=1500),
        ],
    )


def entry(
    backend: str,
    status: Status = OPTIMAL,
    objective: float | None = None,
    bound: float | None = None,
    **more: Any,
) -> Entry:
    """Return an answer; by default a verified one, with a trace of two points."""
    points: tuple[Point, ...] = ()
    if objective is not None or bound is not None:
        points = (Point(1.0, None, bound), Point(2.0, objective, bound))
    facts: dict[str, Any] = {
        "backend": backend,
        "version": f"{backend.upper()} 1.0",
        "repeat": 1,
        "ending": "answered",
        "status": status,
        "objective": objective,
        "bound": bound,
        "gap": relative_gap(objective, bound),
        "verified": objective is not None,
        "solve_seconds": 4.0,
        "wall_seconds": 5.0,
        "nodes": 7,
        "peak_memory": 123_000_000,
        "message": "",
        "points": points,
    }
    return Entry(**facts | more)


def failed(backend: str, ending: str, message: str) -> Entry:
    """Return the row of a process that gave no answer."""
    return entry(backend, ERROR, ending=ending, message=message, version="", peak_memory=None, nodes=None)


def comparison(*entries: Entry, **settings: Any) -> pm.Comparison:
    """Return a comparison of made answers; it holds no plan."""
    return pm.Comparison(stools(**settings), entries, 0.25, None)


def usual() -> pm.Comparison:
    """Return a comparison in which one proves, one lies and one crashes."""
    return comparison(
        entry("scip", OPTIMAL, 1_230_000.0, 1_230_010.0),
        entry("cbc", OPTIMAL, 1_200_000.0, 1_200_000.0),
        failed("cp-sat", "crashed", "its process crashed (SIGSEGV) and gave no answer"),
    )
