"""The referee finds the same however many lines it looks at together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

import prodmode as pm
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check
from prodmode.plan.checking import blocks
from prodmode.plan.decisions import Decisions
from prodmode.report.solution import violations_text

if TYPE_CHECKING:
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

PERIODS = 4


@pytest.fixture(scope="module")
def instance() -> Instance:
    return pm.generate(lines=30, periods=PERIODS, seed=4, profile="enterprise", scenarios=2)


@pytest.fixture(scope="module")
def plan(instance: Instance) -> Plan:
    """Return a plan that breaks most rules somewhere."""
    random = np.random.default_rng(5)
    shape = (2, len(instance.options), PERIODS)
    made = random.uniform(0, 5000, shape) * (random.random(shape) < 0.5)
    drawn = assemble(
        instance,
        Decisions(
            in_force=random.random(shape[1:]) < 0.3,
            copies=random.integers(0, 2, (len(instance.investments), PERIODS)),
            made=made,
            setup=random.random(shape) < 0.5,
            sold=made * random.uniform(0, 2, shape),
            stock=made * random.uniform(0, 1, shape),
            overtime=random.uniform(0, 9, (2, len(instance.resources), PERIODS)),
        ),
    )
    sales, unserved = drawn.sales.copy(), drawn.unserved.drop(index=[3, 4])
    sales.loc[::9, "revenue"] += 7.0
    return drawn.replace(sales=sales, unserved=unserved, npv=drawn.npv + 10.0)


@pytest.mark.parametrize("size", [1, 7, 29])
def test_blocks_find_what_the_whole_finds(
    instance: Instance, plan: Plan, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = check(instance, plan)
    assert len(whole.counts) > 9
    monkeypatch.setattr(blocks, "BLOCK", size)
    verdict = check(instance, plan)
    assert verdict.counts == whole.counts
    assert verdict.npv == pytest.approx(whole.npv, rel=1e-12)
    # Among violations of the same size other ones may be listed.
    for rule in whole.counts:
        expected, found = (
            [item.size for item in told.violations if item.rule == rule] for told in (whole, verdict)
        )
        assert found == pytest.approx(expected)


def test_the_largest_violations_come_first(instance: Instance, plan: Plan) -> None:
    use = plan.resource_use.copy()
    use.loc[:2, "utilisation"] = np.nan
    sizes = [
        item.size
        for item in check(instance, plan.replace(resource_use=use)).violations
        if item.rule == "accounts" and np.isfinite(item.size)
    ]
    assert sizes == sorted(sizes, reverse=True)


def test_the_text_counts_all_violations(instance: Instance, plan: Plan) -> None:
    verdict = check(instance, plan)
    total = sum(verdict.counts.values())
    assert total > len(verdict.violations)
    head, *lines = violations_text(verdict).splitlines()
    assert head.endswith(f"{total:,} violations")
    assert lines[-1].strip() == f"and {total - 20:,} more"
