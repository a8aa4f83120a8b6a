"""What each thing that an option does costs: the accounts, before any amount."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.instance import Instance

Amount = Literal["in_force", "started", "left", "made", "setup", "stock"]

PAID_ON: dict[str, Amount] = {
    "setup_cost": "setup",
    "fixed_cost": "in_force",
    "startup_cost": "started",
    "exit_cost": "left",
    "holding_cost": "stock",
    "carbon_cost": "made",
    "tooling_capex": "started",
}
"""The amount that each cost is paid on, of those that an option has a rate for."""


def rates(instance: Instance) -> dict[str, NDArray[np.float64]]:
    """Return the cost of one of each amount, by kind of cost and option, each of shape (O,).

    Unit and tier costs are not among them: they depend on how much is made (`prodmode.plan.tiers`).
    """
    options = instance.options
    holding = instance.lines["holding_cost"].fillna(0.0).to_numpy()
    carbon = instance.settings.carbon_price / 1000
    stated = ("setup_cost", "fixed_cost", "startup_cost", "exit_cost", "tooling_capex")
    return {name: options[name].to_numpy(dtype=np.float64) for name in stated} | {
        "holding_cost": holding[options["line"].cat.codes.to_numpy()],
        "carbon_cost": carbon * options["emissions_per_unit"].to_numpy(dtype=np.float64),
    }
