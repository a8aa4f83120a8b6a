"""Instance -> mixed-integer program: the one place where the families come together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

from prodmode.formulation.assignment import add_assignment
from prodmode.formulation.balance import add_balance
from prodmode.formulation.blocks import Block, Builder
from prodmode.formulation.budget import add_budget
from prodmode.formulation.capacity import add_capacity
from prodmode.formulation.columns import Columns, place_columns
from prodmode.formulation.constants import Constants
from prodmode.formulation.context import Context
from prodmode.formulation.demand import add_demand
from prodmode.formulation.limits import add_limits
from prodmode.formulation.lots import add_lots
from prodmode.formulation.names import Names
from prodmode.formulation.objective import add_objective
from prodmode.formulation.structure import Structure
from prodmode.formulation.switching import add_switching
from prodmode.formulation.tiers import add_tiers
from prodmode.formulation.unlocking import add_unlocking

if TYPE_CHECKING:
    from prodmode.formulation.mip import Mip
    from prodmode.instance.instance import Instance

FAMILIES = (
    add_assignment, add_switching, add_balance, add_demand, add_lots, add_tiers,
    add_capacity, add_unlocking, add_budget, add_limits,
)  # fmt: skip
"""The constraint families, in the order of their rows."""


@dataclass(frozen=True)
class Formulation:
    """A mixed-integer program that knows what its rows and columns mean.

    Attributes
    ----------
    instance : Instance
        What it was made from.
    constants : Constants
        The numbers that it is made of.
    columns : Columns
        Where each decision stands.
    column_blocks, row_blocks : tuple of Block
        Families of columns and rows with their keys.
    mip : Mip
        The program: minimise minus the expected present value of profit.
    """

    instance: Instance
    constants: Constants
    columns: Columns
    column_blocks: tuple[Block, ...]
    row_blocks: tuple[Block, ...]
    mip: Mip

    @cached_property
    def names(self) -> Names:
        """Names of rows and columns."""
        return Names(self.instance, self.constants.effective.scenarios, self.column_blocks, self.row_blocks)


def formulate(instance: Instance) -> Formulation:
    """Build the mixed-integer program of an instance.

    Parameters
    ----------
    instance : Instance
        The portfolio.

    Returns
    -------
    Formulation
        The program with the meaning of its rows and columns.

    Examples
    --------
    >>> from prodmode import Demand, Instance, Line, Option, Settings
    >>> instance = Instance.from_records(
    ...     Settings(name="workshop", periods=1),
    ...     [
    ...         Line(line="stool", price=40),
    ...         Demand(line="stool", period=1, units=100),
    ...         Option(option="stool-bought", line="stool", mode="outsourced", unit_cost=25),
    ...     ],
    ... )
    >>> formulation = formulate(instance)
    >>> formulation.mip.shape
    (4, 3)
    >>> [block.family for block in formulation.row_blocks]
    ['assignment', 'balance', 'market', 'production']
    """
    constants, builder = Constants(instance), Builder()
    columns = place_columns(builder, constants)
    context = Context(builder, columns, constants)
    for add_family in FAMILIES:
        add_family(context)
    add_objective(context)
    constants.forget()
    structure = Structure(constants, columns, tuple(builder.columns), tuple(builder.rows))
    mip = replace(builder.mip(), structure=structure)
    return Formulation(instance, constants, columns, structure.column_blocks, structure.row_blocks, mip)
