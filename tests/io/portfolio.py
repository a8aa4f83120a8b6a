"""Portfolios that the tests of reading and writing share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from prodmode.errors import InputError, Issue
from prodmode.instance.instance import Instance
from prodmode.io import load

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from prodmode.io.writing import Container

CONTAINERS: tuple[Container, ...] = ("csv", "parquet", "xlsx", "yaml", "json")
FILES: dict[Container, str] = {
    "csv": "folder",
    "parquet": "folder",
    "xlsx": "book.xlsx",
    "yaml": "one.yaml",
    "json": "one.json",
}

SETTINGS_YAML = "name: test\nperiods: [Q1, Q2]\n"
LINES_CSV = "line,price\nstool,40\ntable,300\n"
DEMAND_CSV = "line,period,units\nstool,Q1,100\nstool,Q2,120\ntable,Q1,10\ntable,Q2,12\n"
OPTIONS_CSV = "option,line,mode,unit_cost\nstool-made,stool,custom,25\ntable-made,table,mass,200\n"
FOLDER: dict[str, str | bytes | None] = {
    "instance.yaml": SETTINGS_YAML,
    "lines.csv": LINES_CSV,
    "demand.csv": DEMAND_CSV,
    "options.csv": OPTIONS_CSV,
}


def write_files(folder: Path, files: Mapping[str, str | bytes | None]) -> Path:
    """Write files to a folder: text, bytes, or nothing where the content is None."""
    folder.mkdir(exist_ok=True)
    for name, content in files.items():
        if content is not None:
            (folder / name).write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def issues_of(path: Path) -> tuple[Issue, ...]:
    """Load what must be rejected, and return why."""
    with pytest.raises(InputError) as caught:
        load(path)
    return caught.value.issues


def only_issue(path: Path) -> Issue:
    """Load what must be rejected for one reason, and return it."""
    issues = issues_of(path)
    assert len(issues) == 1, issues
    return issues[0]


def portfolio(
    labels: Sequence[str] = ("oak table", "stool", "chair"),
    numbers: Sequence[float] = (0.1, 1 / 3, 1e-7, 123456.789),
    periods: Sequence[str] = ("Q1", "Q2"),
    text: str = "made of oak",
) -> Instance:
    """An instance with every table, whose names and figures are the given ones."""
    line, option, other = labels
    first, last = periods[0], periods[-1]
    a, b, c, d = numbers
    tables: dict[str, list[dict[str, Any]]] = {
        "lines": [
            {
                "line": line,
                "name": text,
                "family": other,
                "price": a,
                "current_option": option,
                "holding_cost": b,
            },
            {"line": other, "price": c, "required": False, "max_options": 2, "first_period": first},
        ],
        "demand": [
            {"line": name, "period": period, "units": d, "price": b if period == first else None}
            for name in (line, other)
            for period in periods
        ],
        "sites": [{"site": line, "kind": "supplier", "region": text}, {"site": option, "kind": "plant"}],
        "options": [
            {
                "option": option,
                "line": line,
                "mode": "mass",
                "site": option,
                "unit_cost": c,
                "requires": other,
            },
            {"option": line, "line": line, "mode": "outsourced", "site": line, "tier_kind": "incremental"},
            {
                "option": other,
                "line": other,
                "mode": "custom",
                "unit_cost": a,
                "yield": 0.9,
                "last_period": last,
            },
        ],
        "tiers": [
            {"option": line, "from_units": 0, "unit_cost": b},
            {"option": line, "from_units": d, "unit_cost": a},
        ],
        "resources": [{"resource": other, "site": option, "unit": text, "capacity": d, "overtime_cost": a}],
        "capacity": [{"resource": other, "period": last, "capacity": c}],
        "usage": [{"option": option, "resource": other, "per_unit": b, "per_setup": c}],
        "investments": [{"investment": other, "capex": a, "max_copies": 3, "salvage_share": 0.25}],
        "expansions": [{"investment": other, "resource": other, "capacity_added": d}],
        "budgets": [{"period": period, "capex_limit": d} for period in periods],
        "limits": [
            {
                "limit": line,
                "measure": "spend",
                "mode": "outsourced",
                "family": other,
                "period": "each",
                "max": d,
            },
            {"limit": other, "measure": "units", "line": line, "max_share": 0.5},
        ],
        "scenarios": [{"scenario": line, "probability": 0.25}, {"scenario": other, "probability": 0.75}],
        "changes": [{"scenario": line, "quantity": "demand", "line": other, "period": first, "factor": b}],
    }
    settings = {
        "name": text,
        "description": line,
        "periods": list(periods),
        "discount_rate": 0.07,
        "carbon_price": a,
    }
    return Instance.from_tables(settings, tables)
