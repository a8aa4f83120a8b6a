"""``prodmode report``."""

from __future__ import annotations

import dataclasses
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.backends.contract import Status
from prodmode.cli.codes import ExitCode
from prodmode.cli.finite import Whole
from prodmode.cli.options import solver_options
from prodmode.cli.output import note
from prodmode.cli.solve import RESULT_FILE, exit_code
from prodmode.explain.baseline import given
from prodmode.explain.infeasible import short_text
from prodmode.explain.story.story import Story
from prodmode.explain.study import Study
from prodmode.io import load
from prodmode.plan.files import PLAN_FILE, read_plan
from prodmode.report.html.charts import MISSING, available
from prodmode.report.html.of_result import SECONDS, report_result
from prodmode.report.progress import live_progress
from prodmode.report.steps import live_steps
from prodmode.report.workbook import write_plan_workbook
from prodmode.solving import solve

if TYPE_CHECKING:
    from prodmode.explain.answer import Answer
    from prodmode.instance.instance import Instance
    from prodmode.result import Result

CENT = 0.005
"""Money below which two values of a plan are the same."""

_AS_STATED = "bound and gap are those of the run that wrote the plan; the referee checked the plan anew"


@click.command(name="report")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--html",
    "html_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the plan there as one page that works offline.",
)
@click.option(
    "--excel",
    "excel_file",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write the plan there as an Excel workbook; its name ends in .xlsx.",
)
@click.option(
    "--instance",
    "instance_path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The input of the plan, where PATH is a plan.",
)
@click.option(
    "--story/--no-story",
    default=True,
    show_default=True,
    help="Tell what keeping today's options is worth too, which takes a solve.",
)
@click.option(
    "--explain", is_flag=True, help="Tell each line's why and why-not too, which takes some solves a line."
)
@solver_options(
    gap=1e-4,
    time_limit_help="Most seconds for each solve; without it the plan has no limit, other solves have 60.",
)
@click.option("--processes", type=Whole(min=1), metavar="N", help="Solves to run side by side.")
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    *,
    html_file: Path | None,
    excel_file: Path | None,
    instance_path: Path | None,
    story: bool,
    explain: bool,
    backend: str,
    time_limit: float | None,
    gap: float,
    threads: int | None,
    seed: int | None,
    processes: int | None,
) -> None:
    r"""Write a plan as a page or a workbook to open and show.

    PATH is an instance as for 'solve', which is solved first, or a plan that 'prodmode solve --output' wrote,
    together with its input.

    \b
      prodmode report furniture --html furniture.html --excel furniture.xlsx
      prodmode report plan --instance furniture --html furniture.html --explain

    Exit codes are those of 'solve'.
    """
    if html_file is None and excel_file is None:
        raise click.UsageError("Say what to write: --html FILE, --excel FILE or both.")
    if excel_file is not None and excel_file.suffix.lower() != ".xlsx":
        raise click.UsageError(f"'{excel_file}' does not end in .xlsx.")
    if html_file is not None and html_file.suffix.lower() not in {".html", ".htm"}:
        raise click.UsageError(f"'{html_file}' does not end in .html.")
    if explain and html_file is None:
        raise click.UsageError("--explain is told on the page: give --html FILE too.")
    if instance_path is None and _is_plan(path):
        raise click.UsageError(f"'{path}' is a plan: give its input too, with --instance PATH.")
    known: dict[str, Any] = {"backend": backend, "gap": gap}
    if instance_path is not None:
        result = _of_plan(load(instance_path), path)
    else:
        with live_progress(sys.stderr, gap=gap, time_limit=time_limit) as on_progress:
            result = solve(
                load(path),
                time_limit=time_limit,
                threads=threads,
                seed=seed,
                on_progress=on_progress,
                **known,
            )
    if not result.has_plan or not result.verified:
        _no_page(ctx, result)
    told: dict[str, Answer] = {}
    if html_file is not None:
        if not available():
            note(MISSING)
        with live_steps(sys.stderr) as steps:
            told = report_result(
                result, html_file, story=story, explain=explain, time_limit=time_limit or SECONDS,
                processes=processes, steps=steps, **known,
            )  # fmt: skip
        note(f"{html_file}: the plan as a page")
    if excel_file is not None:
        known_story = told.get("story")
        study = Study(result, backend, time_limit or SECONDS, gap) if story else None
        write_plan_workbook(
            result, result.instance, excel_file,
            told=known_story if isinstance(known_story, Story) else study,
        )  # fmt: skip
        note(f"{excel_file}: the plan as a workbook")
    ctx.exit(exit_code(result))


def _is_plan(path: Path) -> bool:
    return path.name == PLAN_FILE or (path / PLAN_FILE).is_file()


def _of_plan(instance: Instance, path: Path) -> Result:
    """Return a plan in files as the result of the run that wrote it, as far as the folder tells."""
    plan = read_plan(path)
    result = given(instance, plan).result
    stated = _stated((path if path.is_dir() else path.parent) / RESULT_FILE)
    try:
        # Another plan in the place of the one that the run found: the bound is not said of it.
        if abs(float(stated["objective"]) - plan.npv) > CENT:
            return result
        bound, gap = stated["bound"], stated["gap"]
        return dataclasses.replace(
            result,
            status=Status(stated["status"]),
            backend=str(stated["backend"]),
            backend_version=str(stated["backend_version"]),
            bound=None if bound is None else float(bound),
            gap=None if gap is None else float(gap),
            choice=None if stated["backend_choice"] is None else str(stated["backend_choice"]),
            message=_AS_STATED,
        )
    except (KeyError, TypeError, ValueError):
        return result


def _stated(file: Path) -> dict[str, Any]:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _no_page(ctx: click.Context, result: Result) -> None:
    note(f"There is no plan to show (status '{result.status.value}').")
    if result.message:
        note(result.message)
    code = exit_code(result)
    if code == ExitCode.INFEASIBLE:
        note(short_text(result.instance))
    ctx.exit(code)
