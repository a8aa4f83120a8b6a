"""Capacitated facility location problems, single-source or split, as instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode import Instance

from .raw import numbers

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def single_source(path: Path) -> Instance:
    """Convert a problem where each customer has one facility; the parent folder tells the format.

    holmberg and orlib: ``J I``, J times capacity and fixed cost, I demands, J rows of I costs. diaz: ``I J``,
    I rows of J costs, I demands, J fixed costs, J capacities. Costs are of serving the whole demand.
    """
    data = numbers(path)
    if path.parent.name == "diaz":
        customers, facilities = int(data[0]), int(data[1])
        size = customers * facilities
        cost = np.array(data[2 : 2 + size]).reshape(customers, facilities)
        rest = data[2 + size :]
        demand, rest = np.array(rest[:customers]), rest[customers:]
        fixed, capacity = np.array(rest[:facilities]), np.array(rest[facilities : 2 * facilities])
        return _location(path.stem, cost, demand, fixed, capacity, sources=1)
    facilities, customers = int(data[0]), int(data[1])
    plants = np.array(data[2 : 2 + 2 * facilities]).reshape(facilities, 2)
    rest = data[2 + 2 * facilities :]
    demand = np.array(rest[:customers])
    cost = np.array(rest[customers : customers + facilities * customers]).reshape(facilities, customers).T
    return _location(path.stem, cost, demand, plants[:, 1], plants[:, 0], sources=1)


def split(path: Path) -> Instance:
    """Convert a problem with split deliveries.

    ``m n``, m times capacity and fixed cost, then per customer the demand and m costs.
    """
    data = numbers(path)
    facilities, customers = int(data[0]), int(data[1])
    plants = np.array(data[2 : 2 + 2 * facilities]).reshape(facilities, 2)
    start = 2 + 2 * facilities
    rows = np.array(data[start : start + customers * (1 + facilities)]).reshape(customers, 1 + facilities)
    return _location(path.stem, rows[:, 1:], rows[:, 0], plants[:, 1], plants[:, 0], sources=facilities)


def _location(
    name: str,
    cost: NDArray[np.float64],
    demand: NDArray[np.float64],
    fixed: NDArray[np.float64],
    capacity: NDArray[np.float64],
    *,
    sources: int,
) -> Instance:
    """Build the instance: a customer's whole demand is one unit, which takes that much of a facility."""
    customers, facilities = cost.shape
    line = [f"customer-{number + 1}" for number in range(customers)]
    site = [f"facility-{number + 1}" for number in range(facilities)]
    customer = np.repeat(np.arange(customers), facilities)
    facility = np.tile(np.arange(facilities), customers)
    option = [f"{line[i]}-{site[j]}" for i, j in zip(customer, facility, strict=True)]
    return Instance.from_tables(
        {"name": name, "periods": 1},
        {
            "lines": pd.DataFrame({"line": line, "min_fill_rate": 1.0, "max_options": sources}),
            "demand": pd.DataFrame({"line": line, "period": "1", "units": 1.0}),
            "options": pd.DataFrame(
                {
                    "option": option,
                    "line": np.array(line)[customer],
                    "mode": "mass",
                    "unit_cost": cost.ravel(),
                    "requires": np.array(site)[facility],
                }
            ),
            "resources": pd.DataFrame({"resource": site, "capacity": 0.0}),
            "usage": pd.DataFrame(
                {"option": option, "resource": np.array(site)[facility], "per_unit": demand[customer]}
            ),
            "investments": pd.DataFrame({"investment": site, "capex": fixed}),
            "expansions": pd.DataFrame({"investment": site, "resource": site, "capacity_added": capacity}),
        },
    )
