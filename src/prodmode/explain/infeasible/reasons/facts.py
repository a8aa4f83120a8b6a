"""What reasons are made of, and the figures that they share."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from prodmode.explain.infeasible.words import Words
from prodmode.formulation.constants import Constants

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance

MARGIN = 1e-5
"""Share by which a figure must be missed, so that no rounding makes a reason."""


@dataclass(frozen=True, slots=True)
class Reason:
    """Why no plan can exist.

    Attributes
    ----------
    kind : str
        "no_option", "switches", "fill_rate", "capacity", "budget" or "limit".
    sentence : str
        The reason, whole.
    name : str or None
        The line, resource or limit that it is about; None for a budget.
    periods : tuple of str
        When.
    needed, possible : float or None
        What is asked for and what there can be, in the unit of the sentence; None where it is no figure.
    """

    kind: str
    sentence: str
    name: str | None
    periods: tuple[str, ...]
    needed: float | None = None
    possible: float | None = None

    def to_dict(self) -> dict[str, Any]:
        """Return the reason as data that JSON can hold."""
        return {
            "kind": self.kind,
            "name": self.name,
            "periods": list(self.periods),
            "needed": self.needed,
            "possible": self.possible,
            "sentence": self.sentence,
        }


class Facts:
    """Figures of an instance that bound every plan.

    Parameters
    ----------
    instance : Instance
        The portfolio.
    """

    def __init__(self, instance: Instance) -> None:
        self.instance = instance
        self.constants = Constants(instance)
        self.words = Words(instance)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """Names of the lines, shape (L,)."""
        return self.instance.lines["line"].to_numpy().astype(object)

    @cached_property
    def options(self) -> NDArray[np.object_]:
        """Names of the options, shape (O,)."""
        return self.instance.options["option"].to_numpy().astype(object)

    @cached_property
    def members(self) -> list[NDArray[np.int64]]:
        """Options of each line."""
        line = self.constants.line
        order = np.argsort(line, kind="stable")
        ends = np.searchsorted(line[order], np.arange(len(self.lines) + 1))
        return [order[first:last] for first, last in pairwise(ends)]

    @cached_property
    def must(self) -> NDArray[np.bool_]:
        """Where a line must be offered, shape (L, T)."""
        required = self.instance.lines["required"].to_numpy(dtype=bool)
        return np.asarray(self.constants.on_market & required[:, None])

    @cached_property
    def served(self) -> NDArray[np.bool_]:
        """Where a line must be offered and can be, shape (L, T)."""
        return self.must & self.any_of_line(self.constants.available)

    @cached_property
    def several(self) -> NDArray[np.bool_]:
        """Lines that may have several options in force, shape (L,)."""
        return self.instance.lines["max_options"].to_numpy() > 1

    @cached_property
    def least(self) -> NDArray[np.float64]:
        """Demand that a line must serve where it is offered, shape (W, L, T)."""
        fill = self.instance.lines["min_fill_rate"].to_numpy()
        demand: NDArray[np.float64] = self.constants.effective.demand
        return np.where(self.constants.on_market, fill[:, None] * demand, 0.0)

    @cached_property
    def sold(self) -> NDArray[np.float64]:
        """Units that an option must sell where it alone is in force, shape (W, O, T)."""
        factor = self.constants.option("demand_factor")
        return self.least[:, self.constants.line] * factor[:, None] * self.constants.available

    @cached_property
    def made(self) -> NDArray[np.float64]:
        """Units that an option must make in a period where it alone is in force, shape (W, O, T).

        None where stock may serve.
        """
        good = self.constants.effective.yield_
        made = np.divide(self.sold, good, out=np.zeros(self.sold.shape), where=good > 0)
        return np.where(self.constants.stockable[:, None], 0.0, made)

    @cached_property
    def most_made(self) -> NDArray[np.float64]:
        """Units that an option can make at most, shape (W, O, T); none where that is less than a lot."""
        constants = self.constants
        most = constants.option("max_units")
        ceiling = np.minimum(np.where(np.isnan(most), np.inf, most)[:, None], constants.most_by_capacity)
        enough = ceiling >= constants.option("min_lot")[:, None] * (1 - 1e-12)
        return np.where(constants.available & enough, ceiling, 0.0)

    @cached_property
    def supply(self) -> NDArray[np.float64]:
        """Units that an option can sell at most, from stock or made in the period, shape (W, O, T)."""
        good = np.broadcast_to(self.constants.effective.yield_, self.most_made.shape)
        fresh = np.where(good > 0, np.where(good > 0, self.most_made, 0.0) * good, 0.0)
        kept = np.cumsum(fresh, axis=2) + self.constants.initial_stock[:, None]
        most = np.where(self.constants.stockable[:, None], kept, fresh)
        return np.where(self.constants.available, most, 0.0)

    def any_of_line(self, mask: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Return for each line whether a mask over options, shape (O, T), is true for any; shape (L, T)."""
        found = np.zeros((len(self.lines), mask.shape[1]), dtype=bool)
        np.logical_or.at(found, self.constants.line, mask)
        return found

    def least_of_line(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the least over the available options of each line, zero where none is; shape (W, L, T)."""
        values = np.where(self.constants.available, values, np.inf)
        found = np.full((values.shape[0], len(self.lines), values.shape[2]), np.inf)
        np.minimum.at(found.swapaxes(0, 1), self.constants.line, values.swapaxes(0, 1))
        return np.where(np.isfinite(found), found, 0.0)

    def scenario(self, position: int) -> str:
        """Return words for a scenario, empty where there is one only."""
        names = self.constants.effective.scenarios
        return f" in scenario '{names[position]}'" if len(names) > 1 else ""

    def labels(self, periods: NDArray[np.int64] | list[int]) -> tuple[str, ...]:
        """Return the labels of periods."""
        return tuple(self.instance.periods[period] for period in periods)


def misses(needed: NDArray[np.float64], possible: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return where what is needed exceeds what is possible by more than rounding."""
    return needed > possible + MARGIN * np.maximum(1e-6, np.abs(needed))
