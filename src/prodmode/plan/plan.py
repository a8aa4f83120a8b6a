"""The Plan: the answer as tables."""

from __future__ import annotations

import dataclasses
import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import pandas as pd

from prodmode.document.notebook import notebook
from prodmode.errors import ProdmodeError, maybe
from prodmode.plan.tables import COLUMNS, INDEXES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike

    from prodmode.plan.diff import PlanDiff
    from prodmode.plan.files import Container
    from prodmode.report.plots import PlanPlots


@dataclass(frozen=True, eq=False, repr=False, kw_only=True)
class Plan:
    """What each line uses in each period, what is made, sold and bought, and the money that comes of it.

    Labels are plain text; money is in `currency` and undiscounted unless it says so.

    Attributes
    ----------
    name : str
        Name of the instance.
    currency : str
        ISO 4217 code.
    periods : tuple of str
        Labels of the periods, in order.
    scenarios : dict of str to float
        Probability of each scenario.
    assignments : pandas.DataFrame
        A row per option in force and period: line, period, option, mode, site, started, made, sold (the
        last two expected over the scenarios).
    production : pandas.DataFrame
        Where something is made or set up: scenario, line, option, period, made, setup, cost (unit or tier
        cost).
    sales : pandas.DataFrame
        Where something is sold: scenario, line, option, period, sold, price, revenue.
    stock : pandas.DataFrame
        Where something is in stock at the end of a period: scenario, line, option, period, stock.
    unserved : pandas.DataFrame
        A row per line offered and in demand: scenario, line, period, demand, served, unserved.
    purchases : pandas.DataFrame
        What is invested in: investment, period, copies.
    resource_use : pandas.DataFrame
        Every scenario, resource and period: used, capacity (with expansions in service, without overtime),
        overtime, utilisation (NaN where there is no capacity).
    cash_flow : pandas.DataFrame
        A row per period, expected over the scenarios. Costs are positive; net = revenue + salvage - costs.
    npv : float
        Expected net present value: the sum of the present values.
    kpis : dict
        Key figures; see `prodmode.plan.kpis.kpis`.
    """

    name: str
    currency: str
    periods: tuple[str, ...]
    scenarios: Mapping[str, float]
    assignments: pd.DataFrame
    production: pd.DataFrame
    sales: pd.DataFrame
    stock: pd.DataFrame
    unserved: pd.DataFrame
    purchases: pd.DataFrame
    resource_use: pd.DataFrame
    cash_flow: pd.DataFrame
    npv: float
    kpis: Mapping[str, Any] = field(default_factory=dict)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Return the tables by name."""
        return {name: getattr(self, name) for name in COLUMNS}

    def indexed(self, name: str) -> pd.DataFrame:
        """Return a table with a named index in place of the columns that tell its rows apart.

        Parameters
        ----------
        name : str
            Of `tables`: "assignments" has the index line, period, option; "cash_flow" period;
            "resource_use" scenario, resource, period; `prodmode.plan.tables.INDEXES` lists all.

        Returns
        -------
        pandas.DataFrame
            A copy; no two rows have the same index.

        Raises
        ------
        ProdmodeError
            If a plan has no such table.
        """
        if name not in INDEXES:
            hint = maybe(name, list(INDEXES)) or f"There are {', '.join(INDEXES)}."
            raise ProdmodeError(f"a plan has no table '{name}'. {hint}")
        table: pd.DataFrame = getattr(self, name)
        return table.set_index(list(INDEXES[name]))

    def replace(self, **changes: Any) -> Self:
        """Return a copy with some tables or figures changed; nothing else is recomputed.

        Parameters
        ----------
        **changes
            Tables or figures by name.

        Raises
        ------
        TypeError
            If a plan has no such part.
        """
        unknown = sorted(set(changes) - {part.name for part in dataclasses.fields(self)})
        if unknown:
            raise TypeError(f"a plan has no {', '.join(unknown)}")
        return dataclasses.replace(self, **changes)

    def stated(self) -> dict[str, Any]:
        """Return everything the plan states by its name in files: plain values, and tables as they are."""
        head = {
            "instance": self.name,
            "currency": self.currency,
            "periods": list(self.periods),
            "scenarios": dict(self.scenarios),
            "npv": self.npv if math.isfinite(self.npv) else None,
            "kpis": dict(self.kpis),
        }
        return head | self.tables()

    def to_dict(self) -> dict[str, Any]:
        """Return the plan as data that JSON can hold; what is undefined is None."""
        return {
            name: records(value) if isinstance(value, pd.DataFrame) else value
            for name, value in self.stated().items()
        }

    def write(self, directory: str | PathLike[str], *, container: Container = "csv") -> None:
        """Write the plan into a directory: a CSV file per table and all of it as ``plan.json``.

        Each file appears whole or not at all; a new directory appears with all its files.

        Parameters
        ----------
        directory : path
            Made where it does not exist.
        container : {"csv", "parquet"}, default "csv"
            With "parquet" the tables are Parquet files, and ``plan.json`` holds the rest: for plans of
            millions of rows, which as text take some twenty times the room.

        Raises
        ------
        ProdmodeError
            If there is no such container.
        """
        from prodmode.plan.files import write_plan  # noqa: PLC0415 (a plan in memory needs no files)

        write_plan(self, directory, container)

    def diff(self, other: Plan) -> PlanDiff:
        """Return what differs in another plan: decisions, purchases, money, use of resources, units.

        Parameters
        ----------
        other : Plan
            The plan after; this one is the plan before.

        Raises
        ------
        InputError
            If the plans are in different currencies, or the figures of one do not add up.
        """
        from prodmode.plan.diff import diff  # noqa: PLC0415 (a plan on its own needs no comparison)

        return diff(self, other)

    @property
    def plot(self) -> PlanPlots:
        """Pictures of the plan by matplotlib: see `prodmode.report.plots.PlanPlots`."""
        from prodmode.report.plots import PlanPlots  # noqa: PLC0415 (a later room, entered on demand)

        return PlanPlots(self)

    def __repr__(self) -> str:
        lines = self.assignments["line"].nunique()
        parts = [
            f"npv {self.npv:,.2f} {self.currency}",
            f"{lines:,} {'line' if lines == 1 else 'lines'}",
            f"{len(self.periods):,} {'period' if len(self.periods) == 1 else 'periods'}",
        ]
        copies = int(self.purchases["copies"].sum())
        if copies:
            parts.append(f"{copies:,} {'copy' if copies == 1 else 'copies'} of investments")
        return f"<Plan for '{self.name}': {', '.join(parts)}>"

    def _repr_html_(self) -> str:
        from prodmode.plan.overview import overview  # noqa: PLC0415 (a plan in memory needs no views)

        return notebook(overview(self))


_INFINITE = (math.inf, -math.inf)


def records(table: pd.DataFrame) -> list[dict[str, Any]]:
    """Return the rows of a table as data that JSON can hold; what is undefined is None."""
    names = [str(name) for name in table.columns]
    return [
        dict(zip(names, row, strict=True))
        for row in zip(*(_values(table[name]) for name in table.columns), strict=True)
    ]


def _values(column: pd.Series[Any]) -> list[Any]:
    values: list[Any] = column.tolist()
    # What is not equal to itself is NaN; infinities have no place in JSON either.
    return [None if value != value or value in _INFINITE else value for value in values]  # noqa: PLR0124
