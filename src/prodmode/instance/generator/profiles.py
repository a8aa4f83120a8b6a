"""What kinds of firm the generator knows.

The shape of the numbers follows what is published: volumes are lognormal with a sigma between 1.7 and 2.25
(the top fifth of the lines then holds 80 to 90 % of the units), suppliers land at 1.05 to 1.5 times the
variable cost of mass production, custom work costs 1.5 to 3.5 times as much, tooling has a median of some
tens of thousands, price breaks are 2 to 5 % a step.

Choices of judgement, without a source: the counts of sites, resources and suppliers for a number of lines,
the share of lines with a price premium for custom work and its size, how many hours a unit takes, switching
costs, the sizes of capacity modules and budgets, the slack of capacities and limits, and emissions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

Range = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Profile:
    """The figures that make a kind of firm.

    Attributes
    ----------
    name : str
        Name of the profile.
    lines_per_family, lines_per_plant, lines_per_supplier : float
        Sizes that set how many families, plants and suppliers a number of lines has.
    families, plants, suppliers : tuple of int
        Fewest and most of them.
    groups_per_plant : int
        Machine groups, each a resource, at a plant.
    projects_per_plant : int
        Investments at a plant; together they add to every machine group there.
    supplier_options : tuple of float
        Chances of a line's second and third supplier option; every line has a first.
    new_mass_options : tuple of float
        Chances that a line could be mass-produced on new equipment at its own and at another plant.
    tiers : tuple of int
        Fewest and most tiers of an option with price breaks.
    median_units : tuple of float
        Range of the median of yearly units, drawn once for an instance.
    median_tooling : float
        Median of the tooling of a line for mass production.
    module_capex : float
        Price of a capacity module of 4,000 hours a year; others cost in proportion to hours to the power 0.7.
    slack : float
        How much more than the hidden reference plan takes the capacities and limits allow.
    floor : float
        Least capacity of a resource as a share of what all its options would take.
    budget_share : float
        Share of the capex of all projects that the budgets allow, on top of the reference plan's tooling.
    min_fill_share : float
        Share of lines with a least fill rate.
    """

    name: str
    lines_per_family: float
    lines_per_plant: float
    lines_per_supplier: float
    families: tuple[int, int]
    plants: tuple[int, int]
    suppliers: tuple[int, int]
    groups_per_plant: int
    projects_per_plant: int
    supplier_options: tuple[float, float]
    new_mass_options: tuple[float, float]
    tiers: tuple[int, int]
    median_units: Range
    median_tooling: float
    module_capex: float
    slack: float
    floor: float
    budget_share: float
    min_fill_share: float


SMALL_FIRM: Final = Profile(
    name="small-firm",
    lines_per_family=7,
    lines_per_plant=1e9,
    lines_per_supplier=7,
    families=(3, 15),
    plants=(1, 1),
    suppliers=(3, 15),
    groups_per_plant=2,
    projects_per_plant=2,
    supplier_options=(0.9, 0.3),
    new_mass_options=(0.6, 0.0),
    tiers=(2, 3),
    median_units=(500, 2000),
    median_tooling=5_000,
    module_capex=250_000,
    slack=0.25,
    floor=0.08,
    budget_share=0.6,
    min_fill_share=0.2,
)
MID_SIZE: Final = Profile(
    name="mid-size",
    lines_per_family=8,
    lines_per_plant=60,
    lines_per_supplier=8,
    families=(6, 200),
    plants=(2, 8),
    suppliers=(5, 150),
    groups_per_plant=3,
    projects_per_plant=1,
    supplier_options=(0.9, 0.55),
    new_mass_options=(0.7, 0.35),
    tiers=(2, 4),
    median_units=(800, 4000),
    median_tooling=15_000,
    module_capex=350_000,
    slack=0.2,
    floor=0.06,
    budget_share=0.5,
    min_fill_share=0.25,
)
ENTERPRISE: Final = Profile(
    name="enterprise",
    lines_per_family=10,
    lines_per_plant=250,
    lines_per_supplier=10,
    families=(8, 2000),
    plants=(3, 60),
    suppliers=(8, 2000),
    groups_per_plant=4,
    projects_per_plant=1,
    supplier_options=(0.95, 0.7),
    new_mass_options=(0.75, 0.4),
    tiers=(3, 5),
    median_units=(1000, 5000),
    median_tooling=25_000,
    module_capex=500_000,
    slack=0.2,
    floor=0.05,
    budget_share=0.4,
    min_fill_share=0.3,
)
TIGHT: Final = Profile(
    name="tight",
    lines_per_family=10,
    lines_per_plant=120,
    lines_per_supplier=10,
    families=(6, 2000),
    plants=(2, 60),
    suppliers=(5, 2000),
    groups_per_plant=3,
    projects_per_plant=1,
    supplier_options=(0.95, 0.7),
    new_mass_options=(0.75, 0.5),
    tiers=(3, 5),
    median_units=(1000, 5000),
    median_tooling=25_000,
    module_capex=350_000,
    slack=0.03,
    floor=0.02,
    budget_share=0.2,
    min_fill_share=0.5,
)

PROFILES: Final[dict[str, Profile]] = {
    profile.name: profile for profile in (SMALL_FIRM, MID_SIZE, ENTERPRISE, TIGHT)
}
"""The profiles by name."""
