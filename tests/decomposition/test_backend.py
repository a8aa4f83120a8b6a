"""The backend: bounds that hold, plans that hold, honest ends, and going on from a checkpoint."""

from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest

import prodmode as pm
from prodmode.backends import highs
from prodmode.backends.contract import Options, Progress, Status
from prodmode.decomposition import backend, search
from prodmode.decomposition.split import split
from prodmode.errors import BackendError, InputError
from prodmode.formulation import formulate
from prodmode.instance.generator import generate
from tests.decomposition.holding import assert_holds, tolerance
from tests.differential.random_instances import build, portfolio

if TYPE_CHECKING:
    from pathlib import Path

    from prodmode.formulation.mip import Mip

GAP = 1e-4


def mip_of(seed: int) -> Mip:
    try:
        return formulate(build(portfolio(seed))).mip
    except InputError:
        pytest.skip("the portfolio of this seed is rejected")


@pytest.mark.parametrize("way", ["as a small program", "as a large one"])
@pytest.mark.parametrize("seed", [3, pytest.param(10, marks=pytest.mark.slow), 13, 20])
def test_bound_and_plan_hold_on_random_portfolios(
    monkeypatch: pytest.MonkeyPatch, seed: int, way: str
) -> None:
    if way == "as a large one":
        monkeypatch.setattr(search, "SMALL", 0)
    mip = mip_of(seed)
    best = highs.solve(mip, Options(gap=0.0))
    answer = backend.solve(mip, Options(gap=GAP, time_limit=20))
    if best.status is Status.INFEASIBLE:
        assert answer.status in (Status.INFEASIBLE, Status.TIME_LIMIT)
        assert answer.x is None
        return
    assert best.x is not None
    optimum = mip.objective(best.x)
    assert_holds(mip, answer, optimum)
    if answer.status in (Status.OPTIMAL, Status.GAP_REACHED):
        assert answer.x is not None
        assert mip.objective(answer.x) <= optimum + 2 * GAP * abs(optimum) + tolerance(optimum)


@pytest.mark.slow
def test_a_generated_portfolio_is_solved_and_refereed() -> None:
    instance = generate(lines=15, periods=2, profile="enterprise", seed=2)
    result = pm.solve(instance, backend="decomposition", gap=1e-3, time_limit=30)
    best = pm.solve(instance, backend="highs", gap=1e-4, time_limit=30)
    assert result.has_plan
    assert result.verified
    assert best.objective is not None
    assert result.objective is not None
    assert result.bound is not None
    assert result.bound >= best.objective - 1e-5 * abs(best.objective)
    assert result.objective <= best.objective * (1 + 2e-4)


def test_rows_that_couple_lines_are_found_without_their_names() -> None:
    """Rows of unknown families couple or not by their columns alone, and rules of one line are priced too."""
    formulation = formulate(generate(lines=20, periods=3, profile="enterprise", seed=1))
    parts = split(formulation.mip)
    assert parts is not None
    structure = formulation.mip.structure
    assert structure is not None
    families = {
        block.family
        for block in structure.row_blocks
        if np.isin(np.arange(block.start, block.start + block.size), parts.priced).any()
    }
    assert families >= {"capacity", "unlocking"}
    assert "assignment" not in families
    renamed = replace(
        structure, row_blocks=tuple(replace(block, family="news") for block in structure.row_blocks)
    )
    strange = split(replace(formulation.mip, structure=renamed))
    assert strange is not None
    assert not len(strange.inner)
    assert len(strange.priced) + len(strange.among) == formulation.mip.shape[0]


def test_a_program_without_structure_goes_to_highs_as_a_whole() -> None:
    mip = replace(mip_of(3), structure=None)
    answer = backend.solve(mip, Options(gap=GAP))
    assert "nothing to take apart" in answer.message


def test_an_unknown_option_is_refused() -> None:
    with pytest.raises(BackendError, match="no option 'speed'"):
        backend.solve(mip_of(3), Options(specifics={"speed": 1}))


def test_stopped_at_once_it_claims_nothing() -> None:
    stop = threading.Event()
    stop.set()
    answer = backend.solve(mip_of(10), Options(), cancel=stop)
    assert answer.status is Status.INTERRUPTED
    assert answer.x is None


def test_it_tells_its_phases() -> None:
    heard: list[Progress] = []
    backend.solve(mip_of(10), Options(gap=GAP, time_limit=20), on_progress=heard.append)
    assert heard
    assert any(event.phase.startswith("prices") for event in heard)
    assert all(event.bound is None or np.isfinite(event.bound) for event in heard)


class TestCheckpoint:
    def test_a_run_goes_on_from_there(self, tmp_path: Path) -> None:
        mip, file = mip_of(10), tmp_path / "run.ckpt"
        asked = Options(gap=GAP, time_limit=20, specifics={"checkpoint": str(file)})
        first = backend.solve(mip, asked)
        assert file.exists()
        stop, heard = threading.Event(), []

        def hear(event: Progress) -> None:
            heard.append(event)
            if event.incumbent is not None:
                stop.set()

        again = backend.solve(mip, asked, on_progress=hear, cancel=stop)
        # The plan was there before anything was solved.
        assert again.x is not None
        assert first.x is not None
        assert mip.objective(again.x) == pytest.approx(mip.objective(first.x))

    def test_what_is_no_checkpoint_is_said_to_be_none(self, tmp_path: Path) -> None:
        file = tmp_path / "notes.txt"
        file.write_text("groceries")
        with pytest.raises(BackendError, match="is not a checkpoint"):
            backend.solve(mip_of(10), Options(specifics={"checkpoint": str(file)}))

    def test_cuts_of_another_program_are_not_believed(self, tmp_path: Path) -> None:
        mip, file = mip_of(10), tmp_path / "run.ckpt"
        specifics = {"checkpoint": str(file)}
        backend.solve(mip, Options(gap=GAP, time_limit=20, specifics=specifics))
        dearer = replace(mip, cost=np.where(mip.cost < 0, 1.5 * mip.cost, mip.cost))
        best = highs.solve(dearer, Options(gap=0.0))
        answer = backend.solve(dearer, Options(gap=GAP, time_limit=20, specifics=specifics))
        assert best.x is not None
        assert answer.bound is not None
        assert answer.bound <= dearer.objective(best.x) + 1e-5 * abs(dearer.objective(best.x))

    @pytest.mark.slow
    def test_the_command_line_keeps_one(self, tmp_path: Path) -> None:
        folder, file = tmp_path / "portfolio", tmp_path / "run.ckpt"
        for command in (
            ["generate", str(folder), "--lines", "4", "--periods", "2"],
            ["solve", str(folder), "--checkpoint", str(file), "--backend", "decomposition"],
        ):
            done = subprocess.run(
                [sys.executable, "-m", "prodmode", *command], capture_output=True, text=True, check=False
            )
            assert done.returncode == 0, done.stderr
        assert file.exists()


@pytest.mark.slow
def test_branching_and_restricted_programs_hold_too(monkeypatch: pytest.MonkeyPatch) -> None:
    """The way of large programs, on one that HiGHS can check."""
    monkeypatch.setattr(search, "SMALL", 0)
    mip = formulate(generate(lines=12, periods=2, profile="enterprise", seed=5)).mip
    best = highs.solve(mip, Options(gap=1e-6, time_limit=30))
    assert best.x is not None
    assert best.bound is not None
    answer = backend.solve(mip, Options(gap=1e-3, time_limit=12))
    assert answer.x is not None
    assert mip.violation(answer.x) <= 1e-6
    assert answer.bound is not None
    assert answer.bound <= mip.objective(best.x) + 1e-5 * abs(best.bound)
    assert mip.objective(answer.x) >= best.bound - 1e-5 * abs(best.bound)
    assert mip.objective(answer.x) <= mip.objective(best.x) + 5e-3 * abs(best.bound)
