"""Generalized assignment and multiple-choice knapsack problems as instances."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from prodmode import Instance

from .raw import numbers

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def gap(path: Path, *, maximise: bool = False) -> Instance:
    """Convert a generalized assignment problem: ``m n``, costs, uses, capacities.

    A job is a line, an agent a resource, and each pair an option that costs and uses what the pair does.

    Parameters
    ----------
    path : Path
        The raw file.
    maximise : bool
        Take the costs as gains.
    """
    data = numbers(path)
    agents, jobs = int(data[0]), int(data[1])
    size = agents * jobs
    cost = np.array(data[2 : 2 + size]).reshape(agents, jobs)
    use = np.array(data[2 + size : 2 + 2 * size]).reshape(agents, jobs)
    capacity = data[2 + 2 * size : 2 + 2 * size + agents]
    line = [f"job-{job + 1}" for job in range(jobs)]
    resource = [f"agent-{agent + 1}" for agent in range(agents)]
    job, agent = (part.ravel() for part in np.meshgrid(np.arange(jobs), np.arange(agents), indexing="ij"))
    option = [f"{line[j]}-{resource[a]}" for j, a in zip(job, agent, strict=True)]
    return Instance.from_tables(
        {"name": path.stem, "periods": 1},
        {
            "lines": pd.DataFrame({"line": line, "min_fill_rate": 1.0}),
            "demand": pd.DataFrame({"line": line, "period": "1", "units": 1.0}),
            "options": pd.DataFrame(
                {
                    "option": option,
                    "line": np.array(line)[job],
                    "mode": "mass",
                    "unit_cost": cost[agent, job] * (-1 if maximise else 1),
                }
            ),
            "resources": pd.DataFrame({"resource": resource, "capacity": capacity}),
            "usage": pd.DataFrame(
                {"option": option, "resource": np.array(resource)[agent], "per_unit": use[agent, job]}
            ),
        },
    )


def mmkp(path: Path) -> Iterator[tuple[str, Instance]]:
    """Convert multiple-choice multidimensional knapsack problems; yield the name and instance of each.

    A class is a line, an item an option whose value is a grant for having it in force.
    """
    data = numbers(path)
    if path.stem.startswith("TestSet"):
        at, number = 0, 0
        while at + 4 <= len(data):
            number += 1
            classes, items, resources = (int(value) for value in data[at + 1 : at + 4])
            span = 4 + resources + classes * (1 + items * (1 + resources))
            if at + span > len(data):
                break
            body = data[at + 4 : at + span]
            yield str(number), _knapsack(f"{path.stem}-{number}", classes, items, resources, body)
            at += span
        return
    classes, items, resources = (int(value) for value in data[:3])
    yield path.stem, _knapsack(path.stem, classes, items, resources, data[3:])


def _knapsack(name: str, classes: int, items: int, resources: int, body: list[float]) -> Instance:
    capacity = body[:resources]
    block = 1 + items * (1 + resources)
    rows = np.array(body[resources : resources + classes * block]).reshape(classes, block)[:, 1:]
    rows = rows.reshape(classes * items, 1 + resources)
    line = np.repeat([f"class-{number + 1}" for number in range(classes)], items)
    option = [f"{owner}-item-{item % items + 1}" for item, owner in enumerate(line)]
    names = [f"resource-{number + 1}" for number in range(resources)]
    return Instance.from_tables(
        {"name": name, "periods": 1},
        {
            "lines": pd.DataFrame({"line": line[::items]}),
            "demand": pd.DataFrame({"line": line[::items], "period": "1", "units": 0.0}),
            "options": pd.DataFrame(
                {"option": option, "line": line, "mode": "mass", "fixed_cost": -rows[:, 0]}
            ),
            "resources": pd.DataFrame({"resource": names, "capacity": capacity}),
            "usage": pd.DataFrame(
                {
                    "option": np.repeat(option, resources),
                    "resource": np.tile(names, len(option)),
                    "per_period": rows[:, 1:].ravel(),
                }
            ),
        },
    )
