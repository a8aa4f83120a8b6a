"""Each repair works, at the cost it states, and what is proved the smallest cannot be smaller."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import prodmode as pm
from prodmode.explain.changes import apply_edits, parse_edit
from prodmode.explain.infeasible import Repair, diagnose
from prodmode.explain.infeasible.moves import outward
from prodmode.explain.infeasible.repair import cheapest_first
from prodmode.explain.infeasible.shared_rules import capacity_figures
from prodmode.instance.examples import examples
from tests.explain.infeasible.cases import CASES, diagnosed, params
from tests.explain.infeasible.lifting import has_plan

if TYPE_CHECKING:
    from collections.abc import Iterator

FIGURES = {
    "lines": ["min_fill_rate", "max_lead_time_days", "min_quality", "max_options", "max_switches"],
    "options": ["max_units", "min_lot"],
    "investments": ["max_copies"],
    "budgets": ["capex_limit"],
    "limits": ["min", "max", "min_share", "max_share"],
}


def shares(before: pm.Instance, after: pm.Instance) -> Iterator[float]:
    """Yield by which share each figure differs, from the tables alone."""
    for table, names in FIGURES.items():
        for name in names:
            old, new = (instance.table(table)[name].to_numpy(float) for instance in (before, after))
            moved = ~(np.isnan(old) & np.isnan(new)) & (old != new)
            yield from np.abs(new - old)[moved] / old[moved]
    old, new = capacity_figures(before), capacity_figures(after)
    largest = before.resources["capacity"].max() if len(before.resources) else 1.0
    yield from (np.abs(new - old) / np.where(old > 0, old, max(largest, 1.0)))[old != new]
    yield from [1.0] * int((before.lines["required"] != after.lines["required"]).sum())
    for name in ("first_period", "last_period"):
        codes = [instance.options[name].cat.codes.to_numpy() for instance in (before, after)]
        yield from (np.abs(codes[1] - codes[0]) / len(before.periods))[codes[0] != codes[1]]


def assert_works(instance: pm.Instance, repair: Repair) -> None:
    result = pm.solve(assert_states_its_cost(instance, repair), gap=0.05)
    assert result.has_plan
    assert result.verified


def assert_states_its_cost(instance: pm.Instance, repair: Repair) -> pm.Instance:
    changed = apply_edits(instance, [parse_edit(str(edit)) for edit in repair.edits])
    assert has_plan(changed)
    assert repair.verified
    assert repair.cost == pytest.approx(100 * sum(shares(instance, changed)), rel=1e-6)
    return changed


@pytest.mark.parametrize("name", params())
def test_repair_makes_a_plan_possible_at_its_cost(name: str) -> None:
    instance, diagnosis = CASES[name].build(), diagnosed(name)
    assert diagnosis.repair is not None
    # What a share costs is bounded through the most that its total can be, which proves less.
    assert diagnosis.complete is diagnosis.repair.smallest is (name != "share_that_cannot_be_kept")
    assert_works(instance, diagnosis.repair)
    for repair in diagnosis.alternatives:
        assert repair.cost >= diagnosis.repair.cost * 0.98
        assert_states_its_cost(instance, repair)
    # Nothing that costs two percent less than the proved least, in one figure of those moved, will do.
    for move in diagnosis.repair.moves if len(diagnosis.repair.moves) == 1 else ():
        edit = move.edit
        if (
            edit.op == "+"
            and isinstance(edit.value, float)
            and edit.column not in {"max_options", "max_copies"}
        ):
            less = apply_edits(instance, [str(edit).replace(f"+{edit.value:g}", f"+{0.98 * edit.value:g}")])
            assert not has_plan(less)


def test_repairs_are_of_different_kinds() -> None:
    diagnosis = diagnosed("too_few_units")
    assert diagnosis.repair is not None
    assert [str(edit) for edit in diagnosis.repair.edits] == ["lines.line=chair min_fill_rate =0.72"]
    assert [str(repair.edits[0]) for repair in diagnosis.alternatives] == [
        "options.option=bought max_units +18",
        "lines.line=chair required =false",
    ]
    assert [round(repair.cost) for repair in diagnosis.alternatives] == [25, 100]


def test_smallest_share_is_found() -> None:
    """40 of 90 units are the plant's own at most: 50 of 90 are bought."""
    diagnosis = diagnosed("share_that_cannot_be_kept")
    repairs = [diagnosis.repair, *diagnosis.alternatives]
    shares_found = [
        edit.value for repair in repairs if repair for edit in repair.edits if edit.column == "max_share"
    ]
    assert shares_found
    assert shares_found[0] == pytest.approx(50 / 90, rel=2e-3)


@pytest.mark.slow
@pytest.mark.parametrize(
    "edit",
    [
        "capacity.resource=joiner-hours *0.3",
        "limits.limit=emissions-cap max =60000",
        "budgets capex_limit *0",
    ],
)
def test_repair_of_the_furniture_maker(edit: str) -> None:
    instance = apply_edits(pm.load(examples()["furniture"]), [edit])
    diagnosis = diagnose(instance, time_limit=60)
    assert diagnosis.repair is not None
    for repair in (diagnosis.repair, *diagnosis.alternatives):
        assert_works(instance, repair)


def test_rounding_is_outward() -> None:
    for value in (0.000123456, 7.0, 99.96, 1234.5, 98765.4321):
        for digits in (2, 3, 4):
            assert value * (1 - 1e-6) <= outward(value, digits) <= value * (1 + 10.0 ** (1 - digits))


def test_a_dearer_repair_of_a_stopped_search_does_not_stand_first() -> None:
    def repair(cost: float, least: float, *, smallest: bool) -> Repair:
        return Repair((), cost, least, smallest, verified=True, npv=None, npv_bound=None)

    first, later = repair(83.2, 56.6, smallest=False), repair(82.6, 82.5, smallest=True)
    best, other = cheapest_first([first, later])
    assert (best.cost, best.least, best.smallest) == (82.6, 56.6, False)
    assert other == first
    assert cheapest_first([later, first])[0] is later
