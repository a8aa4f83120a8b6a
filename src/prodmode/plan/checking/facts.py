"""What the referee looks at: the plan's own figures beside those of the instance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from prodmode.instance.fields import TABLES
from prodmode.plan.checking.arrays import Columns, encode

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """A plan in codes (positions in the instance's tables), with what the instance says of it.

    Attributes
    ----------
    instance : Instance
        The instance.
    data : dict of str to Columns
        The instance's tables in codes.
    tables : dict of str to Columns
        The plan's tables in codes.
    probability, discount : ndarray
        By scenario and by period.
    asked : dict of str to ndarray, shape (L, T)
        Units (0 where there is no demand) and price (NaN where it is the line's) of the demand table.
    in_force, starts, exits : ndarray of bool, shape (O, T)
        What is in force, what starts and what is left.
    copies, service : ndarray, shape (K, T)
        Copies bought and copies in service.
    """

    instance: Instance
    data: dict[str, Columns]
    tables: dict[str, Columns]
    probability: NDArray[np.float64]
    discount: NDArray[np.float64]
    asked: dict[str, NDArray[np.float64]]
    in_force: NDArray[np.bool_]
    starts: NDArray[np.bool_]
    exits: NDArray[np.bool_]
    copies: NDArray[np.float64]
    service: NDArray[np.float64]

    @property
    def options(self) -> Columns:
        """Options of the instance."""
        return self.data["options"]

    @property
    def lines(self) -> Columns:
        """Lines of the instance."""
        return self.data["lines"]

    @property
    def periods(self) -> int:
        """Number of periods."""
        return len(self.discount)


def gather(instance: Instance, tables: dict[str, Columns]) -> Facts:
    """Return the facts of a plan whose tables have been read."""
    data = {name: encode(instance, name) for name in TABLES}
    settings, options, lines = instance.settings, data["options"], data["lines"]
    probability = data["scenarios"]["probability"]
    probability = probability if len(probability) else np.ones(1)
    periods = len(instance.periods)
    discount = (1 + settings.discount_rate) ** (-np.arange(periods) * settings.months_per_period / 12)

    force = tables["assignments"]
    in_force = np.zeros((len(options["line"]), periods), dtype=bool)
    in_force[force["option"], force["period"]] = True
    previous = np.zeros_like(in_force)
    previous[:, 1:] = in_force[:, :-1]
    current = lines["current_option"]
    previous[current[current >= 0], 0] = True

    bought = tables["purchases"]
    lead = data["investments"]["lead_time_periods"]
    copies = np.zeros((len(lead), periods))
    copies[bought["investment"], bought["period"]] = bought["copies"]
    service = np.zeros_like(copies)
    for period in range(periods):
        in_time = np.arange(periods) <= period - lead[:, None]
        service[:, period] = (copies * in_time).sum(axis=1)

    return Facts(
        instance=instance,
        data=data,
        tables=tables,
        probability=probability,
        discount=discount,
        asked=_asked(data["demand"], len(lines["price"]), periods),
        in_force=in_force,
        starts=in_force & ~previous,
        exits=previous & ~in_force,
        copies=copies,
        service=service,
    )


def _asked(demand: Columns, lines: int, periods: int) -> dict[str, NDArray[np.float64]]:
    asked = {"units": np.zeros((lines, periods)), "price": np.full((lines, periods), np.nan)}
    for name, dense in asked.items():
        dense[demand["line"], demand["period"]] = demand[name]
    return asked
