"""Optima of instances by the model in GNU MathProg, a witness that shares nothing with the formulation."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from prodmode.io.gmpl import write_gmpl_data

if TYPE_CHECKING:
    from collections.abc import Mapping

    import prodmode as pm

MODEL = Path(__file__).parents[2] / "models" / "production_mode.mod"
WORKER = Path(__file__).parent / "worker.py"


@dataclass(frozen=True, slots=True)
class Witness:
    """What the model in GNU MathProg says: an optimum, or None where there is no plan."""

    solver: str
    optimum: float | None


def gmpl_optima(
    instances: Mapping[str, pm.Instance], folder: Path, *, timeout: float = 300
) -> dict[str, Witness]:
    """Solve the GMPL model for each instance, all in one process of its own.

    Raises
    ------
    AssertionError
        If a solver fails, aborts or takes too long; it names the instance.
    """
    jobs = []
    for key, instance in instances.items():
        data = folder / f"{key}.dat"
        write_gmpl_data(instance, data)
        jobs.append((key, str(data)))
    order = json.dumps({"model": str(MODEL), "jobs": jobs, "folder": str(folder)})
    done = subprocess.run(
        [sys.executable, str(WORKER)],
        input=order,
        capture_output=True,
        text=True,
        timeout=timeout,
        check=False,
    )
    lines = (folder / "answers.jsonl").read_text(encoding="utf-8").splitlines()
    answers = {answer["key"]: answer for answer in map(json.loads, lines)}
    silent = next((key for key in instances if key not in answers), None)
    assert silent is None, f"no answer for {silent} (return code {done.returncode}): {done.stderr}"
    found = {}
    for key, answer in answers.items():
        assert answer["status"] in {"optimal", "infeasible"}, f"{key}: {answer}"
        found[key] = Witness(answer["solver"], answer.get("objective"))
    return found
