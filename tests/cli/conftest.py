"""A small portfolio in files, and prodmode as a process."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

Run = Callable[..., subprocess.CompletedProcess[str]]

WORKSHOP = {
    "instance.yaml": """
        name: workshop
        description: Stools and chairs, made or bought.
        currency: EUR
        periods: [spring, autumn]
        months_per_period: 6
        discount_rate: 0.08
        """,
    "lines.csv": """
        line,price,min_fill_rate,max_lead_time_days,holding_cost
        stool,40,0.5,30,1
        chair,95,0,,
        """,
    "demand.csv": """
        line,spring,autumn
        stool,100,120
        chair,40,60
        """,
    "sites.csv": """
        site,kind
        plant,plant
        far-east,supplier
        """,
    "options.csv": """
        option,line,mode,site,unit_cost,fixed_cost,setup_cost,min_lot,lead_time_days,requires,startup_cost,tier_kind
        stool-press,stool,mass,plant,12,300,50,,,press,100,
        stool-bought,stool,outsourced,far-east,25,,,50,20,,,
        stool-slow,stool,outsourced,far-east,9,,,,90,,,
        chair-hand,chair,custom,plant,50,,,,,,,
        chair-bought,chair,outsourced,far-east,,,,,,,,all_units
        """,
    "tiers.csv": """
        option,from_units,unit_cost
        chair-bought,0,70
        chair-bought,50,55
        """,
    "resources.csv": """
        resource,site,unit,capacity
        hands,plant,hours,200
        presses,plant,hours,0
        """,
    "usage.csv": """
        option,resource,per_unit
        chair-hand,hands,2.5
        stool-press,hands,0.2
        stool-press,presses,0.5
        """,
    "investments.csv": """
        investment,site,capex,salvage_share
        press,plant,1500,0.2
        """,
    "expansions.csv": """
        investment,resource,capacity_added
        press,presses,80
        """,
    "budgets.csv": """
        period,capex_limit
        spring,2000
        autumn,500
        """,
}


def write_folder(folder: Path, files: dict[str, str]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (folder / name).write_text(dedent(content).lstrip(), encoding="utf-8")
    return folder


def environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PRODMODE_")}
    return kept | more


@pytest.fixture
def workshop(tmp_path: Path) -> Path:
    """Return a folder with a small, feasible portfolio."""
    return write_folder(tmp_path / "workshop", WORKSHOP)


@pytest.fixture
def run() -> Run:
    """Return a function that runs prodmode as a process."""

    def call(*args: str | Path, **variables: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "prodmode", *map(str, args)],
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=120,
            check=False,
            env=environment(**variables),
        )

    return call
