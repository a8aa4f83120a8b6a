"""What a solver decides, as bare arrays in the order of the instance's tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """The values of the decision variables.

    W, O, T, R and K count scenarios, options, periods, resources and investments.

    Attributes
    ----------
    in_force : numpy.ndarray
        Whether an option is in force, bool (O, T).
    copies : numpy.ndarray
        Copies of an investment bought, int (K, T).
    made : numpy.ndarray
        Units made or ordered, float (W, O, T).
    setup : numpy.ndarray
        Whether there is a setup, bool (W, O, T); false for an option that has no setups.
    sold : numpy.ndarray
        Units sold, float (W, O, T).
    stock : numpy.ndarray
        Units in stock at the end of the period, float (W, O, T).
    overtime : numpy.ndarray
        Overtime of a resource, float (W, R, T).
    tier_cost : numpy.ndarray, optional
        Cost of what is made by the tiers that were chosen, float (W, O, T), NaN for options without tiers.
        Without it the tiers follow from the quantities.
    """

    in_force: npt.NDArray[np.bool_]
    copies: npt.NDArray[np.int64]
    made: npt.NDArray[np.float64]
    setup: npt.NDArray[np.bool_]
    sold: npt.NDArray[np.float64]
    stock: npt.NDArray[np.float64]
    overtime: npt.NDArray[np.float64]
    tier_cost: npt.NDArray[np.float64] | None = None
