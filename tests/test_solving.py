"""The corridor from instance to verified plan, and its honesty about what it has."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from importlib.metadata import EntryPoint
from types import ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends import highs, registry
from prodmode.backends.contract import Answer, Availability, Capabilities, Status

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from prodmode.backends.contract import Options
    from prodmode.formulation.mip import Mip


@pytest.fixture(scope="module")
def hard() -> pm.Instance:
    """A generalised assignment problem of type D: plans and bounds come at once, proof takes for ever."""
    random = np.random.default_rng(1)
    agents, jobs = [f"agent-{number}" for number in range(12)], [f"job-{number}" for number in range(72)]
    use = random.integers(1, 101, (12, 72))
    cost = 111 - use + random.integers(-10, 11, (12, 72))
    pairs = [(a, j) for j in range(72) for a in range(12)]
    return pm.Instance.from_tables(
        {"name": "hard", "periods": 1},
        {
            "lines": [{"line": job, "min_fill_rate": 1, "price": 200} for job in jobs],
            "demand": [{"line": job, "period": 1, "units": 1} for job in jobs],
            "options": [
                {"option": f"{jobs[j]}-{agents[a]}", "line": jobs[j], "mode": "mass", "unit_cost": cost[a, j]}
                for a, j in pairs
            ],
            "resources": [
                {"resource": agents[a], "capacity": round(0.8 * use[a].sum() / 12)} for a in range(12)
            ],
            "usage": [
                {"option": f"{jobs[j]}-{agents[a]}", "resource": agents[a], "per_unit": use[a, j]}
                for a, j in pairs
            ],
        },
    )


@pytest.fixture(scope="module")
def a_plan(hard: pm.Instance) -> pm.Plan:
    """Some plan of it, however far from the best: with it, a short run has a plan on the slowest machine."""
    return pm.solve(hard, gap=1e3).plan


def workshop(**line: Any) -> pm.Instance:
    return pm.Instance.from_tables(
        {"name": "workshop", "periods": 2},
        {
            "lines": [{"line": "stool", "price": 40, **line}],
            "demand": [{"line": "stool", "1": 100, "2": 120}],
            "options": [
                {"option": "bought", "line": "stool", "mode": "outsourced", "unit_cost": 25},
                {"option": "made", "line": "stool", "mode": "mass", "unit_cost": 15, "tooling_capex": 1500},
            ],
            "resources": [{"resource": "saw", "capacity": 150}],
            "usage": [{"option": "made", "resource": "saw", "per_unit": 1}],
        },
    )


def crowded() -> pm.Instance:
    """More must be made than the saw can do."""
    instance = workshop(min_fill_rate=1)
    options = [row for row in instance.options.to_dict("records") if row["option"] == "made"]
    return instance.replace(
        options=[{key: row[key] for key in ("option", "line", "mode")} for row in options],
        resources=[{"resource": "saw", "capacity": 110}],
    )


def assert_honest(result: pm.Result) -> None:
    """Whatever happened: bound above objective, finite figures or none, no status that was not earned."""
    for figure in (result.objective, result.bound, result.gap):
        assert figure is None or np.isfinite(figure)
    if result.objective is not None and result.bound is not None:
        assert result.bound >= result.objective
        assert result.gap is not None
    if result.status is Status.OPTIMAL:
        assert result.gap is not None
        assert result.gap <= 1e-4
    assert result.has_plan == (result.objective is not None)
    json.dumps(result.to_dict(), allow_nan=False)


class TestStatuses:
    def test_optimal(self) -> None:
        result = pm.solve(workshop(), gap=0.0)
        assert_honest(result)
        assert (result.status, result.verified) == (Status.OPTIMAL, True)
        assert result.objective == pytest.approx(25 * 220 - 1500)
        assert result.backend == "highs"

    def test_infeasible(self) -> None:
        result = pm.solve(crowded())
        assert_honest(result)
        assert (result.status, result.has_plan, result.verified) == (Status.INFEASIBLE, False, False)
        assert (result.objective, result.gap) == (None, None)
        with pytest.raises(pm.ProdmodeError, match="no plan: the run ended with status 'infeasible'"):
            _ = result.plan

    def test_time_limit(self, hard: pm.Instance, a_plan: pm.Plan) -> None:
        result = pm.solve(hard, gap=0.0, time_limit=3, warm_start=a_plan)
        assert_honest(result)
        assert (result.status, result.verified) == (Status.TIME_LIMIT, True)

    def test_gap_reached(self, hard: pm.Instance) -> None:
        result = pm.solve(hard, gap=1e3, time_limit=60)
        assert_honest(result)
        assert (result.status, result.verified) == (Status.GAP_REACHED, True)

    def test_cancel_keeps_the_plan(self, hard: pm.Instance) -> None:
        cancel = threading.Event()

        def stop_at_a_plan(event: pm.Progress) -> None:
            if event.incumbent is not None:
                cancel.set()

        result = pm.solve(hard, gap=0.0, time_limit=60, on_progress=stop_at_a_plan, cancel=cancel)
        assert_honest(result)
        assert (result.status, result.verified) == (Status.INTERRUPTED, True)

    def test_solving_in_a_thread_leaves_signals_alone(self) -> None:
        found: list[pm.Result] = []
        before = signal.getsignal(signal.SIGINT)
        thread = threading.Thread(target=lambda: found.append(pm.solve(workshop())))
        thread.start()
        thread.join()
        assert found[0].status is Status.OPTIMAL
        assert signal.getsignal(signal.SIGINT) is before


class TestProgress:
    def test_events_are_about_profit(self, hard: pm.Instance, a_plan: pm.Plan) -> None:
        events: list[pm.Progress] = []
        result = pm.solve(hard, gap=0.0, time_limit=3, warm_start=a_plan, on_progress=events.append)
        incumbents = [event.incumbent for event in events if event.incumbent is not None]
        bounds = [event.bound for event in events if event.bound is not None]
        assert incumbents == sorted(incumbents)
        assert bounds == sorted(bounds, reverse=True)
        assert result.objective is not None
        assert result.bound is not None
        money = abs(bounds[-1])
        assert incumbents[-1] <= result.objective + 1e-6 * money
        assert bounds[-1] >= result.bound - 1e-6 * money
        for event in events:
            if event.incumbent is not None and event.bound is not None:
                assert event.bound >= event.incumbent - 1e-6 * money

    def test_what_the_listener_raises_is_raised(self) -> None:
        def listen(_: pm.Progress) -> None:
            raise RuntimeError("the screen is gone")

        instance = pm.generate(lines=20, periods=4, seed=3, profile="tight")
        with pytest.raises(RuntimeError, match="the screen is gone"):
            pm.solve(instance, time_limit=30, on_progress=listen)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


class TestWarmStart:
    def test_first_incumbent_is_the_plan(self, hard: pm.Instance) -> None:
        before = pm.solve(hard, gap=0.0, time_limit=3)
        events: list[pm.Progress] = []
        after = pm.solve(hard, gap=0.0, time_limit=2, warm_start=before.plan, on_progress=events.append)
        assert before.objective is not None
        assert after.objective is not None
        first = next(event.incumbent for event in events if event.incumbent is not None)
        # The integers are taken from the plan, the quantities behind them may come out better.
        assert first >= before.objective - 1e-6 * abs(before.objective)
        assert after.objective >= before.objective - 1e-6 * abs(before.objective)
        assert not after.message

    def test_plan_that_does_not_fit_is_passed_over(self) -> None:
        plan = pm.solve(workshop()).plan
        narrow = workshop(min_fill_rate=1).replace(resources=[{"resource": "saw", "capacity": 110}])
        result = pm.solve(narrow, warm_start=plan)
        assert (result.status, result.verified) == (Status.OPTIMAL, True)
        assert "the starting plan is not feasible here and was passed over" in result.message

    def test_plan_of_another_portfolio_is_no_trouble(self) -> None:
        plan = pm.solve(pm.generate(lines=3, periods=4, seed=1, profile="small-firm")).plan
        result = pm.solve(workshop(), warm_start=plan)
        assert (result.status, result.verified) == (Status.OPTIMAL, True)

    @pytest.mark.parametrize("tier_kind", ["incremental", "all_units"])
    def test_tiers_of_the_plan_are_found_again(self, tier_kind: str) -> None:
        instance = workshop().replace(
            options=[{"option": "bought", "line": "stool", "mode": "outsourced", "tier_kind": tier_kind}],
            tiers=[
                {"option": "bought", "from_units": start, "unit_cost": cost}
                for start, cost in ((0, 30), (60, 22), (120, 18))
            ],
            usage=[],
        )  # fmt: skip
        before = pm.solve(instance)
        after = pm.solve(instance, warm_start=before.plan)
        assert after.objective == pytest.approx(before.objective)
        assert not after.message


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Return a function that registers a backend made of HiGHS and what is given, and returns its name."""

    def register(**functions: Any) -> str:
        module = ModuleType("other_backend")
        given = {
            "availability": lambda: Availability(available=True, version="1"),
            "capabilities": Capabilities,
            "solve": highs.solve,
            **functions,
        }
        for name, function in given.items():
            setattr(module, name, function)
        monkeypatch.setitem(sys.modules, module.__name__, module)
        entries = {**registry._entries(), "other": EntryPoint("other", module.__name__, registry.GROUP)}
        monkeypatch.setattr(registry, "_entries", lambda: entries)
        return "other"

    return register


class TestOtherBackends:
    def test_unknown(self) -> None:
        with pytest.raises(pm.BackendError, match=r"there is no backend 'hihgs'.*highs"):
            pm.solve(workshop(), backend="hihgs")

    def test_registered_elsewhere(self, backend: Callable[..., str]) -> None:
        result = pm.solve(workshop(), backend=backend())
        assert (result.backend, result.verified) == ("other", True)

    @pytest.mark.parametrize("option", [{"time_limit": 3.0}, {"threads": 1}, {"seed": 1}])
    def test_option_it_cannot_honour_is_refused(
        self, backend: Callable[..., str], option: dict[str, Any]
    ) -> None:
        (name,) = option
        with pytest.raises(pm.BackendError, match=f"backend 'other' cannot honour: {name}"):
            pm.solve(workshop(), backend=backend(), **option)

    def test_warm_start_it_cannot_honour_is_refused(self, backend: Callable[..., str]) -> None:
        plan = pm.solve(workshop()).plan
        with pytest.raises(pm.BackendError, match="cannot honour: warm_start"):
            pm.solve(workshop(), backend=backend(), warm_start=plan)

    def test_unknown_specific_option_is_refused(self) -> None:
        with pytest.raises(pm.BackendError, match="backend 'highs' cannot honour: warp_factor"):
            pm.solve(workshop(), options={"warp_factor": 9})

    def test_wrong_plan_is_an_error(self, backend: Callable[..., str]) -> None:
        def nothing(mip: Mip, options: Options, **_: Any) -> Answer:
            return replace(highs.solve(mip, options), x=np.zeros(len(mip.cost)))

        result = pm.solve(workshop(), backend=backend(solve=nothing))
        assert (result.status, result.has_plan, result.verified) == (Status.ERROR, True, False)
        assert "the plan did not pass the referee" in result.message
        json.dumps(result.to_dict(), allow_nan=False)

    def test_objective_that_the_plan_does_not_earn_is_an_error(self, backend: Callable[..., str]) -> None:
        def boastful(mip: Mip, options: Options, **_: Any) -> Answer:
            answer = highs.solve(mip, options)
            assert answer.x is not None
            # Sells without having made: the plan's tables say so too, and the referee sees it.
            return replace(answer, x=np.where(mip.cost > 0, 0.0, mip.upper))

        result = pm.solve(workshop(), backend=backend(solve=boastful))
        assert (result.status, result.verified) == (Status.ERROR, False)

    def test_bound_below_the_plan_is_an_error(self, backend: Callable[..., str]) -> None:
        def timid(mip: Mip, options: Options, **_: Any) -> Answer:
            return replace(highs.solve(mip, options), bound=-3000.0)

        result = pm.solve(workshop(), backend=backend(solve=timid))
        assert result.status is Status.ERROR
        assert "bound 3,000 is below the plan's 4,000" in result.message


INTERRUPTED = """
import prodmode as pm
instance = pm.generate(lines=40, periods=4, seed=3, profile="tight")
def tell(event):
    if event.incumbent is not None:
        print("plan", flush=True)
result = pm.solve(instance, gap=0.0, time_limit=60, on_progress=tell)
print(result.status.value, result.has_plan, result.verified, flush=True)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="Windows sends no SIGINT to one process")
def test_ctrl_c_keeps_the_plan(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", INTERRUPTED], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        cwd=tmp_path,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stdout.readline() == "plan\n"
        began = time.perf_counter()
        process.send_signal(signal.SIGINT)
        out, errors = process.communicate(timeout=40)
    assert out.splitlines()[-1] == "interrupted True True"
    assert errors == ""
    assert process.returncode == 0
    assert time.perf_counter() - began < 20
