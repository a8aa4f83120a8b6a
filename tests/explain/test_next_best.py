"""The next best plans against trying every way to have options in force."""

from __future__ import annotations

import json
from itertools import product

import pytest

import prodmode as pm
from prodmode.explain.next_best import next_best
from prodmode.explain.study import Study
from tests.explain.portfolios import INSTANCES, read, workshop
from tests.oracle.brute_force import Facts, Search
from tests.oracle.tiny import tiny_instance


def every_value(instance: pm.Instance) -> list[float]:
    """Return the best value of every way to have options in force, best first."""
    search = Search(Facts(instance))
    facts = search.facts
    paths = [list(search.paths(line)) for line in facts.lines]
    purchases = [(search.purchase_profit(purchase), purchase) for purchase in search.purchases()]
    found = []
    for chosen in product(*paths):
        plan = dict(zip(facts.lines, chosen, strict=True))
        allowed = sorted(
            (priced for priced in purchases if search.allowed(plan, priced[1])), key=lambda pair: -pair[0]
        )
        value = search.best_with(plan, allowed, None) if allowed else None
        if value is not None:
            found.append(value)
    return sorted(found, reverse=True)


@pytest.mark.parametrize("seed", [None, 3, 14])
def test_the_next_best_are_those_of_trying_everything(seed: int | None) -> None:
    instance = workshop() if seed is None else tiny_instance(seed)
    values = every_value(instance)
    assert len(values) >= 2
    answer = next_best(Study.of(instance), 4)
    found = [runner.value for runner in answer.runners]
    assert found == pytest.approx(values[1:5], rel=1e-6, abs=1e-5)
    assert answer.ended == ("found" if len(values) > 4 else "no more")


def test_each_loses_no_less_than_the_one_before_and_is_told_by_what_differs() -> None:
    study = Study.of(pm.load(INSTANCES / "starter.yaml"))
    answer, fewer = next_best(study, 3), next_best(study, 2)
    losses = [runner.loss.lower or 0.0 for runner in answer.runners]
    assert losses == sorted(losses)
    assert losses[0] > 0
    assert [runner.name for runner in fewer.runners] == [runner.name for runner in answer.runners[:2]]
    assert len({runner.name for runner in answer.runners}) == 3
    assert answer.runners[0].name == "'puzzle' moves from 'puzzle-bought' to 'puzzle-series' in 2028"
    assert "loses 166.67 EUR: 'puzzle' moves" in read(answer)
    json.dumps(answer.to_dict(), allow_nan=False)
    assert answer.tables()["next_best"]["rank"].tolist() == [2, 3, 4]


def test_ties_are_told_by_name() -> None:
    twins = pm.Instance.from_records(
        pm.Settings(name="twins", periods=("1",), currency="EUR"),
        [
            pm.Line(line="stool", price=40),
            pm.Demand(line="stool", period="1", units=100),
            *(
                pm.Option(option=name, line="stool", mode="outsourced", unit_cost=25)
                for name in ("north", "south")
            ),
        ],
    )
    answer = next_best(Study.of(twins), 5)
    assert answer.ended == "no more"
    assert len(answer.runners) == 1
    assert answer.runners[0].tie
    text = read(answer)
    assert "cannot be told apart" in text
    assert "'north'" in text
    assert "'south'" in text
    assert "There are no others." in text


def test_where_there_is_no_other_way() -> None:
    alone = pm.Instance.from_records(
        pm.Settings(name="alone", periods=("1",), currency="EUR"),
        [
            pm.Line(line="stool", price=40),
            pm.Demand(line="stool", period="1", units=100),
            pm.Option(option="bought", line="stool", mode="outsourced", unit_cost=25),
        ],
    )
    answer = next_best(Study.of(alone), 2)
    assert answer.runners == ()
    assert "the only way" in read(answer)


def test_at_least_one_must_be_asked_for() -> None:
    with pytest.raises(ValueError, match="at least one"):
        next_best(Study.of(workshop()), 0)
