"""The way of a large portfolio from files to files, step by step, without a solver."""

from __future__ import annotations

import gc
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import prodmode as pm
from benchmarks.around.today import broken, today
from benchmarks.machine import peak_memory
from prodmode.backends.contract import Status
from prodmode.document.page import Page
from prodmode.formulation import formulate
from prodmode.instance.fields import TABLES
from prodmode.io import save
from prodmode.plan.assemble import assemble
from prodmode.plan.checker import check
from prodmode.plan.files import read_plan
from prodmode.plan.kpis import kpis
from prodmode.plan.rows import json_object
from prodmode.report.solution import result_text
from prodmode.result import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from prodmode.instance.instance import Instance
    from prodmode.plan.checker import Verdict
    from prodmode.plan.plan import Plan

T = TypeVar("T")
LEAVE = ("formulate",)
"""Steps that may be left out."""


@dataclass(frozen=True)
class Step:
    """What a step cost.

    Attributes
    ----------
    name : str
    rows : str
        What it went through.
    processor, clock : float
        Seconds.
    before, peak : int
        Memory of the process in MB when it began, and the most while it ran; -1 where the system does not
        tell.
    """

    name: str
    rows: str
    processor: float
    clock: float
    before: int
    peak: int


class Watch:
    """Takes the time and the memory of steps."""

    def __init__(self) -> None:
        self.steps: list[Step] = []

    def step(self, name: str, run: Callable[[], T], rows: Callable[[T], str]) -> T:
        """Run a step and note what it cost; `rows` tells what came of it."""
        gc.collect()
        before = _forget_peak()
        began, clock = time.process_time(), time.perf_counter()
        made = run()
        used, passed = time.process_time() - began, time.perf_counter() - clock
        self.steps.append(Step(name, rows(made), used, passed, before, peak_memory()))
        print(f"{name:40} {used:8.2f} s {self.steps[-1].peak:8,} MB", file=sys.stderr, flush=True)
        return made


def walk(lines: int, periods: int, scenarios: int, leave: tuple[str, ...], folder: Path) -> dict[str, Any]:
    """Return what each step costs for a generated enterprise.

    Parameters
    ----------
    lines, periods, scenarios : int
        Size of the portfolio.
    leave : tuple of str
        Steps of `LEAVE` to leave out.
    folder : Path
        An empty folder to write to.
    """
    watch, source = Watch(), folder / "instance"
    _to_files(watch, source, lines=lines, periods=periods, scenarios=scenarios)
    instance = watch.step("read Parquet, check", lambda: pm.load(source), _table_rows)
    if "formulate" not in leave:
        watch.step("formulate", lambda: formulate(instance).mip, lambda mip: f"{mip.matrix.nnz:,} nonzeros")
    _plan_and_files(watch, instance, folder / "plan")
    worse = assemble(instance, broken(today(instance)))
    watch.step("referee, rules broken everywhere", lambda: check(instance, worse), _violations)
    return {"lines": lines, "periods": periods, "steps": [asdict(step) for step in watch.steps]}


def _to_files(watch: Watch, folder: Path, *, lines: int, periods: int, scenarios: int) -> None:
    def draw() -> Instance:
        return pm.generate(lines=lines, periods=periods, seed=1, profile="enterprise", scenarios=scenarios)

    drawn = watch.step("generate, check", draw, _table_rows)
    watch.step("write Parquet", lambda: save(drawn, folder, container="parquet"), lambda _: _size(folder))


def _plan_and_files(watch: Watch, instance: Instance, folder: Path) -> None:
    plan = _planned(watch, instance)
    watch.step("key figures alone", lambda: kpis(instance, plan), lambda _: "")
    verdict = watch.step("referee", lambda: check(instance, plan), _violations)
    watch.step("write plan (CSV and JSON)", lambda: plan.write(folder), lambda _: _size(folder))
    watch.step("read plan (CSV)", lambda: read_plan(folder), _plan_rows)
    apart = folder.with_name("apart")
    watch.step(
        "write plan (Parquet)",
        lambda: plan.write(apart, container="parquet"),
        lambda _: _size(apart),
    )
    ending = (Status.TIME_LIMIT, "none", "", plan.npv, None, None, None, 0.0, 0.0)
    result = Result(instance, *ending, verdict, "", plan)
    watch.step(
        "answer of `--json`",
        lambda: sum(map(len, json_object(result.stated()))),
        lambda size: f"{size / 1e6:,.0f} MB",
    )
    watch.step(
        "report on the terminal",
        lambda: result_text(result, Page(width=110, colour=False)),
        lambda text: f"{len(text.splitlines())} lines",
    )


def _planned(watch: Watch, instance: Instance) -> Plan:
    decisions = today(instance)
    return watch.step("decisions to plan, key figures", lambda: assemble(instance, decisions), _plan_rows)


def _table_rows(instance: Instance) -> str:
    return f"{sum(len(instance.table(name)) for name in TABLES):,} rows"


def _plan_rows(plan: Plan) -> str:
    return f"{sum(map(len, plan.tables().values())):,} rows"


def _violations(verdict: Verdict) -> str:
    return f"{sum(verdict.counts.values()):,} violations"


def _size(folder: Path) -> str:
    return f"{sum(file.stat().st_size for file in folder.iterdir()) / 1e6:,.0f} MB"


def _forget_peak() -> int:
    """Let the peak memory of this process start anew from what it holds; return that in MB."""
    try:
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    except OSError:
        return -1
    return peak_memory()
