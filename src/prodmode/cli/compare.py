"""``prodmode compare``."""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.backends.contract import Status
from prodmode.backends.registry import known
from prodmode.cli.codes import ExitCode
from prodmode.cli.finite import Finite, Whole
from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page
from prodmode.comparison.compare import compare, takers_of_integers
from prodmode.errors import InputError, Issue, ProdmodeError
from prodmode.io import load
from prodmode.report.comparison import comparison_text
from prodmode.report.comparison_files import write_charts, write_comparison
from prodmode.report.comparison_live import live_board

if TYPE_CHECKING:
    from collections.abc import Iterator

    from prodmode.comparison.compare import Comparison

MEGABYTE = 1_000_000


@click.command(name="compare")
@click.argument("path", type=click.Path(path_type=Path))
@click.option(
    "--backends",
    multiple=True,
    metavar="NAME[,NAME...]",
    help="Solvers, in this order; by default all that can run here. 'prodmode backends' lists them.",
)
@click.option(
    "--time-limit",
    type=Finite(min=0, min_open=True),
    default=60.0,
    show_default=True,
    metavar="S",
    help="Most seconds for each run.",
)
@click.option("--gap", type=Finite(min=0), default=1e-4, show_default=True, help="Relative gap to stop at.")
@click.option("--repeat", type=Whole(min=1), default=1, show_default=True, metavar="N", help="Runs of each.")
@click.option("--threads", type=Whole(min=1), metavar="N", help="Threads each solver may use.")
@click.option("--seed", type=Whole(min=0), metavar="N", help="Seed of the first run; the others follow on.")
@click.option("--memory-limit", type=Whole(min=1), metavar="MB", help="Most memory each solver may ask for.")
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="Write the table, the traces, a chart and the best plan there.",
)
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    path: Path,
    *,
    backends: tuple[str, ...],
    time_limit: float,
    gap: float,
    repeat: int,
    threads: int | None,
    seed: int | None,
    memory_limit: int | None,
    output: Path | None,
    as_json: bool,
) -> None:
    r"""Give one model to several solvers and referee every answer.

    PATH is a folder of CSV or Parquet files, an Excel workbook, or a YAML or JSON file. Each solver runs in
    a process of its own; one that crashes, hangs or claims what is false gets a row that says so. Integrals
    are in seconds: less is better. Ctrl-C ends the comparison and shows what has been answered.

    \b
    Exit codes: 0 a verified plan; 2 usage; 3 the input was rejected; 4 proved infeasible;
    5 no plan within the limits; 6 an unknown backend, or every one failed; 130 interrupted without a plan.
    """
    cancel = threading.Event()
    with _answering(as_json=as_json):
        names = _names(backends)
        instance = load(path)
        if output:
            output.mkdir(parents=True, exist_ok=True)
        with live_board(sys.stderr, names, currency=instance.currency, repeat=repeat) as board:
            comparison = compare(
                instance,
                backends=names,
                time_limit=time_limit,
                gap=gap,
                repeat=repeat,
                threads=threads,
                seed=seed,
                memory_limit=None if memory_limit is None else memory_limit * MEGABYTE,
                on_progress=None if board is None else board.update,
                on_entry=None if board is None else board.finish,
                cancel=cancel,
            )
        if output:
            write_comparison(comparison, output)
            _draw(comparison, output)
    if as_json:
        emit_json(comparison.to_dict())
    elif comparison.entries:
        emit(comparison_text(comparison, page(sys.stdout)))
    _tell_left_out(comparison, names, repeat)
    ctx.exit(exit_code(comparison, interrupted=cancel.is_set()))


def exit_code(comparison: Comparison, *, interrupted: bool = False) -> ExitCode:
    """Return the exit code that a comparison stands for."""
    if any(entry.verified for entry in comparison.entries):
        return ExitCode.OK
    answered = [
        entry
        for entry in comparison.entries
        if entry.ending == "answered" and entry.status is not Status.ERROR and entry.objective is None
    ]
    if answered and all(entry.status is Status.INFEASIBLE for entry in answered):
        return ExitCode.INFEASIBLE
    if interrupted:
        return ExitCode.INTERRUPTED
    return ExitCode.NO_PLAN if answered else ExitCode.FAILED


def _names(given: tuple[str, ...]) -> list[str]:
    parts = [part.strip() for value in given for part in value.split(",")]
    if given and not all(parts):
        raise click.BadParameter("a name is blank.", param_hint="--backends")
    names = list(dict.fromkeys(parts)) or takers_of_integers()
    for name in names:
        known(name)
    return names


def _draw(comparison: Comparison, output: Path) -> None:
    try:
        write_charts(comparison, output)
    except ProdmodeError as error:
        note(f"no chart: {error}; the other files are in {output}")


def _tell_left_out(comparison: Comparison, names: list[str], repeat: int) -> None:
    begun = {entry.backend for entry in comparison.entries}
    left_out = [name for name in names if name not in begun]
    if left_out:
        note(f"interrupted: not run: {', '.join(left_out)}")
    elif len(comparison.entries) < len(names) * repeat:
        note("interrupted: not all repeats were run")


@contextmanager
def _answering(*, as_json: bool) -> Iterator[None]:
    """With ``--json``, answer with an object of the same shape also where there is no comparison."""
    try:
        yield
    except (Exception, KeyboardInterrupt) as error:
        if as_json and not isinstance(error, click.ClickException):
            emit_json(_no_comparison(error))
        raise


def _no_comparison(error: BaseException) -> dict[str, Any]:
    issues = (
        error.issues if isinstance(error, InputError) else (Issue(str(error), code=type(error).__name__),)
    )
    return {
        "instance": None,
        "currency": None,
        "best": None,
        "best_by": None,
        "build_seconds": None,
        "disagreements": [],
        "backends": [],
        "errors": issue_dicts(() if isinstance(error, KeyboardInterrupt) else issues),
    }
