"""``prodmode what-if``."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from prodmode.cli.codes import ExitCode
from prodmode.cli.options import markdown_option, solver_options
from prodmode.cli.output import emit, emit_json, issue_dicts, json_option, note, page, write_markdown
from prodmode.cli.solve import exit_code
from prodmode.document.page import money
from prodmode.errors import InputError, Issue, ProdmodeError, maybe
from prodmode.explain.baseline import baseline
from prodmode.explain.infeasible import short_text
from prodmode.explain.study import GAP, Study
from prodmode.explain.suppliers.suppliers import suppliers
from prodmode.explain.what_if.standard import QUESTIONS
from prodmode.explain.what_if.what_if import read_asked, what_if
from prodmode.io import load
from prodmode.plan.files import read_plan
from prodmode.report.progress import live_progress
from prodmode.report.steps import live_steps

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from prodmode.explain.answer import Answer
    from prodmode.instance.instance import Instance
    from prodmode.plan.plan import Plan

RANKED = "supplier-fails"
"""The question that without a name is asked of every supplier, from a period on where one follows."""


@click.command(name="what-if")
@click.argument("path", type=click.Path(path_type=Path), required=False)
@click.option(
    "--set", "changes", multiple=True, metavar="CHANGE", help='Change input: "demand.line=oak-table *1.2".'
)
@click.option(
    "--forbid", multiple=True, metavar="WHAT", help='Forbid options: "line=oak-table mode=outsourced".'
)
@click.option(
    "--force", multiple=True, metavar="WHAT", help='Force options, or "investment=press-2 period=2027".'
)
@click.option(
    "--question", "questions", multiple=True, metavar="WORD", help="Ask a standard question; see --list."
)
@click.option("--list", "listing", is_flag=True, help="List the standard questions and leave.")
@click.option(
    "--plan",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The plan to compare with, as 'prodmode solve --output' wrote it; by default the best one.",
)
@solver_options(gap=GAP)
@markdown_option
@json_option
@click.pass_context
def command(
    ctx: click.Context,
    path: Path | None,
    *,
    changes: tuple[str, ...],
    forbid: tuple[str, ...],
    force: tuple[str, ...],
    questions: tuple[str, ...],
    listing: bool,
    plan: Path | None,
    backend: str,
    time_limit: float | None,
    gap: float,
    threads: int | None,
    seed: int | None,
    markdown: Path | None,
    as_json: bool,
) -> None:
    r"""Change the input and see what the best plan then is.

    PATH is an instance as for 'solve'. Each CHANGE is HEAD.FILTER=VALUE [FILTER=VALUE ...] [COLUMN] and one
    of *FACTOR, +MORE, -LESS and =VALUE. HEAD is demand, price, unit_cost, capacity or yield, or a table, or
    settings; +TABLE COLUMN=VALUE ... adds a row and -TABLE.COLUMN=VALUE removes rows.

    \b
      prodmode what-if furniture --set "demand.line=oak-table *1.2"
      prodmode what-if furniture --set "investments capex *0.5" --forbid "line=oak-table mode=outsourced"
      prodmode what-if furniture --question demand-drop=seating:0.3
      prodmode what-if furniture --question supplier-fails

    The last ranks all suppliers by what their failure costs; 'supplier-fails:Q3' from Q3 on. Exit codes are
    those of 'solve'.
    """
    if listing:
        emit(page(sys.stdout).glossary(("question", "what it asks"), _catalogue()))
        return
    if path is None:
        raise click.UsageError("Missing argument 'PATH'.")
    ranked = [question for question in questions if _ranks(question)]
    if ranked and (changes or forbid or force or len(questions) > 1):
        raise click.UsageError(f"'{ranked[0]}' without a name is asked alone; with one it is a change.")
    with _answering(as_json=as_json):
        instance = load(path)
        period = _period(instance, ranked[0]) if ranked else None
        if not ranked:  # faults come before the work
            read_asked(instance, set=changes, forbid=forbid, force=force, questions=questions)
        held = read_plan(plan) if plan else None
        with live_progress(sys.stderr, gap=gap, time_limit=time_limit) as on_progress:
            study = Study.of(
                instance, backend=backend, time_limit=time_limit, gap=gap, threads=threads, seed=seed,
                warm_start=held, on_progress=on_progress,
            )  # fmt: skip
        if (code := exit_code(study.result)) != ExitCode.OK:
            _tell_no_plan(study, as_json=as_json)
            ctx.exit(code)
        if held is not None:
            study = _compared_with(held, study)
        answer: Answer
        if ranked:
            with live_steps(sys.stderr) as steps:
                steps.step("suppliers")
                answer = suppliers(study, period=period, on_progress=steps.case)
        else:
            with live_progress(sys.stderr, gap=gap, time_limit=time_limit) as on_progress:
                answer = found = what_if(
                    study, set=changes, forbid=forbid, force=force, questions=questions,
                    on_progress=on_progress,
                )  # fmt: skip
            code = exit_code(found.after)
        if markdown:
            write_markdown(answer.document(), markdown)
    if as_json:
        emit_json(answer.to_dict())
    else:
        emit(answer.to_text(page(sys.stdout)))
    ctx.exit(code)


@contextmanager
def _answering(*, as_json: bool) -> Iterator[None]:
    """With ``--json``, answer with an object of the same shape also where there is nothing to tell."""
    try:
        yield
    except (ProdmodeError, OSError, KeyboardInterrupt) as error:
        if as_json:
            interrupted = isinstance(error, KeyboardInterrupt)
            issues = error.issues if isinstance(error, InputError) else (Issue(str(error)),)
            emit_json(_no_answer("interrupted" if interrupted else "error", () if interrupted else issues))
        raise


def _no_answer(status: str, issues: Iterable[Issue] = ()) -> dict[str, Any]:
    return {
        "question": "what-if",
        "status": status,
        "has_plan": False,
        "verified": False,
        "npv": None,
        "conflict": [],
        "reason": None,
        "diff": None,
        "errors": issue_dicts(issues),
    }


def _ranks(question: str) -> bool:
    return "=" not in question and question.partition(":")[0].strip() == RANKED


def _period(instance: Instance, question: str) -> str:
    """Return the first period of the failure that a question asks about."""
    period = question.partition(":")[2].strip()
    if period and period not in instance.periods:
        hint = maybe(period, instance.periods) or f"The periods are {', '.join(instance.periods)}."
        raise InputError([Issue(f"there is no period '{period}'.", hint=hint, code="unknown-period")])
    return period or instance.periods[0]


def _tell_no_plan(study: Study, *, as_json: bool) -> None:
    """Say that the instance as it is has no plan, and why, as far as that is quickly told."""
    status = study.result.status.value
    if as_json:
        emit_json(_no_answer(status))
    note(f"The instance as it is has no plan to compare with (status '{status}').")
    if status == "infeasible":
        note(short_text(study.instance))
    if study.result.message:
        note(study.result.message)


def _compared_with(plan: Plan, study: Study) -> Study:
    study, behind = baseline(study, plan)
    if behind is not None:
        less = money(behind, study.instance.currency)
        note(f"The plan given earns {less} less than the best one, with which the answer compares.")
    return study


def _catalogue() -> list[tuple[str, str]]:
    return [(question.form, question.help) for question in QUESTIONS.values()]
