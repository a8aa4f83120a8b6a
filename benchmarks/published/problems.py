"""Every problem of the raw files, with what is published about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from .assignment import gap, mmkp
from .facility import single_source, split
from .lot_sizing import lot_sizing
from .raw import FOLDER, values

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from prodmode import Instance


@dataclass(frozen=True, slots=True)
class Problem:
    """A published problem.

    Attributes
    ----------
    group, name : str
        Set and name.
    make : callable
        Returns the instance.
    sense : int
        +1 where the published value is a net present value, -1 where it is a cost.
    optimum : float or None
        Published (or independently proven) optimum.
    best : float or None
        Best known value, where the optimum is not known.
    bound : float or None
        Best known bound, where the optimum is not known.
    """

    group: str
    name: str
    make: Callable[[], Instance]
    sense: int
    optimum: float | None
    best: float | None = None
    bound: float | None = None


def problems(group: str) -> Iterator[Problem]:
    """Yield the problems of a set, in the order of their values; none where the folder is absent."""
    if not (FOLDER / "values.json").exists():
        return
    for name, known in values(group).items():
        yield from _problems(group, name, known)


def _problems(group: str, name: str, known: dict[str, Any]) -> Iterator[Problem]:
    folder = FOLDER / group
    if group == "gap":
        yield Problem(group, name, partial(gap, folder / name), -1, known["optimum_min"])
        if "optimum_max" in known:
            make = partial(gap, folder / name, maximise=True)
            yield Problem(group, f"{name} (max)", make, 1, known["optimum_max"])
    elif group == "mmkp" and "optima" in known:
        for number, optimum in enumerate(known["optima"], start=1):
            make = partial(_one_knapsack, folder / f"{name}.txt", str(number))
            yield Problem(group, f"{name} {number}", make, 1, optimum)
    else:
        make, sense = {
            "mmkp": (partial(_one_knapsack, folder / name, name), 1),
            "cflp": (partial(split, folder / f"{name}.txt"), -1),
            "clsp": (partial(lot_sizing, folder / f"{name}.DAT"), -1),
        }.get(group, (partial(single_source, folder / name), -1))
        yield Problem(
            group, name, make, sense, known.get("optimum"), known.get("best_known"), known.get("lp_bound")
        )


def _one_knapsack(path: Path, name: str) -> Instance:
    return next(instance for found, instance in mmkp(path) if found == name)
