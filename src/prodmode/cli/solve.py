"""``prodmode solve``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.backends.contract import Status
from prodmode.cli.codes import ExitCode
from prodmode.cli.options import solver_options
from prodmode.cli.output import emit, emit_json, emit_pieces, issue_dicts, json_option, note, page
from prodmode.document.page import count
from prodmode.errors import InputError, Issue
from prodmode.io import load
from prodmode.io.atomic import atomic_file
from prodmode.plan.files import read_plan
from prodmode.plan.rows import json_object
from prodmode.report.progress import live_progress
from prodmode.report.solution import result_text, violations_text
from prodmode.report.terminal import other_warnings
from prodmode.solving import solve

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.plan.files import Container
    from prodmode.result import Result

RESULT_FILE = "result.json"
"""The file in the output folder that holds what ``--json`` prints."""


@click.command(name="solve")
@click.argument("path", type=click.Path(path_type=Path))
@solver_options(gap=1e-4, time_limit_help="Most seconds to solve.")
@click.option(
    "--warm-start",
    type=click.Path(path_type=Path),
    metavar="PLAN",
    help="A plan that --output wrote, to start from.",
)
@click.option(
    "--checkpoint",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Keep prices and the best plan there, and go on from what it holds; for the decomposition backend.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the plan (CSV and JSON) and result.json there.",
)
@click.option(
    "--container",
    type=click.Choice(["csv", "parquet"]),
    default="csv",
    show_default=True,
    help="Tables in DIR; with parquet, which suits millions of rows, plan.json holds no tables.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    *,
    backend: str,
    time_limit: float | None,
    gap: float,
    threads: int | None,
    seed: int | None,
    warm_start: Path | None,
    checkpoint: Path | None,
    output: Path | None,
    container: Container,
    as_json: bool,
) -> None:
    r"""Find the best plan and verify it.

    PATH is a folder of CSV or Parquet files, an Excel workbook, or a YAML or JSON file. Ctrl-C stops the
    solver and keeps the best plan found.

    \b
    Exit codes: 0 a verified plan; 2 usage; 3 the input was rejected; 4 proved infeasible;
    5 no plan within the limits; 6 the backend is missing or failed; 130 interrupted without a plan.
    """
    if container == "parquet" and output is None:
        raise click.UsageError("--container says how --output writes: give --output too.")
    with _answering(as_json=as_json):
        instance = load(path, thorough=True)
        start = read_plan(warm_start) if warm_start else None
        if output:
            output.mkdir(parents=True, exist_ok=True)
        if warnings := other_warnings(instance):
            note(f"{count(len(warnings), 'thing')} to look at: 'prodmode check {path}' tells what.")
        with live_progress(sys.stderr, gap=gap, time_limit=time_limit) as on_progress:
            result = solve(
                instance,
                backend=backend,
                time_limit=time_limit,
                gap=gap,
                threads=threads,
                seed=seed,
                warm_start=start,
                on_progress=on_progress,
                options={"checkpoint": str(checkpoint)} if checkpoint else None,
            )
        if output:
            _write(result, output, container)
    if as_json:
        emit_pieces(json_object(result.stated()))
    else:
        emit(result_text(result, page(sys.stdout)))
    _explain(result)
    ctx.exit(exit_code(result))


def exit_code(result: Result) -> ExitCode:
    """Return the exit code that a result stands for."""
    if result.has_plan:
        return ExitCode.OK if result.verified and result.status.value != "error" else ExitCode.FAILED
    return {
        "infeasible": ExitCode.INFEASIBLE,
        "unbounded": ExitCode.REJECTED,
        "interrupted": ExitCode.INTERRUPTED,
        "error": ExitCode.FAILED,
    }.get(result.status.value, ExitCode.NO_PLAN)


def _write(result: Result, output: Path, container: Container) -> None:
    if result.has_plan:
        result.plan.write(output, container=container)
    with atomic_file(output / RESULT_FILE) as file, file.open("wb") as stream:
        stream.writelines(json_object(result.stated()))
        stream.write(b"\n")


def _explain(result: Result) -> None:
    if result.message:
        note(result.message)
    if result.status is Status.INFEASIBLE:
        from prodmode.explain.infeasible import short_text  # noqa: PLC0415 (for an infeasible instance alone)

        note(short_text(result.instance))
    if result.has_plan and not result.verified and result.verdict is not None:
        note(violations_text(result.verdict))


@contextmanager
def _answering(*, as_json: bool) -> Iterator[None]:
    """With ``--json``, answer with an object of the same shape also where there is no result."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if as_json:
            emit_json(_no_result(error))
        raise


def _no_result(error: BaseException) -> dict[str, Any]:
    if isinstance(error, InputError):
        issues = error.issues
    elif isinstance(error, KeyboardInterrupt):
        issues = ()
    else:
        issues = (Issue(str(error), code=type(error).__name__),)
    return {
        "status": "interrupted" if isinstance(error, KeyboardInterrupt) else "error",
        "backend": None,
        "objective": None,
        "bound": None,
        "gap": None,
        "has_plan": False,
        "verified": False,
        "build_seconds": None,
        "solve_seconds": None,
        "assignments": [],
        "investments": [],
        "errors": issue_dicts(issues),
    }
