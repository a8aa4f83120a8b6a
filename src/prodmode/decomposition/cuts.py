"""What lines share and is decided as a whole: the small program over the investments.

Every exact pricing gives a bound that is linear in the planned columns. The least that all of them allow,
over whole values, is a bound for the program itself: Benders' decomposition with Lagrangian cuts, which
branches on the investments without a tree of our own.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy.sparse import coo_array, csr_array, hstack, vstack

from prodmode.decomposition.line_programs import SETTINGS, run
from prodmode.formulation.mip import Mip
from prodmode.formulation.scaling import scaled
from prodmode.formulation.silent_highs import highspy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.decomposition.pricer import Visit
    from prodmode.decomposition.split import Split


@dataclass(frozen=True, slots=True)
class Cut:
    """A proven bound, ``constant + slope @ planned``, linear in the planned columns."""

    constant: float
    slope: NDArray[np.float64]


class Cuts:
    """Least cost over the planned columns that the cuts so far allow.

    Parameters
    ----------
    split : Split
        The program taken apart.
    """

    def __init__(self, split: Split) -> None:
        mip, part = split.mip, split
        self.planned, self.columns = part.planned, part.shared
        rows = mip.matrix[part.among][:, self.columns]
        low, high = mip.row_lower[part.among], mip.row_upper[part.among]
        # Priced rows hold here with the widest range that the lines could take of them.
        coupling = part.coupling
        touched = np.flatnonzero(np.diff(csr_array(coupling[:, self.planned]).indptr))
        mine = coupling[touched]
        in_lines = part.line[mine.indices] >= 0
        values, columns = mine.data, mine.indices
        least = np.where(values > 0, values * part.lower[columns], values * part.upper[columns])
        most = np.where(values > 0, values * part.upper[columns], values * part.lower[columns])
        of_row = np.repeat(np.arange(len(touched)), np.diff(mine.indptr))
        least_sum = np.bincount(of_row, np.where(in_lines, least, 0.0), len(touched))
        most_sum = np.bincount(of_row, np.where(in_lines, most, 0.0), len(touched))
        row_low, row_high = part.sides
        self.matrix = csr_array(vstack([rows, mine[:, self.columns]], format="csr"))
        self.low = np.append(low, row_low[touched] - most_sum)
        self.high = np.append(high, row_high[touched] - least_sum)
        self.lower, self.upper = part.lower[self.columns], part.upper[self.columns]
        self.integer = mip.integer[self.columns]
        self.cuts: list[Cut] = []

    def add(self, visit: Visit) -> None:
        """Add the bound of a visit, if it is proven."""
        if visit.exact and np.isfinite(visit.constant):
            self.cuts.append(Cut(visit.constant, visit.slope))

    def solve(self, seconds: float) -> tuple[float, NDArray[np.float64] | None]:
        """Return a proven least value of all cuts over whole decisions, and the decisions where it is taken.

        Parameters
        ----------
        seconds : float
            Time limit.
        """
        cuts = self.cuts
        if not cuts:
            return -np.inf, None
        shift = max(cut.constant for cut in cuts)
        size = len(self.columns)
        slopes = np.array([cut.slope for cut in cuts])
        constants = np.array([cut.constant for cut in cuts]) - shift
        tops = np.abs(slopes).max(axis=1, initial=0.0)
        scale = max(1.0, float(np.median(tops[tops > 0])) if (tops > 0).any() else 1.0)
        upper = np.hstack(
            [-slopes / scale, np.zeros((len(cuts), size - len(self.planned))), np.ones((len(cuts), 1))]
        )
        body = csr_array(
            vstack(
                [hstack([self.matrix, coo_array((self.matrix.shape[0], 1))]), csr_array(upper)], format="csr"
            )
        )
        cost = np.zeros(size + 1)
        cost[-1] = 1.0
        # The level of the cuts needs a floor of its own; every cut taken at its lowest is one.
        reach = np.minimum(slopes * self.lower[: len(self.planned)], slopes * self.upper[: len(self.planned)])
        floor = float((constants + reach.sum(axis=1)).max()) / scale
        mip = Mip(
            cost, 0.0, body, np.append(self.low, constants / scale),
            np.append(self.high, np.full(len(cuts), np.inf)),
            np.append(self.lower, floor), np.append(self.upper, np.inf),
            np.append(self.integer, False),
        )  # fmt: skip
        form = scaled(mip)
        engine = run(form.mip, {**SETTINGS, "time_limit": max(0.1, seconds)})
        kinds, status, info = highspy().HighsModelStatus, engine.getModelStatus(), engine.getInfo()
        if status in (kinds.kInfeasible, kinds.kUnboundedOrInfeasible):
            return np.inf, None
        bound = info.mip_dual_bound if mip.integer.any() else info.objective_function_value
        value = max(bound / form.objective, floor) * scale + shift
        if info.primal_solution_status != 2:
            return value, None
        point = form.unscale(np.array(engine.getSolution().col_value))[: len(self.planned)]
        integer = mip.integer[: len(self.planned)]
        return value, np.where(integer, np.round(point), point)
