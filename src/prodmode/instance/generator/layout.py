"""What all lines of a generated portfolio share, drawn once from the seed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from prodmode.instance.generator.names import numbered, rounded

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from prodmode.instance.generator.profiles import Profile

MONTHS = 3
FIRST_YEAR = 2027
LAYOUT_STREAM, LINES_STREAM = 0, 1
"""First part of the spawn key of the shared draws, and of the draws of a block of lines."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Counts, traits of sites, and how families map to machine groups.

    Sites are numbered plants first, then workshops, then suppliers; resources are numbered machine groups
    first (group ``j`` of plant ``p`` is ``p + plants * j``), then the skilled hours of workshops, then the
    quoted hours of suppliers.
    """

    profile: Profile
    lines: int
    periods: tuple[str, ...]
    seed: int
    scenarios: int
    plants: int
    workshops: int
    suppliers: int
    groups: int
    families: int
    sigma: float
    median_units: float
    family_season: NDArray[np.float64]
    family_growth: NDArray[np.float64]
    supplier_price: NDArray[np.float64]
    supplier_far: NDArray[np.bool_]
    supplier_quality: NDArray[np.float64]
    supplier_yield: NDArray[np.float64]
    supplier_lead: NDArray[np.float64]
    plant_cost: NDArray[np.float64]

    @property
    def sites(self) -> pa.Array:
        """Names of the sites."""
        return pa.concat_arrays(
            [
                numbered("plant-", np.arange(1, self.plants + 1), self.plants),
                numbered("workshop-", np.arange(1, self.workshops + 1), self.workshops),
                numbered("supplier-", np.arange(1, self.suppliers + 1), self.suppliers),
            ]
        )

    @property
    def resources(self) -> pa.Array:
        """Names of the resources."""
        return pa.concat_arrays(
            [
                numbered("machines-", np.arange(1, self.groups + 1), self.groups),
                numbered("skilled-", np.arange(1, self.workshops + 1), self.workshops),
                numbered("quota-", np.arange(1, self.suppliers + 1), self.suppliers),
            ]
        )

    @property
    def resource_site(self) -> NDArray[np.int64]:
        """Position of the site of each resource."""
        groups = np.arange(self.groups) % self.plants
        return np.concatenate([groups, self.plants + np.arange(self.workshops + self.suppliers)])

    @property
    def projects(self) -> int:
        """Number of investments in machines; project ``j`` of plant ``p`` is ``p + plants * j``."""
        return self.plants * min(self.profile.projects_per_plant, max(1, self.groups // self.plants))

    def project_of(self, group: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return the investment that adds to each machine group."""
        return group % self.plants + self.plants * ((group // self.plants) % (self.projects // self.plants))

    def stream(self, *key: int) -> np.random.Generator:
        """Return the random stream of a key, the same however much was drawn from others."""
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))


def period_labels(periods: int) -> tuple[str, ...]:
    """Return labels of quarters.

    Examples
    --------
    >>> period_labels(5)
    ('2027-Q1', '2027-Q2', '2027-Q3', '2027-Q4', '2028-Q1')
    """
    per_year = 12 // MONTHS
    return tuple(f"{FIRST_YEAR + t // per_year}-Q{t % per_year + 1}" for t in range(periods))


def draw_layout(profile: Profile, *, lines: int, periods: int, seed: int, scenarios: int = 0) -> Layout:
    """Draw what all lines share."""
    rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(LAYOUT_STREAM,)))
    plants = _count(lines / profile.lines_per_plant, profile.plants)
    families = min(lines, _count(lines / profile.lines_per_family, profile.families))
    suppliers = _count(lines / profile.lines_per_supplier, profile.suppliers)
    groups = plants * max(1, min(profile.groups_per_plant, families // plants))
    far = rng.random(suppliers) < 0.35
    far[0] = False
    lead = np.where(far, rng.uniform(60, 120, suppliers), rng.uniform(15, 45, suppliers))
    quality = np.where(far, rng.uniform(5, 8, suppliers), rng.uniform(6.5, 9, suppliers))
    losses = np.where(far, rng.uniform(0.005, 0.03, suppliers), rng.uniform(0.0005, 0.012, suppliers))
    return Layout(
        profile=profile,
        lines=lines,
        periods=period_labels(periods),
        seed=seed,
        scenarios=scenarios,
        plants=plants,
        workshops=max(1, (plants + 1) // 2),
        suppliers=suppliers,
        groups=groups,
        families=families,
        sigma=float(rng.uniform(1.7, 2.25)),
        median_units=float(np.exp(rng.uniform(*np.log(profile.median_units)))),
        family_season=np.column_stack([rng.uniform(0, 0.3, families), rng.uniform(0, 2 * np.pi, families)]),
        family_growth=rng.normal(0.03, 0.08, families),
        supplier_price=np.where(far, rng.uniform(0.88, 0.98, suppliers), rng.uniform(0.97, 1.08, suppliers)),
        supplier_far=far,
        supplier_quality=rounded(quality, 1),
        supplier_yield=rounded(1 - losses, 4),
        supplier_lead=rounded(lead),
        plant_cost=rng.uniform(0.95, 1.05, plants),
    )


def _count(size: float, bounds: tuple[int, int]) -> int:
    return int(np.clip(round(size), *bounds))
